"""Who held a sample and what became of its seals: handovers, people from outside, seals, gaps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lims.door import question
from lims.errors import NotFound
from lims.queries import gaps as found_gaps
from lims.queries import sites
from lims.queries.people import Names, names
from lims.records.custody import Custody, Outsider, Seal, SealFact
from lims.records.samples import Sample
from lims.rules.custody import Gap
from lims.storage.unit import View

PAGE = 200


@question()
def gaps(view: View, sample: str) -> list[Gap]:
    """Return every gap in a sample's custody, the earliest first.

    Raises:
        NotFound: no sample has this number.
    """
    return found_gaps.of_sample(view, view.get(Sample, sample))


@dataclass(frozen=True, slots=True)
class Lacking:
    """A sample whose custody has gaps."""

    number: str
    food: str
    state: str
    gaps: tuple[Gap, ...]


@question()
def lacking(view: View, *, days: int = 30, count: int = PAGE) -> list[Lacking]:
    """Return the samples of the last days whose custody has gaps, the newest first, at most `count` looked at."""
    query = (
        select(Sample)
        .where(Sample.site == view.site, Sample.drawn_at >= view.now - timedelta(days=days))
        .where(Sample.state != "void")
        .order_by(Sample.id.desc())
        .limit(count)
    )
    looked = [(row, found_gaps.of_sample(view, row)) for row in view.all(query)]
    return [Lacking(row.id, row.food, row.state, tuple(found)) for row, found in looked if found]


# Handovers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Who:
    """One party of a handover in full.

    Attributes:
        name: of one of ours, of somebody from outside, or as typed.
        how: `password`, `paper` (with signature and photograph), or `typed` (nobody was identified).
        organisation: of somebody from outside.
        paper: a code of `paper_kind`, and its masked number.
        signature: attachment, empty for none.
        photo: attachment, empty for none.
    """

    name: str
    how: str
    organisation: str = ""
    paper: tuple[str, str] = ("", "")
    signature: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Passing:
    """One handover in full; figures as text with their unit, empty where nobody measured."""

    id: str
    sample: str
    portion: str
    giver: Who
    taker: Who
    place: str
    position: str
    seal: str
    seal_state: str
    condition: str
    temperature: str
    quantity: str
    photo: str
    accepted: bool
    reason: str
    at: datetime


def who(view: View, row: Custody, side: str, known: Names) -> Who:
    """Return one party of a handover, `giver` or `taker`."""
    account, outsider = getattr(row, f"{side}_account"), getattr(row, f"{side}_outsider")
    view = view.at(row.site)
    if account:
        return Who(known(account), "password")
    person = view.find(Outsider, outsider) if outsider else None
    if person is None:
        return Who(getattr(row, side), "typed")
    return Who(
        view.personal(person.name),
        "paper",
        person.organisation,
        (person.paper, view.personal(person.paper_number)),
        getattr(row, f"{side}_signature") or "",
        getattr(row, f"{side}_photo") or "",
    )


def _position(row: Custody) -> str:
    if row.latitude is None or row.longitude is None:
        return ""
    near = "" if row.accuracy is None else f" ±{row.accuracy} m"
    return f"{row.latitude}, {row.longitude}{near}"


def temperature(row: Custody) -> str:
    """Return the temperature of a handover as text."""
    return "" if row.temperature is None else f"{row.temperature} ℃"


def quantity(row: Custody) -> str:
    """Return the quantity of a handover as text."""
    return "" if row.quantity is None else f"{row.quantity} {row.unit}"


@question()
def handovers(view: View, sample: str) -> list[Passing]:
    """Return every handover of a sample and its portions, the refused ones too, the earliest first."""
    known = names(view)
    query = select(Custody).where(Custody.site.in_(sites.telling(view, sample)), Custody.sample == sample)
    return [
        Passing(
            id=row.id,
            sample=row.sample,
            portion=row.portion or "",
            giver=who(view, row, "giver", known),
            taker=who(view, row, "taker", known),
            place=row.place,
            position=_position(row),
            seal=row.seal,
            seal_state=row.seal_state,
            condition=row.condition,
            temperature=temperature(row),
            quantity=quantity(row),
            photo=row.photo or "",
            accepted=row.accepted,
            reason=row.reason,
            at=row.at,
        )
        for row in view.all(query.order_by(Custody.at, Custody.id))
    ]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody from outside who took part before."""

    id: str
    name: str
    organisation: str
    paper: str
    paper_number: str
    at: datetime


@question()
def outsiders(view: View, *, count: int = PAGE) -> list[Visitor]:
    """Return people from outside, the newest first."""
    query = select(Outsider).where(Outsider.site == view.site).order_by(Outsider.id.desc()).limit(count)
    return [
        Visitor(
            row.id,
            view.personal(row.name),
            row.organisation,
            row.paper,
            view.personal(row.paper_number),
            row.noted_at,
        )
        for row in view.all(query)
    ]


# Seals ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SealLine:
    """One seal: its number, a code of `seal_object`, whose it is, and what it is on."""

    number: str
    state: str
    issued_to: str
    issued_by: str
    issued_at: datetime
    sample: str
    portion: str


def _seal_line(known: Names, row: Seal) -> SealLine:
    return SealLine(
        row.id,
        row.state,
        known(row.issued_to),
        known(row.issued_by),
        row.issued_at,
        row.sample or "",
        row.portion or "",
    )


@question()
def seals(view: View, *, to: str = "", state: str = "", after: str = "", count: int = PAGE) -> list[SealLine]:
    """Return seals by number, a page at a time.

    Args:
        view: the snapshot.
        to: only those issued to an account; empty for all.
        state: only those in a state; empty for all.
        after: the last number of the page before.
        count: lines of a page.
    """
    query = select(Seal).where(Seal.site == view.site, Seal.id > after)
    query = query.where(Seal.issued_to == to) if to else query
    query = query.where(Seal.state == state) if state else query
    known = names(view)
    return [_seal_line(known, row) for row in view.all(query.order_by(Seal.id).limit(count))]


@dataclass(frozen=True, slots=True)
class SealLife:
    """A seal and everything that happened to it: moment, what, who, where, reason, photograph."""

    seal: SealLine
    facts: tuple[tuple[datetime, str, str, str, str, str], ...]


@question()
def seal(view: View, number: str) -> SealLife:
    """Return the life of one seal.

    Raises:
        NotFound: no such seal.
    """
    row = view.find(Seal, number)
    if row is None:
        raise NotFound("seal.unknown", id=number)
    known = names(view)
    query = select(SealFact).where(SealFact.site == view.site, SealFact.seal == number).order_by(SealFact.id)
    facts = tuple(
        (one.at, one.what, known(one.by), one.place, one.reason, one.photo or "") for one in view.all(query)
    )
    return SealLife(_seal_line(known, row), facts)
