"""Portions of samples: what there is, how long it must be kept, what locks it, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import NotFound
from lims.queries.people import Names, names
from lims.records.portions import Disposal, Portion, PortionLock
from lims.records.results import Review, Verdict
from lims.records.samples import Receipt, Sample
from lims.records.settings import Setting
from lims.records.storerooms import Move, StorePlace
from lims.rules import amount, retention
from lims.rules.amount import Amount
from lims.rules.retention import Clock, Keeping
from lims.storage.unit import View

CONCLUDED = frozenset({"reviewed", "certified"})


@dataclass(frozen=True, slots=True)
class Lock:
    """What locks a portion; people by name."""

    dispute: str
    reason: str
    by: str
    at: datetime
    released_by: str = ""
    released_at: datetime | None = None
    release_reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a portion was disposed of; people by name, words as codes."""

    first: str
    second: str
    reason: str
    method: str
    remarks: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """One portion as it stands.

    Attributes:
        id: its number.
        sample: the sample's number.
        parent: the portion it was taken from; empty for the sample itself.
        role: a code of `portion_role`.
        quantity: as divided.
        rest: what was not divided further, None where units differ.
        state: a code of `portion_state`.
        place: id of the place it lies in; empty while in none.
        clock: its retention; None where it is not retained.
        over: whether it need be kept no longer.
        locks: every lock, the newest first.
        ended: how it was disposed of, or None.
    """

    id: str
    sample: str
    parent: str
    role: str
    quantity: Amount
    rest: Amount | None
    state: str
    place: str
    clock: Clock | None
    over: bool
    divided_by: str
    divided_at: datetime
    locks: tuple[Lock, ...]
    ended: Ended | None

    @property
    def locked(self) -> bool:
        """Whether a dispute holds it now."""
        return any(lock.released_at is None for lock in self.locks)


def whole(view: View, sample: Sample) -> Amount | None:
    """Return how much of a sample there is, as received or else as drawn; None where that cannot be told."""
    query = select(Receipt.quantity).where(
        Receipt.site == view.site, Receipt.sample == sample.id, Receipt.accepted
    )
    said = [*view.all(query.order_by(Receipt.id.desc())), str(sample.form.get("quantity", ""))]
    return next((found for text in said if (found := amount.written(text))), None)


def keepings(view: View, kind: str) -> tuple[Keeping, ...]:
    """Return the retention rules in force, for `portion` or `record`."""
    query = select(Setting).where(Setting.site == view.site, Setting.name.startswith("retention."))
    return retention.rules(kind, {row.name: row.value for row in view.all(query)})


def clock_of(view: View, sample: Sample) -> Clock:
    """Return the retention clock of a sample's retained portions."""
    query = (
        select(Verdict.word, Review.at)
        .join(Review, (Review.site == Verdict.site) & (Review.verdict == Verdict.id))
        .where(Verdict.site == view.site, Verdict.sample == sample.id, Verdict.state == "approved")
        .order_by(Review.at)
    )
    found = view.rows(query) if sample.state in CONCLUDED else []
    concluded = clock.local(found[-1][1]).date() if found else None
    shelf = retention.shelf_end(str(sample.form.get("dated_on", "")), str(sample.form.get("shelf_life", "")))
    return retention.clock(keepings(view, "portion"), [word for word, _ in found], concluded, shelf)


