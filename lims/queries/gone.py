"""What left this computer because its county holds it: files and raw bytes, with the receipt that says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question
from lims.queries.fact import Fact
from lims.queries.people import Names
from lims.records.attachments import Attachment, AttachmentUse
from lims.records.equipment import Instrument
from lims.records.peers import Home, Pruned, ReceiptKept
from lims.records.readings import Reading
from lims.storage.unit import View

JOURNAL = "journal"
"""Kind and role of an attachment that is a packed file of an instrument's journal."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Content that left, by its SHA-256.

    Attributes:
        size: its bytes.
        at: when it left, and `by` whose decision.
        county: origin of the county's log that holds it.
        entry: place in that log of the receipt that speaks of it.
        receipt: the bundle which that receipt is for.
        backed_up: size of the county's log in the backup that was read back.
    """

    sha256: str
    size: int
    at: datetime
    by: str
    county: str
    entry: int
    receipt: str
    backed_up: int


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an instrument's journal that was kept: its entries from first to last, and how it is stored."""

    instrument: str
    station: str
    first: int
    last: int
    sha256: str
    stored: str


@question()
def gone(view: View) -> dict[str, Gone]:
    """Return what left, each with the newest receipt before the county's backup that says the county has it whole."""
    rows = {row.sha256: row for row in view.all(select(Pruned).where(Pruned.site == view.site))}
    if not rows:
        return {}
    home = view.find(Home, "county")
    said: dict[str, ReceiptKept] = {}
    query = select(ReceiptKept).where(ReceiptKept.site == view.site, ReceiptKept.joined)
    for receipt in view.all(query.order_by(ReceiptKept.id)):
        for sha256, size in receipt.files.items():
            row = rows.get(sha256)
            if row and int(size) >= row.size and receipt.county_seq < row.county_size:
                said[sha256] = receipt
    return {
        sha256: Gone(
            sha256,
            row.size,
            row.at,
            row.by,
            home.origin if home else "",
            said[sha256].county_seq if sha256 in said else -1,
            said[sha256].bundle if sha256 in said else "",
            row.county_size,
        )
        for sha256, row in rows.items()
    }


@question()
def parts(view: View) -> list[Part]:
    """Return the files of journals that were kept, each instrument's in order."""
    query = (
        select(AttachmentUse.subject_id, Attachment)
        .join(
            Attachment,
            (Attachment.site == AttachmentUse.site) & (Attachment.id == AttachmentUse.attachment),
        )
        .where(
            AttachmentUse.site == view.site,
            AttachmentUse.subject == Instrument.__tablename__,
            Attachment.kind == JOURNAL,
        )
        .order_by(AttachmentUse.id)
    )
    found = []
    for instrument, row in view.rows(query):
        first, last = row.name.split(".")[0].split("-")
        found.append(Part(instrument, row.station, int(first), int(last), row.sha256, row.stored))
    return found


def covering(known: Sequence[Part], instrument: str, station: str, entry: int) -> Part | None:
    """Return the kept file that holds an entry of an instrument's journal."""
    return next(
        (
            one
            for one in known
            if (one.instrument, one.station) == (instrument, station) and one.first <= entry <= one.last
        ),
        None,
    )


def facts(view: View, trail: Sequence[Fact], known: Names) -> Iterator[Fact]:
    """Yield which of a sample's files and raw bytes left the van that wrote them, and where they are."""
    left = gone(view)
    if not left:
        return
    kept = parts(view)
    pieces: dict[str, dict[str, str]] = {}
    for fact in trail:
        if fact.what == "attached":
            pieces[view.get(Attachment, fact.id).sha256] = {"attachment_role": fact.detail["attachment_role"]}
        elif fact.what == "read":
            row = view.get(Reading, fact.id)
            if part := covering(kept, row.instrument, row.station, row.entry):
                pieces[part.sha256] = {"journal": f"{part.instrument} {part.first}-{part.last}"}
    for sha256 in sorted(pieces.keys() & left.keys()):
        one = left[sha256]
        detail = {**pieces[sha256], "county_entry": str(one.entry), "bundle": one.receipt[:12]}
        yield Fact(one.at, "at_county", known(one.by), one.county, detail, sha256)


@question()
def where_file(view: View, attachment: str) -> str:
    """Return where the county has a file that left this computer, nothing where it did not leave."""
    row = view.find(Attachment, attachment)
    return _place(gone(view).get(row.sha256)) if row else ""


@question()
def where_raw(view: View, instrument: str, entry: int) -> str:
    """Return where the county has the raw bytes behind this station's journal entry, nothing if they stayed."""
    part = covering(parts(view), instrument, view.place.station, entry)
    return _place(gone(view).get(part.sha256)) if part else ""


def _place(one: Gone | None) -> str:
    return f"{one.county} #{one.entry}" if one else ""
