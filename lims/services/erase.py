"""Erasure of personal data on lawful request: a signed act of two people that leaves the log whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete

from lims import clock
from lims.config import Folder
from lims.door import Lims, verb
from lims.errors import NotFound, RuleBroken
from lims.queries import personal
from lims.queries.personal import Holding
from lims.records.log import Personal
from lims.records.oversight import Erasure
from lims.services.identify import Confirmed, proved
from lims.storage import attached
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Request:
    """What is erased and why.

    Attributes:
        texts: the person's texts as they were entered, such as name and telephone.
        basis: the lawful request, such as its date and number.
        second: another person, who has just proved who he is.
        remarks: needed where a record must still be kept.
    """

    texts: Sequence[str]
    basis: str
    second: Confirmed
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """What was erased: how many texts, in which rows, and the stored names of files that may go now."""

    erasure: str
    texts: int
    rows: tuple[str, ...]
    files: tuple[str, ...] = field(default=())


@verb(needs="manager", signs="作废")
def person(unit: Unit, request: Request) -> Gone:
    """Erase a person's texts wherever they stand apart from the log; what the log committed to stays whole.

    Raises:
        RuleBroken: no basis, both are one person, or a record must still be kept and nothing is said about that.
        NotAllowed: the second person did not prove who he is, or too long ago.
        NotFound: none of the texts stands anywhere.
    """
    if not request.basis.strip():
        raise RuleBroken("erase.basis")
    second = proved(unit, request.second)
    if second.id == unit.actor.account:
        raise RuleBroken("erase.same_person")
    view = unit.view()
    found = [one for text in request.texts if text.strip() for one in personal.holding(view, text)]
    if not found:
        raise NotFound("erase.nothing")
    _check_kept(found, unit, request)
    pictures = personal.pictures(view, tuple({one.id for one in found if one.table == "outsider"}))
    commitments = sorted({one.commitment for one in found})
    unit.session.execute(
        delete(Personal).where(Personal.site == unit.site, Personal.commitment.in_(commitments))
    )
    unit.why = request.basis
    row = Erasure(
        id=new_id(),
        basis=request.basis,
        remarks=request.remarks,
        commitments=" ".join(commitments),
        attachments=" ".join(one.id for one in pictures),
        by=unit.actor.account,
        second=second.id,
        second_proof=request.second.proof,
        at=unit.now,
    )
    unit.put(row)
    rows = tuple(sorted({f"{one.table} {one.id}" for one in found}))
    here = tuple(one.stored for one in pictures if one.station == unit.place.station)
    return Gone(row.id, len(commitments), rows, here)


def _check_kept(found: Sequence[Holding], unit: Unit, request: Request) -> None:
    today = clock.local(unit.now).date()
    kept = max((one.until for one in found if one.until and one.until >= today), default=None)
    if kept is not None and not request.remarks.strip():
        raise RuleBroken("erase.retention", until=kept.isoformat())


def erase(lims: Lims, folder: Folder, request: Request) -> Gone:
    """Erase a person's texts and the pictures of this station that show him; see `person`."""
    gone = lims.do(person, request)
    for name in gone.files:
        attached.drop(folder.attachments, name)
    return gone
