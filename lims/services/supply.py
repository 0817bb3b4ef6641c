"""Kits and their lots: set up, received, accepted or rejected, opened, used, recalled."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, Problem, RuleBroken
from lims.queries import methods, supplies
from lims.records.storerooms import StorePlace
from lims.records.supplies import Kit, Lot, LotTest, LotUse, Opening
from lims.rules import acceptance, regulation, units
from lims.rules.acceptance import Table
from lims.services import nonconform
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Product:
    """A kit as its insert describes it.

    Attributes:
        id: short name of our own.
        name: as on the box.
        kind: a code of the vocabulary `kit_kind`.
        maker: who makes it.
        methods: ids of the methods it serves, separated by spaces.
        unit: in which it is counted, such as `test` or `mL`.
        source: where the figures were read: the insert and its version.
        catalogue: the maker's number, "/" without one.
        low: lowest storage temperature in degrees Celsius, None where the insert sets none.
        high: highest storage temperature.
        opened_days: days that an opened or prepared pack lasts, None where the insert sets no term.
        detection: the least content that it finds, None where the insert says nothing.
        detection_unit: of `detection`.
        reorder_at: stock at which to order anew.
    """

    id: str
    name: str
    kind: str
    maker: str
    methods: str
    unit: str
    source: str
    catalogue: str = "/"
    low: Decimal | None = None
    high: Decimal | None = None
    opened_days: int | None = None
    detection: Decimal | None = None
    detection_unit: str = ""
    reorder_at: Decimal | None = None


def _problems(unit: Unit, product: Product) -> list[Problem]:
    needed = ("id", "name", "maker", "unit", "source")
    found = [Problem("form.missing", name) for name in needed if not getattr(product, name).strip()]
    if product.kind not in regulation.codes("kit_kind"):
        found.append(Problem("form.option", "kind", {"value": product.kind}))
    known = {one.id for one in methods.book(unit.view()).every}
    found += [
        Problem("form.option", "methods", {"value": method})
        for method in product.methods.split()
        if method not in known
    ]
    if product.low is not None and product.high is not None and product.low > product.high:
        found.append(Problem("kit.limits", "low", {"low": product.low, "high": product.high}))
    if product.opened_days is not None and product.opened_days <= 0:
        found.append(Problem("kit.opened_days", "opened_days", {"days": product.opened_days}))
    if product.detection is not None and product.detection <= 0:
        found.append(Problem("kit.detection", "detection", {"value": product.detection}))
    return found


@verb(needs="manager technician")
def kit(unit: Unit, product: Product, *, active: bool = True) -> str:
    """Set up a kit or change what its insert says; return its id. Its lots stay.

    Raises:
        Invalid: an empty field, an unknown kind or method, a figure that cannot be, or a unit that is none.
    """
    problems = _problems(unit, product)
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    given = asdict(product)
    given["detection_unit"] = units.tidy(product.detection_unit) if product.detection is not None else None
    unit.put(Kit(**given, active=active, set_by=unit.actor.account, set_at=unit.now))
    return product.id


@verb(needs="technician manager")
def receive(
    unit: Unit,
    kit: str,
    number: str,
    expires_on: date,
    quantity: Decimal,
    place: str = "",
    certificate: str = "/",
) -> str:
    """Take a lot in; it waits for its acceptance test. Return its id.

    Args:
        unit: the act.
        kit: id of the kit.
        number: as printed on the box.
        expires_on: the last day it may be used.
        quantity: in the kit's unit.
        place: id of the place it is put into, empty where it needs none.
        certificate: number of its certificate of analysis.

    Raises:
        NotFound: no such kit or place.
        Invalid: no number, or a quantity not above zero.
        RuleBroken: this lot of the kit is here already, or it has expired.
    """
    product = unit.get(Kit, kit)
    number = number.strip()
    if not number:
        raise Invalid("form.problems", [Problem("form.missing", "number")], count=1)
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid("lot.quantity", quantity=quantity)
    if place:
        unit.get(StorePlace, place)
    known = select(Lot.id).where(Lot.site == unit.site, Lot.kit == kit, Lot.number == number)
    if unit.one(known) is not None:
        raise RuleBroken("lot.again", lot=number, kit=product.name)
    if expires_on < clock.local(unit.now).date():
        raise RuleBroken("lot.expired", lot=number, ended=expires_on.isoformat())
    row = Lot(
        id=new_id(),
        kit=kit,
        number=number,
        expires_on=expires_on,
        quantity=quantity,
        place=place or None,
        certificate=certificate,
        state="received",
        why="",
        received_by=unit.actor.account,
        received_at=unit.now,
        decided_by=None,
        decided_at=None,
    )
    unit.put(row)
    return row.id


@verb(needs="technician manager")
def keep_in(unit: Unit, lot: str, *, place: str) -> str:
    """Put a lot into a place, whose logger says from then on whether it is kept as it must be; return the lot's id.

    Raises:
        NotFound: no such lot or place.
    """
    row = unit.get(Lot, lot)
    row.place = unit.get(StorePlace, place).id
    unit.put(row)
    return lot


@verb(needs="technician manager")
def evaluate(unit: Unit, lot: str, found: Table, *, levels: str = "") -> str:
    """File the acceptance test of a lot and accept or reject it by its figures; return the new state.

    Args:
        unit: the act.
        lot: its id.
        found: how often blanks and spikes read as they should.
        levels: in words, at which contents was spiked, such as `0.5, 1, 2 LOD`.

    Raises:
        Invalid: numbers that cannot be.
        RuleBroken: it was decided before.
    """
    row = unit.get(Lot, lot)
    if row.state != "received":
        raise RuleBroken("lot.decided", lot=row.number, state=row.state)
    figures = acceptance.evaluate(found)
    told = {name: str(value) for name, value in asdict(figures).items() if name != "missed"}
    unit.put(
        LotTest(
            id=new_id(),
            lot=lot,
            readings={**{name: str(n) for name, n in asdict(found).items()}, "levels": levels},
            figures={**told, "missed": " ".join(figures.missed)},
            passed=figures.passed,
            by=unit.actor.account,
            at=unit.now,
        )
    )
    return _state(unit, row, "accepted" if figures.passed else "rejected", " ".join(figures.missed))


def _state(unit: Unit, row: Lot, state: str, why: str) -> str:
    row.state, row.why = state, why
    row.decided_by, row.decided_at = unit.actor.account, unit.now
    unit.put(row)
    return state


@verb(needs="manager", signs="批准")
def accept(unit: Unit, lot: str, *, reason: str) -> str:
    """Accept a lot on paper, without a test of one's own, with the reason; return the new state.

    Raises:
        RuleBroken: no reason, or it was decided before.
    """
    row = unit.get(Lot, lot)
    if row.state != "received":
        raise RuleBroken("lot.decided", lot=row.number, state=row.state)
    if not reason.strip():
        raise RuleBroken("lot.reason", lot=row.number)
    unit.why = reason
    return _state(unit, row, "accepted", reason)


@verb(needs="technician manager")
def open_pack(unit: Unit, lot: str, *, label: str = "/", prepared: bool = False) -> str:
    """Note that a pack was opened, or a reagent prepared from it; its own life begins. Return the opening's id.

    Raises:
        RuleBroken: the lot was not accepted, or it has expired.
    """
    row = unit.get(Lot, lot)
    product = unit.get(Kit, row.kit)
    today = clock.local(unit.now).date()
    if row.state != "accepted":
        raise RuleBroken("lot.not_accepted", lot=row.number, state=row.state)
    if row.expires_on < today:
        raise RuleBroken("lot.expired", lot=row.number, ended=row.expires_on.isoformat())
    ends = unit.now + timedelta(days=product.opened_days) if product.opened_days is not None else None
    opening = Opening(
        id=new_id(),
        lot=lot,
        what="prepared" if prepared else "opened",
        label=label,
        at=unit.now,
        ends_at=ends,
        by=unit.actor.account,
    )
    unit.put(opening)
    return opening.id


@verb(needs="technician manager")
def use(unit: Unit, lot: str, amount: Decimal, *, why: str) -> str:
    """Count so much of a lot as used (a negative amount puts back a miscount); return what is left, as text.

    Raises:
        RuleBroken: no reason, or more than is left.
        Invalid: nothing, or no number.
    """
    row = unit.get(Lot, lot)
    if not why.strip():
        raise RuleBroken("lot.reason", lot=row.number)
    if not amount.is_finite() or amount == 0:
        raise Invalid("lot.quantity", quantity=amount)
    left = row.quantity - supplies.used(unit.view(), [lot])[lot] - amount
    if left < 0 or left > row.quantity:
        raise RuleBroken("lot.more_than_left", lot=row.number, left=left + amount)
    unit.why = why
    unit.put(use_row(unit, lot, amount, why))
    if left == 0:
        _state(unit, row, "used_up", why)
    return str(left)


def use_row(unit: Unit, lot: str, amount: Decimal, why: str, run: str | None = None) -> LotUse:
    """Return the row that counts so much of a lot as used."""
    return LotUse(id=new_id(), lot=lot, amount=amount, run=run, why=why, by=unit.actor.account, at=unit.now)


@verb(needs="manager")
def recall(unit: Unit, lot: str, *, reason: str) -> str:
    """Recall a lot: it is used no more, and every result of it is held until somebody releases it.

    Returns the id of the nonconforming work that lists them.

    Raises:
        RuleBroken: no reason, or it was recalled before.
    """
    row = unit.get(Lot, lot)
    if not reason.strip():
        raise RuleBroken("lot.reason", lot=row.number)
    if row.state == "recalled":
        raise RuleBroken("lot.decided", lot=row.number, state=row.state)
    unit.why = reason
    _state(unit, row, "recalled", reason)
    verdicts = [one.verdict for one in supplies.results_of(unit.view(), lot)]
    work = nonconform.opened(
        unit, what="lot", detail=f"{row.number}: {reason}", lot=row.number, since=row.received_at
    )
    nonconform.hold(unit, work, verdicts)
    return work.id
