"""The rate of inhibition of an assay that this program ran: each sample's change of absorbance against the control's.

Rate = (ΔA0 - ΔA) / ΔA0 in percent, to one decimal, half to even; ΔA0 is the mean of the run's controls (role `blank`).
Nothing is clamped: a sample that darkens more than the control has a rate below zero. A sample whose absorbance falls
has none at all, for a drifting cuvette must never read as full inhibition; nor has any where the control is not sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lims.rules.boards import Assay
from lims.rules.methods import Method
from lims.rules.verdict import Facts

FORMULA = "(ΔA0-ΔA)/ΔA0, ΔA0 = mean of controls, one decimal half even"
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at one position of a run, and what was read there."""

    role: str
    facts: Facts


def is_assay(facts: Facts) -> bool:
    """Tell whether a reading is one of an assay that this program ran."""
    return facts.extra.get("assay") == "inhibition"


def told(method: Method, places: Mapping[str, Place]) -> dict[str, Facts]:
    """Return the facts of every position, with a rate where the assay gives one.

    Readings of other kinds are returned as they are. What has no rate says why in `void`: the board's own reason
    (such as `cuvette_out`), or `no_control`, `control_weak`, `control_strong`, `controls_differ`, `falling`.
    """
    told_ = {position: place.facts for position, place in places.items()}
    for measure in {
        place.facts.extra.get("measure", "") for place in places.values() if is_assay(place.facts)
    }:
        ran = {
            position: place
            for position, place in places.items()
            if is_assay(place.facts) and place.facts.extra.get("measure", "") == measure
        }
        if rules := method.board(measure):
            told_ |= _together(rules, ran)
    return told_


def _together(rules: Assay, ran: Mapping[str, Place]) -> dict[str, Facts]:
    controls = {
        position: delta
        for position, place in ran.items()
        if place.role == BLANK and (delta := delta_of(place.facts)) is not None
    }
    mean = sum(controls.values(), Decimal(0)) / len(controls) if controls else None
    turn = -1 if rules.measure == "gray" and mean is not None and mean < 0 else 1  # a card may darken or fade
    unfit = {
        position: why
        for position, delta in controls.items()
        if (why := _unfit(rules, turn * delta, turn * (mean or Decimal(0))))
    }
    sound = turn * mean if mean is not None and not unfit else None
    return {
        position: _told(
            rules, place.facts, sound, place.facts.extra.get("void", "") or unfit.get(position, ""), turn
        )
        for position, place in ran.items()
    }


def delta_of(facts: Facts) -> Decimal | None:
    """Return the change of absorbance of a reading of an assay; None where it has none that counts."""
    if facts.extra.get("void"):
        return None
    try:
        found = Decimal(facts.extra["delta_a"])
    except (KeyError, InvalidOperation):
        return None
    return found if found.is_finite() else None


def basis_of(facts: Facts) -> dict[str, str]:
    """Return the figures of an assay that a verdict must name; nothing for readings of other kinds."""
    names = ("formula", "delta_a", "control_delta_a", "rate_formula") if is_assay(facts) else ()
    return {name: facts.extra[name] for name in names if name in facts.extra}


def _unfit(rules: Assay, delta: Decimal, mean: Decimal) -> str:
    """Say why a control cannot be one, or nothing."""
    if delta < rules.control_least:
        return "control_weak"
    if delta > rules.control_most:
        return "control_strong"
    if mean <= 0 or abs(delta - mean) / mean > rules.controls_agree:
        return "controls_differ"
    return ""


def _told(rules: Assay, facts: Facts, control: Decimal | None, why: str, turn: int) -> Facts:
    change = delta_of(facts)
    delta = None if change is None else turn * change
    if not why and delta is None:
        why = "no_value"
    elif not why and delta is not None and delta < -rules.fall:
        why = "falling"
    if why or delta is None or control is None:
        return replace(facts, extra={**facts.extra, "void": why or "no_control"})
    rate = ((control - delta) / control * 100).quantize(Decimal("0.1"))
    extra = {**facts.extra, "control_delta_a": f"{turn * control:f}", "rate_formula": FORMULA}
    return replace(facts, value=rate, unit="%", extra=extra)
