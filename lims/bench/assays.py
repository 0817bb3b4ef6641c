"""Assays on bare boards: zeroed, started and watched here; the board's own line runs them, its journal keeps them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from drivers.assay import Done, Limits, Measure, Order, Seen, Zeroed
from drivers.lights import wavelengths
from drivers.live import assay_command, limits_of, zero_command
from drivers.profile import Live, Settings
from lims import clock
from lims.errors import RuleBroken
from lims.rules import inhibition
from lims.rules.boards import Assay
from lims.rules.methods import Method
from protocols.codec import ProtocolError

_TIMES = ("preheat", "detect", "window")
_OWN = "assay."
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One board's assay as people see it.

    Attributes:
        instrument: whose it is.
        doing: `idle`, `zeroing`, `zeroed`, `running` or `done`.
        phase: while running, `preheat`, `first`, `react` or `last`.
        until: when it ends, while running.
        zeroed_at: when the board was zeroed, or None.
        zeroed: positions with a sound zero.
        states: position to what is wrong with it, at zeroing or since; sound ones are left out.
        curves: position to its points, seconds and absorbance.
        roles: what stands in each position of the assay.
        void: a code why nothing of it counts, or empty.
    """

    instrument: str
    doing: str = "idle"
    phase: str = ""
    until: datetime | None = None
    zeroed_at: datetime | None = None
    zeroed: frozenset[str] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    void: str = ""


@dataclass(frozen=True, slots=True)
class _Zero:
    wavelength: int
    reference: Mapping[str, Decimal]


class Board(Protocol):
    """What an assay needs of the running lines."""

    def live(self, instrument: str) -> tuple[Live, Settings] | None:
        """Return what is known of a bare board, or None for every other instrument."""

    def ask(self, instrument: str, command: str) -> None:
        """Have a device asked for something when its line is free."""

    def restart(self, instrument: str) -> None:
        """End a line and begin it anew."""


