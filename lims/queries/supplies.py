"""What is in stock: kits with their lots, which is to be used first, and every result that a lot stands behind."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries.people import names
from lims.records.quality import RunReadiness
from lims.records.results import Certificate, Result, Verdict
from lims.records.runs import Run
from lims.records.storerooms import StorePlace, Temperature
from lims.records.supplies import Kit, Lot, LotTest, LotUse, Opening
from lims.rules import readiness, regulation
from lims.rules.readiness import Stocked
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Opened:
    """One pack that was opened or a reagent prepared from it."""

    what: str
    label: str
    at: datetime
    ends_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Tested:
    """One acceptance test of a lot."""

    at: datetime
    by: str
    passed: bool
    figures: dict[str, str]


@dataclass(frozen=True, slots=True)
class LotView:
    """One lot as people see it.

    Attributes:
        id: of its row.
        kit: id of the kit.
        kit_name: its name.
        number: as printed.
        state: as in the vocabulary `lot_state`.
        why: the reason of its state.
        expires_on: the last day it may be used.
        quantity: as received.
        left: what is left.
        unit: of both.
        place: name of where it lies.
        certificate: number of its certificate.
        received_at: when it came.
        opened: its packs.
        tests: its acceptance tests.
        first: it is the one of its kit to be used first.
        marks: codes of what to heed: `expired`, `ends_soon`, `low`, `opened_over`, `storage`, `storage_unknown`.
    """

    id: str
    kit: str
    kit_name: str
    number: str
    state: str
    why: str
    expires_on: date
    quantity: Decimal
    left: Decimal
    unit: str
    place: str
    certificate: str
    received_at: datetime
    opened: tuple[Opened, ...]
    tests: tuple[Tested, ...]
    first: bool
    marks: tuple[str, ...]


def used(view: View, lots: Iterable[str]) -> dict[str, Decimal]:
    """Return how much of each lot was used."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    query = select(LotUse).where(LotUse.site == view.site, LotUse.lot.in_(list(lots)))
    for row in view.all(query):
        found[row.lot] += row.amount
    return found


def stocked(view: View, kit: Kit, lots: Sequence[Lot]) -> list[Stocked]:
    """Return lots of one kit as the rules need them."""
    spent = used(view, [lot.id for lot in lots])
    openings: dict[str, list[datetime | None]] = defaultdict(list)
    query = select(Opening).where(Opening.site == view.site, Opening.lot.in_([lot.id for lot in lots]))
    for row in view.all(query):
        openings[row.lot].append(row.ends_at)
    found = []
    for lot in lots:
        stored, unread = _stored(view, kit, lot)
        found.append(
            Stocked(
                lot.id,
                lot.number,
                lot.state,
                lot.expires_on,
                lot.quantity - spent[lot.id],
                tuple(openings[lot.id]),
                kit.opened_days is not None,
                stored,
                unread,
            )
        )
    return found


def _stored(view: View, kit: Kit, lot: Lot) -> tuple[bool | None, bool]:
    """Tell whether a lot lay within its limits, and whether that cannot be told."""
    if kit.low is None and kit.high is None:
        return None, False
    place = _read_place(view, lot.place)
    if place is None:
        return None, True
    query = select(Temperature.value).where(
        Temperature.site == view.site, Temperature.place == place, Temperature.at >= lot.received_at
    )
    values = view.all(query)
    if not values:
        return None, True
    warm = kit.high is not None and max(values) > kit.high
    return not (warm or (kit.low is not None and min(values) < kit.low)), False


def _read_place(view: View, place: str | None) -> str | None:
    """Return the place itself or the nearest around it in which a logger lies."""
    row = view.find(StorePlace, place) if place else None
    while row is not None and row.every_minutes is None:
        row = view.find(StorePlace, row.parent) if row.parent else None
    return row.id if row else None


def _kits(view: View) -> list[Kit]:
    rows = view.all(select(Kit).where(Kit.site == view.site))
    return sorted(rows, key=lambda one: (not one.active, one.name, one.id))


@dataclass(frozen=True, slots=True)
class KitView:
    """One kit as people see it; `detection` is the least content that its insert says it finds."""

    id: str
    name: str
    kind: str
    maker: str
    methods: tuple[str, ...]
    unit: str
    low: Decimal | None
    high: Decimal | None
    opened_days: int | None
    detection: Decimal | None
    detection_unit: str
    source: str
    active: bool