def places_of(view: View, samples: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return where samples and portions lie now: (sample, portion or "") to the place's id, "" for none."""
    query = select(Move).where(Move.site == view.site, Move.sample.in_(samples)).order_by(Move.id)
    return {(row.sample, row.portion or ""): row.place or "" for row in view.all(query)}


def _lock(known: Names, row: PortionLock) -> Lock:
    return Lock(
        row.dispute,
        row.reason,
        known(row.by),
        row.at,
        known(row.released_by),
        row.released_at,
        row.release_reason,
    )


def _rest(row: Portion, rows: Sequence[Portion]) -> Amount | None:
    children = [Amount(one.quantity, one.unit) for one in rows if one.parent == row.id]
    unit, left = Amount(row.quantity, row.unit).least
    _, one = Amount(Decimal(1), row.unit).least
    for child in children:
        other, value = child.least
        if other != unit:
            return None
        left -= value
    return Amount(left / one, row.unit)


def _held(view: View, rows: Sequence[Portion]) -> list[Held]:
    known = names(view)
    samples = {row.sample for row in rows}
    wanted = [row.id for row in rows]
    lying = places_of(view, sorted(samples))
    locks = view.all(
        select(PortionLock)
        .where(PortionLock.site == view.site, PortionLock.portion.in_(wanted))
        .order_by(PortionLock.id.desc())
    )
    ended = {
        row.portion: Ended(
            known(row.first_person), known(row.second_person), row.reason, row.method, row.remarks, row.at
        )
        for row in view.all(select(Disposal).where(Disposal.site == view.site, Disposal.portion.in_(wanted)))
    }
    family = view.all(select(Portion).where(Portion.site == view.site, Portion.sample.in_(sorted(samples))))
    clocks = {id_: clock_of(view, sample) for id_ in samples if (sample := view.find(Sample, id_))}
    today = clock.local(view.now).date()
    found = []
    for row in rows:
        kept = clocks.get(row.sample) if row.role == "retained" else None
        found.append(
            Held(
                id=row.id,
                sample=row.sample,
                parent=row.parent or "",
                role=row.role,
                quantity=Amount(row.quantity, row.unit),
                rest=_rest(row, family),
                state=row.state,
                place=lying.get((row.sample, row.id), "") if row.state == "held" else "",
                clock=kept,
                over=kept.over(today) if kept else False,
                divided_by=known(row.divided_by),
                divided_at=row.divided_at,
                locks=tuple(_lock(known, one) for one in locks if one.portion == row.id),
                ended=ended.get(row.id),
            )
        )
    return found


@question()
def of_sample(view: View, sample: str) -> list[Held]:
    """Return every portion of a sample, in the order of division."""
    query = select(Portion).where(Portion.site == view.site, Portion.sample == sample)
    return _held(view, view.all(query.order_by(Portion.divided_at, Portion.id)))


@question()
def portion(view: View, id_: str) -> Held:
    """Return one portion.

    Raises:
        NotFound: no portion has this number.
    """
    row = view.find(Portion, id_)
    if row is None:
        raise NotFound("portion.unknown", id=id_)
    return _held(view, [row])[0]


@question()
def retained(view: View, *, over_by: date | None = None) -> list[Held]:
    """Return the retained portions that are still held, those that may go first at the top, no clock last.

    Args:
        view: the snapshot.
        over_by: only those whose last day of keeping is before this day; None for all.
    """
    query = select(Portion).where(
        Portion.site == view.site, Portion.role == "retained", Portion.state == "held"
    )
    found = _held(view, view.all(query.order_by(Portion.id)))
    if over_by is not None:
        found = [one for one in found if one.clock and one.clock.until and one.clock.until < over_by]
    return sorted(found, key=lambda one: ((one.clock and one.clock.until) or date.max, one.id))


@question()
def rules(view: View, kind: str = "portion") -> list[Keeping]:
    """Return the retention rules in force with source and whether they are verified: `portion` or `record`."""
    return list(keepings(view, kind))


@dataclass(frozen=True, slots=True)
class Storage:
    """A place with its limits (degrees Celsius as text, empty for none) and how many bags and portions lie in it."""

    id: str
    kind: str
    name: str
    parent: str
    low: str
    high: str
    every_minutes: int | None
    active: bool
    holds: int


@question()
def places(view: View) -> list[Storage]:
    """Return every place by its id."""
    lying: dict[tuple[str, str], str] = {}
    moves = view.rows(
        select(Move.sample, Move.portion, Move.place).where(Move.site == view.site).order_by(Move.id)
    )
    for sample, part, place in moves:
        lying[(sample, part or "")] = place or ""
    for gone in _gone(view):
        lying.pop(gone, None)
    held = list(lying.values())
    rows = view.all(select(StorePlace).where(StorePlace.site == view.site).order_by(StorePlace.id))
    return [
        Storage(
            row.id,
            row.kind,
            row.name,
            row.parent or "",
            "" if row.low is None else str(row.low),
            "" if row.high is None else str(row.high),
            row.every_minutes,
            row.active,
            held.count(row.id),
        )
        for row in rows
    ]


def _gone(view: View) -> list[tuple[str, str]]:
    query = select(Portion.sample, Portion.id).where(Portion.site == view.site, Portion.state != "held")
    return [(sample, part) for sample, part in view.rows(query)]
