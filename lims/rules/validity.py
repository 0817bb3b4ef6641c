"""Whether a run counts: its controls must have been read and must read as they should."""

from collections.abc import Sequence
from dataclasses import dataclass

from lims.rules import strips
from lims.rules.methods import Method
from lims.rules.verdict import Facts, judge


@dataclass(frozen=True, slots=True)
class Control:
    """One control position of a run, with what was read there, or None when nothing was."""

    role: str
    position: str
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a run is valid and, if not, why: a code and the position it concerns."""

    valid: bool
    why: str = ""
    position: str = ""


def validity(method: Method, controls: Sequence[Control], *, earlier_today: bool = False) -> Validity:
    """Judge the controls of a run.

    Args:
        method: says which controls a run needs and their limits.
        controls: the control positions of this run.
        earlier_today: a valid control of the same instrument, method and lot stands from earlier this day;
            it serves only where the method's scope is `day`.
    """
    for control in controls:
        if why := _fault(method, control):
            return Validity(False, why, control.position)
    present = {control.role for control in controls}
    if method.control_scope == "day" and earlier_today:
        return Validity(True)
    missing = [role for role in method.controls if role not in present]
    return Validity(False, f"no_{missing[0]}") if missing else Validity(True)


def _fault(method: Method, control: Control) -> str:
    if control.facts is None:
        return f"{control.role}_not_read"
    found = judge(method, control.facts)
    if found.word == "invalid" and found.why != "no_bound":  # what a food may hold does not concern a control
        return f"{control.role}_{found.why}"
    if control.role == "control":
        return "" if found.word == "positive" else "control_not_positive"
    if method.format in strips.FORMATS:
        return "" if found.word == "negative" else "blank_not_negative"
    value = found.value
    low = method.blank_low is not None and value is not None and value < method.blank_low
    high = method.blank_high is not None and value is not None and value > method.blank_high
    return "blank_out_of_limits" if low or high else ""
