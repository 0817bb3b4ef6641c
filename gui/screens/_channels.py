"""What stands in a channel, before a run, while it runs and after it: bindings and readings as tiles show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gui.screens import _codes
from gui.widgets.tile import Channel
from lims.queries.bench import Place, RunView, Said
from lims.queries.equipment import Owned
from lims.rules import content, inhibition
from lims.rules.methods import Method
from lims.rules.validity import Control, validity
from lims.rules.verdict import Facts, judge
from lims.text import t

GUESS = 12
"""Channels of a device whose profile leaves them to the laboratory, when the setting `channels` says nothing."""
ACROSS = 12
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Bound:
    """What a person put into a channel: its role, and the sample with its food where it is one."""

    role: str
    sample: str = ""
    food: str = ""


def shape_of(owned: Owned) -> tuple[tuple[str, ...], ...]:
    """Return the channels of an instrument row by row: its profile's, or else as many as its settings say."""
    if owned.kind is not None and owned.kind.channels:
        return owned.kind.channels
    said = owned.settings.get("channels")
    many = said if isinstance(said, int) and 0 < said <= 384 else 1 if _is_strip(owned) else GUESS
    names = [str(at) for at in range(1, many + 1)]
    across = 6 if many == GUESS else ACROSS
    return tuple(tuple(names[at : at + across]) for at in range(0, many, across))


def _is_strip(owned: Owned) -> bool:
    return str(owned.settings.get("map", "")).startswith("strip")


def bound_channels(bound: Mapping[str, Bound]) -> dict[str, Channel]:
    """Return the tiles of a run that is being put together."""
    return {
        position: Channel(position, "bound", one.sample, one.food)
        if one.role == "sample"
        else Channel(position, "control", food=_codes.term("position_role", one.role))
        for position, one in bound.items()
    }


def run_channels(run: RunView) -> dict[str, Channel]:
    """Return the tiles of a run with what was read so far; a void one says why."""
    method = run.rule
    told = facts_together(run)
    return {place.position: _channel(place, method, told.get(place.position)) for place in run.places}


def facts_together(run: RunView) -> dict[str, Facts]:
    """Return what a rule needs of each reading of a run, with the rates and contents that only the whole gives."""
    places = {
        place.position: inhibition.Place(place.role, facts_of(place.said))
        for place in run.places
        if place.said
    }
    return content.told(run.rule, places, run.plate)


def value_of(said: Said) -> tuple[str, str]:
    """Return the figure of a reading and its unit; for a strip the ratio T/C, for an assay the change of absorbance."""
    if said.value:
        return said.value, said.unit
    for name, unit in (("t_over_c", "T/C"), ("delta_a", "ΔA")):
        if said.extra.get(name):
            return said.extra[name], unit
    return "", ""


def figure_of(said: Said, facts: Facts | None) -> tuple[str, str]:
    """Return the figure that is judged, where a run as a whole gives one, else the reading's own."""
    if facts is None or facts.value is None or (said.value and facts.unit == said.unit):
        return value_of(said)
    return f"{facts.mark}{_short(facts)}", facts.unit or ""


def _short(facts: Facts) -> str:
    """The figure that is judged; of one off a curve four significant digits, six are kept."""
    value = facts.value or Decimal(0)
    return f"{content.rounded(value, SHOWN) if 'curve_unit' in facts.extra else value:f}"


def facts_of(said: Said) -> Facts:
    """Return what a rule needs of a reading."""
    return Facts(
        _codes.number(said.value), said.unit or None, said.call or None, frozenset(said.flags), said.extra
    )


def void_reason(place: Place, method: Method | None, told: Facts | None = None) -> str:
    """Say why the reading of a channel counts for nothing, or return an empty text; the rules decide.

    `told` are its facts among those of its run, where that gives more than the reading alone.
    """
    if place.said is None or method is None:
        return ""
    facts = told or facts_of(place.said)
    if place.role == "sample":
        found = judge(method, facts)
        return _codes.coded("why", found.why) if found.word == "invalid" else ""
    control = validity(method, [Control(place.role, place.position, facts)])
    if control.valid or control.position != place.position:
        return ""
    return _codes.run_why(control.why)


def live_channels(shown: Mapping[str, Channel], course: Any) -> dict[str, Channel]:  # noqa: ANN401 - a Course
    """Return the tiles of a run while an assay runs: the absorbance of the moment, the last minute, what is wrong."""
    channels = dict(shown)
    for position in course.roles:
        points = [point for point in course.curves.get(position, ()) if position in channels]
        if points:
            recent = tuple(a for at, a in points if at >= points[-1][0] - 60)
            why = _codes.coded("why", course.states.get(position, ""))
            channels[position] = replace(
                channels[position], value=f"{points[-1][1]:.3f}", unit="A", curve=recent, note=why
            )
    return channels


def _channel(place: Place, method: Method | None, told: Facts | None) -> Channel:
    role = _codes.term("position_role", place.role)
    food = place.food if place.role == "sample" else role
    waiting = "bound" if place.role == "sample" else "control"
    if place.said is None:
        return Channel(place.position, waiting, place.sample, food)
    value, unit = figure_of(place.said, told)
    reason = void_reason(place, method, told)
    done = "done" if place.role == "sample" else "control"
    note = reason or (t("Control good ✓") if place.role != "sample" and method else _doubt(place.said))
    return Channel(
        number=place.position,
        state="void" if reason else done,
        sample=place.sample,
        food=food,
        item=_codes.item(place.said.item),
        value=value,
        unit=unit,
        verdict=place.word or None,
        note=note,
        curve=_codes.curve_of(place.said.extra),
    )


def _doubt(said: Said) -> str:
    return _codes.coded("flag", said.flags[0]) if said.flags else ""


def unread(run: RunView) -> list[str]:
    """Return the channels of a run without a reading."""
    return [place.position for place in run.places if place.said is None]


def control_today(runs: Sequence[RunView], instrument: str) -> tuple[str, str]:
    """Return state and reason of the latest control of an instrument that was closed today: valid, invalid, none."""
    for run in runs:
        fresh = run.instrument == instrument and run.state == "closed" and is_today(run)
        if fresh and any(place.role != "sample" for place in run.places):
            return run.validity, run.why
    return "none", ""


def is_today(run: RunView) -> bool:
    """Tell whether a run was started today by the laboratory's clock."""
    return _codes.day_of(run.started_at) == _codes.today()
