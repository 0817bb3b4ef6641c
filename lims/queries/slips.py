"""Slips: the frozen content of one with the seal that is printed on it, and the list of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lims.door import question
from lims.errors import NotFound, Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.signing import Signed
from lims.queries import signatures
from lims.queries.people import names
from lims.records.results import Certificate
from lims.records.slips import SlipPrint
from lims.reports.content import content_hash
from lims.storage import replay
from lims.storage.log import checkpoint
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: the content, the log's head right after it was issued, the signatures up to it."""

    id: str
    number: str
    version: int
    content: dict[str, Any]
    seal: Checkpoint
    signed: tuple[Signed, ...] = ()


@question()
def slip(view: View, id_: str) -> Slip:
    """Return one slip as it is printed, for ever the same, by its id or as the latest of a sample's number.

    Raises:
        NotFound: no such slip.
        Tampered: the stored content is not what was hashed when it was issued, or what the tables say of the
            sample is not what the log says.
    """
    row = view.find(Certificate, id_) or _latest(view, id_)
    if row is None:
        raise NotFound("certificate.unknown", id=id_)
    if content_hash(row.content) != row.content_hash:
        raise Tampered("slip.content", number=row.sample)
    replayed(view, row.sample)
    seal = checkpoint(view.session.connection(), view.place, row.seq + 1)
    signed = tuple(signatures.of_sample(view, row.sample, upto=row.seq))
    return Slip(row.id, row.sample, row.number, dict(row.content), seal, signed)


def replayed(view: View, number: str) -> None:
    """Replay a sample's entries and compare them with the tables, as is done before each slip.

    Raises:
        Tampered: a row or an entry is not what was written; the first one is named.
    """
    for one in replay.differences_of(view.session.connection(), view.site, number):
        raise Tampered("slip.replay", number=number, table=one.table, key=one.key, how=one.how)


def _latest(view: View, number: str) -> Certificate | None:
    query = select(Certificate).where(Certificate.site == view.site, Certificate.sample == number)
    return next(iter(view.all(query.order_by(Certificate.number.desc()).limit(1))), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One slip in a list; a preliminary one still awaits a second person."""

    id: str
    number: str
    version: int
    issued_by: str
    issued_at: datetime
    preliminary: bool = False
    prints: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Print:
    """One printing of a slip; `failed` is why it did not come out."""

    id: str
    form: str
    printer: str
    reason: str
    failed: str
    by: str
    at: datetime


@question()
def prints(view: View, slip: str) -> list[Print]:
    """Return every printing of a slip, the oldest first."""
    known = names(view)
    query = select(SlipPrint).where(SlipPrint.site == view.site, SlipPrint.slip == slip)
    return [
        Print(row.id, row.form, row.printer, row.reason, row.failed, known(row.by), row.at)
        for row in view.all(query.order_by(SlipPrint.id))
    ]


def _printed(view: View, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return of each slip why its printings failed, the oldest first; empty for one that came out."""
    found: dict[str, list[str]] = {}
    query = select(SlipPrint.slip, SlipPrint.failed).where(
        SlipPrint.site == view.site, SlipPrint.slip.in_(ids)
    )
    for slip, failed in view.rows(query.order_by(SlipPrint.id)):
        found.setdefault(slip, []).append(failed)
    return found


@question()
def slips(view: View, *, count: int = 500) -> list[Line]:
    """Return the latest slips, the newest first, with how often each was printed and why the last time failed."""
    known = names(view)
    query = (
        select(Certificate).where(Certificate.site == view.site).order_by(Certificate.id.desc()).limit(count)
    )
    rows = view.all(query)
    printed = _printed(view, [row.id for row in rows])
    return [
        Line(
            row.id,
            row.sample,
            row.number,
            known(row.issued_by),
            row.issued_at,
            bool(row.content.get("preliminary")),
            printed.get(row.id, []).count(""),
            printed.get(row.id, [""])[-1],
        )
        for row in rows
    ]