class Assays:
    """The assays of one station; every call returns at once, listeners are called on the lines' threads.

    Args:
        board: the running lines.
        now: the laboratory's clock.
    """

    def __init__(self, board: Board, now: Callable[[], datetime] = clock.now) -> None:
        self._board, self._now = board, now
        self._lock = threading.Lock()
        self._courses: dict[str, Course] = {}
        self._zeros: dict[str, _Zero] = {}
        self._asked: dict[str, int] = {}
        self._listeners: list[Callable[[Course], None]] = []

    def course(self, instrument: str) -> Course:
        """Return how an instrument's assay stands."""
        with self._lock:
            return self._courses.get(instrument, Course(instrument))

    def listen(self, listener: Callable[[Course], None]) -> Callable[[], None]:
        """Hear of every change of an assay; returns what stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def zero(self, instrument: str, method: Method) -> None:
        """Take the light of every hole as it is now for no absorbance at all.

        Raises:
            RuleBroken: no bare board, no assay of this method, no such LED, or something is under way.
            DriverError: the line does not run.
        """
        rules, live, settings = self._fit(instrument, method)
        self._board.ask(instrument, zero_command(_led(rules, live, settings), _limits(live, settings)))
        with self._lock:
            self._asked[instrument] = rules.wavelength
            self._zeros.pop(instrument, None)
        self._change(Course(instrument, "zeroing"))

    def begin(self, instrument: str, method: Method, roles: Mapping[str, str]) -> None:
        """Start the assay of a run.

        Args:
            instrument: the bare board.
            method: the edition that judges the run.
            roles: position to role, as they are bound in the run.

        Raises:
            RuleBroken: as `zero`; or no control is placed, or a board that needs it was not zeroed at this
                wavelength, or too long ago.
            DriverError: the line does not run.
        """
        rules, live, settings = self._fit(instrument, method)
        if inhibition.BLANK not in roles.values():
            raise RuleBroken("assay.no_control")
        course = self.course(instrument)
        reference = self._reference(course, rules) if _needs_zero(settings) else {}
        order = _order(rules, live, settings, roles, reference)
        self._board.ask(instrument, assay_command(order))
        until = self._now() + timedelta(seconds=order.preheat + order.detect)
        unfit = {name: state for name, state in course.states.items() if name in roles}
        self._change(
            replace(course, doing="running", phase="preheat", until=until, roles=dict(roles), states=unfit)
        )

    def stop(self, instrument: str) -> None:
        """End what is under way; an assay that ran is void, and its positions say so."""
        self._board.restart(instrument)

    def seen(self, instrument: str, event: object) -> None:
        """Take an event of a line."""
        if isinstance(event, Zeroed):
            self._zeroed(instrument, event)
        elif isinstance(event, Seen):
            self._looked(instrument, event)
        elif isinstance(event, Done):
            states = {one.position: one.state.value for one in event.outcomes if one.delta is None}
            void = event.void.value if event.void else ""
            self._change(
                replace(self.course(instrument), doing="done", phase="", until=None, states=states, void=void)
            )

    def lost(self, instrument: str) -> None:
        """Take it that a line ended: a zero does not outlive it, and nothing is under way any more."""
        with self._lock:
            self._zeros.pop(instrument, None)
        course = self.course(instrument)
        if course.doing in {"zeroing", "zeroed"}:
            self._change(Course(instrument))
        elif course.doing == "running":
            self._change(replace(course, doing="done", phase="", until=None, void="interrupted"))

    def needs_zero(self, instrument: str) -> bool:
        """Tell whether an assay on this instrument needs a zeroed board: cuvettes do, dry cards do not."""
        found = self._board.live(instrument)
        return found is not None and _needs_zero(found[1])

    def _reference(self, course: Course, rules: Assay) -> Mapping[str, Decimal]:
        zero = self._zeros.get(course.instrument)
        if zero is None or zero.wavelength != rules.wavelength or course.zeroed_at is None:
            raise RuleBroken("assay.not_zeroed")
        if self._now() - course.zeroed_at > timedelta(minutes=rules.zero_minutes):
            raise RuleBroken("assay.zero_old", minutes=rules.zero_minutes)
        return zero.reference

    def _fit(self, instrument: str, method: Method) -> tuple[Assay, Live, Settings]:
        found = self._board.live(instrument)
        if found is None:
            raise RuleBroken("assay.no_board", instrument=instrument)
        rules = method.board(_measure(found[1]))
        if rules is None:
            raise RuleBroken("assay.no_method", method=method.id)
        if self.course(instrument).doing in {"zeroing", "running"}:
            raise RuleBroken("assay.under_way", instrument=instrument)
        return rules, *found

    def _zeroed(self, instrument: str, event: Zeroed) -> None:
        with self._lock:
            self._zeros[instrument] = _Zero(self._asked.get(instrument, 0), event.reference)
        states = {position: state.value for position, state in event.states.items()}
        self._change(
            Course(
                instrument, "zeroed", zeroed_at=self._now(), zeroed=frozenset(event.reference), states=states
            )
        )

    def _looked(self, instrument: str, event: Seen) -> None:
        course = self.course(instrument)
        fresh = {
            name: (point.at, float(point.a)) for name, point in event.points.items() if point.a is not None
        }
        curves = {
            name: (*course.curves.get(name, ()), *([fresh[name]] if name in fresh else ()))
            for name in event.states
        }
        states = {name: state.value for name, state in event.states.items() if state.value != "measured"}
        until = self._now() + timedelta(seconds=event.left)
        self._change(
            replace(
                course, doing="running", phase=event.phase.value, until=until, curves=curves, states=states
            )
        )

    def _change(self, course: Course) -> None:
        with self._lock:
            self._courses[course.instrument] = course
        for listener in tuple(self._listeners):
            listener(course)


def _measure(settings: Settings) -> str:
    return str(_own(settings).get("measure", Measure.ABSORBANCE))


def _needs_zero(settings: Settings) -> bool:
    return _measure(settings) != Measure.GRAY


def _led(rules: Assay, live: Live, settings: Settings) -> int:
    if not _needs_zero(settings):
        return 0
    leds = wavelengths({"wavelengths": live.wavelengths, **settings})
    if rules.wavelength not in leds:
        raise RuleBroken("assay.no_led", wavelength=rules.wavelength)
    return leds.index(rules.wavelength)


def _interval(live: Live, settings: Settings) -> float:
    return float(settings.get("interval", live.interval))


def _own(settings: Settings) -> Mapping[str, Any]:
    """What the laboratory set for assays on this instrument: `assay.detect=60` and the like, by the name behind."""
    return {name.removeprefix(_OWN): value for name, value in settings.items() if name.startswith(_OWN)}


def _limits(live: Live, settings: Settings) -> Limits:
    """The laboratory's limits over the program's, wide enough for a board that is slow to answer."""
    own = {name: value for name, value in _own(settings).items() if name not in (*_TIMES, "measure")}
    gap = max(Limits().gap, 3 * _interval(live, settings))
    try:
        return limits_of({"gap": gap, **own})
    except ProtocolError as fault:
        raise RuleBroken("assay.settings", fault=str(fault)) from None


def _order(
    rules: Assay,
    live: Live,
    settings: Settings,
    roles: Mapping[str, str],
    reference: Mapping[str, Decimal],
) -> Order:
    """The order of an assay: the method's times, the laboratory's own for this instrument before them."""
    own = _own(settings)
    try:
        times = {name: float(own.get(name, getattr(rules, name))) for name in _TIMES}
        times["window"] = max(times["window"], 2.5 * _interval(live, settings))
        return Order(
            rules.wavelength,
            _led(rules, live, settings),
            roles=dict(roles),
            reference=reference,
            limits=_limits(live, settings),
            measure=Measure(_measure(settings)),
            **times,
        )
    except (ProtocolError, TypeError, ValueError) as fault:
        raise RuleBroken("assay.settings", fault=str(fault)) from None
