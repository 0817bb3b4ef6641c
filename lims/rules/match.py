"""To which position of which sample a reading belongs: by the binding, then by number, else it waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lims.rules.numbering import is_number


@dataclass(frozen=True, slots=True)
class Bound:
    """What was bound to a position before the run started."""

    role: str
    sample: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """Where a reading belongs; `by` is `binding` or `number`."""

    position: str
    role: str
    sample: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why a reading waits for a person."""

    reason: str


SKEW = timedelta(minutes=10)
"""How far a device's clock may be off before its time speaks against a match."""


def contradiction(
    *,
    flags: Collection[str],
    item: str | None,
    items: Collection[str],
    named: bool | None = None,
    measured_at: datetime | None,
    started_at: datetime,
    received_at: datetime,
) -> str:
    """Return why a reading cannot belong to a run although its position fits, or nothing.

    Args:
        flags: doubts that the reading carries.
        item: what the device says it measured, or None.
        items: device words that the run's method may judge; none listed means any.
        named: whether the laboratory's own table says that the device's word is what the method finds; None where
            it says nothing of that word.
        measured_at: the device's clock, without a zone, or None.
        started_at: when the run began, on the same wall clock, without a zone.
        received_at: when the reading came, likewise.
    """
    if "unknown_item" in flags and named is None:
        return "unknown_item"
    if "unknown_meaning" in flags:
        return "unknown_meaning"
    if named is False or (named is None and item is not None and items and item not in items):
        return "other_item"
    if measured_at is not None and measured_at < started_at - SKEW:
        return "before_run"
    if measured_at is not None and measured_at > received_at + SKEW:
        return "clock_ahead"
    return ""


def match(
    position: str | None,
    sample_text: str | None,
    bound: Mapping[str, Bound] | None,
    taken: frozenset[str],
    *,
    control: bool = False,
) -> Match | Unmatched:
    """Find the place of a reading in the open run of its instrument.

    Args:
        position: the device's position, or None.
        sample_text: what the device holds for the sample.
        bound: the positions of the open run, or None when no run is open.
        taken: positions that have their reading already.
        control: the device itself marks the position as its control or blank.
    """
    if bound is None:
        return Unmatched("no_run")
    numbered = _by_number(sample_text, bound)
    here = position if position is not None and position in bound else None
    if here and numbered and here != numbered:
        return Unmatched("number_disagrees")
    found = here or numbered
    if found is None:
        return Unmatched(_reason(position, sample_text))
    if found in taken:
        return Unmatched("position_taken")
    if control and bound[found].role == "sample":
        return Unmatched("device_says_control")
    return Match(found, bound[found].role, bound[found].sample, "binding" if here else "number")


def _reason(position: str | None, sample_text: str | None) -> str:
    if sample_text and is_number(sample_text):
        return "sample_not_in_run"
    return "position_not_bound" if position is not None else "no_position"


def _by_number(sample_text: str | None, bound: Mapping[str, Bound]) -> str | None:
    if not sample_text or not is_number(sample_text):
        return None
    found = [position for position, here in bound.items() if here.sample == sample_text]
    return found[0] if len(found) == 1 else None
