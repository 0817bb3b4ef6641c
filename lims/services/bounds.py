"""What a sample's reading is held against: the limit in force for its food on its day, and what stays doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from lims.queries.readiness import Limits
from lims.records.peers import SetTaken
from lims.records.quality import RunReadiness
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.records.supplies import Kit, Lot
from lims.rules import foods, strips, units
from lims.rules.limits import Limit
from lims.rules.methods import Method
from lims.rules.verdict import Bound
from lims.storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """What a verdict is held against.

    Attributes:
        bound: for a quantitative value, None where the method's own threshold serves.
        basis: what is kept with the verdict: the limit's id, figure, standard and days.
        doubts: codes that go with every verdict.
        if_positive: codes that go with a positive.
    """

    bound: Bound | None
    basis: Mapping[str, str | bool]
    doubts: tuple[str, ...]
    if_positive: tuple[str, ...]

    def warned(self, word: str) -> tuple[str, ...]:
        """Return the codes that go with a verdict of this word."""
        return (*self.doubts, *(self.if_positive if word == "positive" else ()))


def _sets_over(unit: Unit) -> bool:
    """Tell whether a set from the county that this site works by is over; it may test on, and its results say so."""
    query = select(SetTaken.id).where(SetTaken.site == unit.site, SetTaken.until < unit.now)
    return bool(unit.all(query.limit(1)))


def against(unit: Unit, run: Run, method: Method, sample: Sample, known: Limits) -> Held:
    """Return what judges a sample in a run."""
    food, limit = known.food(sample), known.limit(sample)
    kept = unit.find(RunReadiness, run.id)
    doubts = ["overridden"] if kept is not None and kept.override else []
    doubts += ["sets_over"] if _sets_over(unit) else []
    interferes = food is not None and foods.within(food.code, method.interfering)
    positive = ["interfering_matrix"] if interferes else []
    if method.class_screen or not method.analyte:
        return Held(None, _basis(food, None), tuple(doubts), tuple(positive))
    if limit is None:
        return Held(None, _basis(food, None), (*doubts, "no_limit"), tuple(positive))
    if not limit.verified:
        doubts.append("unverified_limit")
    if method.format in strips.FORMATS:
        detection = _detection(unit, kept, limit.unit) if limit.kind == "mrl" else None
        if limit.value is not None and detection is not None and detection < limit.value:
            positive.append("not_proof")
        return Held(None, _basis(food, limit), tuple(doubts), tuple(positive))
    bound = _bound(method, limit, _detection(unit, kept, method.unit))
    return Held(bound, _basis(food, limit), tuple(doubts), tuple(positive))


def _bound(method: Method, limit: Limit, detection: Decimal | None) -> Bound | None:
    if limit.kind == "mrl":
        return Bound(limit.value_in(method.unit), "negative", finds=detection)
    return (
        Bound(detection, "positive", finds=detection)
        if limit.kind == "ban" and detection is not None
        else None
    )


def _detection(unit: Unit, kept: RunReadiness | None, to: str) -> Decimal | None:
    """Return what the kit of a run finds, in a unit."""
    if kept is None or kept.lot is None:
        return None
    kit = unit.get(Kit, unit.get(Lot, kept.lot).kit)
    if kit.detection is None or kit.detection_unit is None:
        return None
    return units.convert(kit.detection, kit.detection_unit, to)


def _basis(food: foods.Food | None, limit: Limit | None) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {"food": food.code if food else ""}
    if limit is None:
        return {**found, "limit": ""}
    return {
        **found,
        "limit": limit.id,
        "limit_kind": limit.kind,
        "limit_value": "" if limit.value is None else str(limit.value),
        "limit_unit": limit.unit,
        "limit_standard": limit.standard,
        "limit_from": limit.effective_from.isoformat(),
        "limit_to": limit.effective_to.isoformat() if limit.effective_to else "",
        "limit_verified": limit.verified,
    }
