"""Personal texts that are kept apart from the log: where one person's stand, and until when they must be kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import portions
from lims.records.attachments import Attachment, AttachmentUse
from lims.records.custody import Custody, Outsider
from lims.records.log import Personal
from lims.records.oversight import Erasure
from lims.records.places import Business
from lims.records.samples import Sample
from lims.rules import form, retention
from lims.storage.unit import View

RULES = {"laboratory": "laboratory_record", "rapid": "rapid_record"}
"""Kind of a sample to the retention rule of its records."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One place where a person's text stands.

    Attributes:
        table: `sample`, `business` or `outsider`.
        id: of the row.
        field: name of the column or of the form's field.
        commitment: what the log holds instead of the text.
        until: the last day on which the record must be kept; None where no rule says so.
    """

    table: str
    id: str
    field: str
    commitment: str
    until: date | None


@question(needs="manager administrator")
def holding(view: View, text: str) -> list[Holding]:
    """Return every place where exactly this text stands as a personal one."""
    query = select(Personal.commitment).where(Personal.site == view.site, Personal.text == text.strip())
    wanted = set(view.all(query))
    return [one for one in _all(view) if one.commitment in wanted] if wanted else []


def _all(view: View) -> Iterator[Holding]:
    personal = [name for name, one in form.fields().items() if one.kind == "personal"]
    for row in view.all(select(Sample).where(Sample.site == view.site)):
        for name in personal:
            yield Holding("sample", row.id, name, str(row.form.get(name, "")), _until(view, row))
    for business in view.all(select(Business).where(Business.site == view.site)):
        for name in ("contact", "phone"):
            yield Holding("business", business.id, name, getattr(business, name), None)
    for outsider in view.all(select(Outsider).where(Outsider.site == view.site)):
        for name in ("name", "phone", "paper_number"):
            yield Holding("outsider", outsider.id, name, getattr(outsider, name), _handed(view, outsider.id))


def _until(view: View, sample: Sample) -> date | None:
    wanted = RULES.get(sample.kind, "laboratory_record")
    rule = next((one for one in portions.keepings(view, "record") if one.id == wanted), None)
    return retention.after(clock.local(sample.drawn_at).date(), rule.amount, rule.unit) if rule else None


def _handed(view: View, outsider: str) -> date | None:
    query = select(Sample).join(Custody, (Custody.site == Sample.site) & (Custody.sample == Sample.id))
    query = query.where(
        Custody.site == view.site,
        (Custody.giver_outsider == outsider) | (Custody.taker_outsider == outsider),
    )
    found = [until for row in view.all(query) if (until := _until(view, row))]
    return max(found, default=None)


@dataclass(frozen=True, slots=True)
class Picture:
    """A personal file: signature, face or paper of somebody from outside."""

    id: str
    station: str
    stored: str


@question(needs="manager administrator")
def pictures(view: View, outsiders: tuple[str, ...]) -> list[Picture]:
    """Return the personal files of people from outside that were not erased yet."""
    query = (
        select(Attachment)
        .join(
            AttachmentUse,
            (AttachmentUse.site == Attachment.site) & (AttachmentUse.attachment == Attachment.id),
        )
        .where(Attachment.site == view.site, Attachment.personal)
        .where(AttachmentUse.subject == "outsider", AttachmentUse.subject_id.in_(outsiders))
    )
    gone = erased(view)
    return [
        Picture(row.id, row.station, row.stored) for row in view.all(query.distinct()) if row.id not in gone
    ]


def erased(view: View) -> frozenset[str]:
    """Return the attachments that were erased."""
    query = select(Erasure.attachments).where(Erasure.site == view.site)
    return frozenset(name for names in view.all(query) for name in names.split())