@question()
def kits(view: View) -> list[KitView]:
    """Return the kits of the laboratory, those in use first, by name."""
    return [
        KitView(
            row.id,
            row.name,
            row.kind,
            row.maker,
            tuple(row.methods.split()),
            row.unit,
            row.low,
            row.high,
            row.opened_days,
            row.detection,
            row.detection_unit or "",
            row.source,
            row.active,
        )
        for row in _kits(view)
    ]


@question()
def lots(view: View, *, all_states: bool = False) -> list[LotView]:
    """Return the lots by kit, the one to be used first at its head; ended ones only with `all_states`."""
    today, rule = clock.local(view.now).date(), regulation.table("quality")["lot"]
    places = {row.id: row.name for row in view.all(select(StorePlace).where(StorePlace.site == view.site))}
    answer: list[LotView] = []
    for kit in _kits(view):
        rows = view.all(select(Lot).where(Lot.site == view.site, Lot.kit == kit.id))
        facts = {one.id: one for one in stocked(view, kit, rows)}
        first = readiness.first_expiring(list(facts.values()), view.now, today)
        shown = [row for row in rows if all_states or row.state in {"received", "accepted", "recalled"}]
        shown.sort(key=lambda row: (row.expires_on, row.number))
        for row in shown:
            fact = facts[row.id]
            ends = (row.expires_on - today).days
            marks = _marks(kit, row, fact, view.now, ends, rule)
            answer.append(
                _shown(view, kit, row, fact, places, first is not None and first.id == row.id, marks)
            )
    return answer


def _marks(
    kit: Kit, row: Lot, fact: Stocked, now: datetime, days: int, rule: dict[str, object]
) -> tuple[str, ...]:
    least = kit.reorder_at if kit.reorder_at is not None else row.quantity * Decimal(str(rule["last_share"]))
    over = bool(fact.opened) and all(end is not None and end < now for end in fact.opened)
    told = {
        "expired": days < 0,
        "ends_soon": 0 <= days <= int(str(rule["soon_days"])),
        "low": fact.left <= least,
        "opened_over": over,
        "storage": fact.stored is False,
        "storage_unknown": fact.unread,
    }
    return tuple(code for code, true in told.items() if true)


def _shown(
    view: View, kit: Kit, row: Lot, fact: Stocked, places: dict[str, str], first: bool, marks: tuple[str, ...]
) -> LotView:
    called = names(view)
    opened = view.all(
        select(Opening).where(Opening.site == view.site, Opening.lot == row.id).order_by(Opening.at)
    )
    tests = view.all(
        select(LotTest).where(LotTest.site == view.site, LotTest.lot == row.id).order_by(LotTest.at)
    )
    return LotView(
        row.id,
        kit.id,
        kit.name,
        row.number,
        row.state,
        row.why,
        row.expires_on,
        row.quantity,
        fact.left,
        kit.unit,
        places.get(row.place or "", ""),
        row.certificate,
        row.received_at,
        tuple(Opened(one.what, one.label, one.at, one.ends_at, called(one.by)) for one in opened),
        tuple(Tested(one.at, called(one.by), one.passed, dict(one.figures)) for one in tests),
        first,
        marks,
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """A result that a lot stands behind, and the slip that was issued on it."""

    sample: str
    verdict: str
    word: str
    state: str
    run: str
    at: datetime
    slip: str


@question()
def results_of(view: View, lot: str) -> list[Behind]:
    """Return every verdict that was given with a lot, the newest first; a recall looks at them all."""
    query = (
        select(Verdict, Run.id, Certificate.id)
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .join(RunReadiness, (RunReadiness.site == Run.site) & (RunReadiness.run == Run.id))
        .outerjoin(Certificate, (Certificate.site == Verdict.site) & (Certificate.sample == Verdict.sample))
        .where(Verdict.site == view.site, RunReadiness.lot == lot)
        .order_by(Verdict.id.desc(), Certificate.number.desc())
    )
    found: dict[str, Behind] = {}
    for verdict, run, slip in view.rows(query):
        found.setdefault(
            verdict.id,
            Behind(verdict.sample, verdict.id, verdict.word, verdict.state, run, verdict.at, slip or ""),
        )
    return list(found.values())
