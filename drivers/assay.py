"""The enzyme-inhibition assay that this program runs on a bare photometer board: zero, pre-heat, react, two windows.

A pure state machine. Every time is handed in: seconds on a steady clock, and the wall clock beside it where there is
one, so that a computer that slept is noticed. It keeps every figure it used and judges nothing: a rate of inhibition
needs the control and is the laboratory's own arithmetic (`lims.rules.inhibition`).

Formula: T = light / reference, A = log10(reference / light), both less the dark current where the board sends one;
delta A = A of the last look in the second window - A of the last look in the first. T near 1 is not snapped to 1, an
A below zero stays below zero, and nothing is clamped. Of a dry card A is its gray value over a hundred, with no T.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from protocols.codec import ProtocolError


class Measure(StrEnum):
    """What grows while the enzyme works."""

    ABSORBANCE = "absorbance"  # of a cuvette, against a zero
    GRAY = "gray"  # of a dry card, a hundredth of its gray value; it needs no zero


FORMULAS = {
    Measure.ABSORBANCE: "A=log10(I0/I), net of dark, not snapped, not clamped",
    Measure.GRAY: "A=gray/100, gray=(19595R+38469G+7472B)/65536 rounded down",
}
PLACES = Decimal("0.0001")


class Phase(StrEnum):
    """Where an assay stands."""

    PREHEAT = "preheat"
    FIRST = "first"  # the window of the first absorbance
    REACT = "react"
    LAST = "last"  # the window of the last absorbance
    DONE = "done"


class State(StrEnum):
    """What became of one position; only `measured` has a delta A."""

    MEASURED = "measured"
    INVALID = "invalid"  # no sound zero reference
    OVERFLOW = "overflow"  # far more light than at zeroing
    OPAQUE = "opaque"  # no more light than in the dark: the absorbance is beyond the board
    NO_CUVETTE = "no_cuvette"
    CUVETTE_OUT = "cuvette_out"
    UNSTABLE = "unstable"


class Void(StrEnum):
    """Why no position of an assay counts."""

    INTERRUPTED = "interrupted"  # the board was silent too long, or its line ended
    CLOCK = "clock"  # steady clock and wall clock part: the computer slept or was set
    MISSED = "missed_window"  # nothing was read while a window was open


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a look stops being one; defaults of host programs, unverified, all settings of the laboratory.

    Attributes:
        present_below: T under which a cuvette is in its hole.
        overflow_from: T from which the light cannot be that of the zeroed board.
        rise: growth of T between two looks that only a moved cuvette makes.
        unstable: how far A may leave a straight line within one window.
        spread: spread of the light while zeroing, as a part of it.
        gap: seconds of silence that void an assay.
        skew: seconds that steady clock and wall clock may part.
        looks: how many looks make a zero.
    """

    present_below: Decimal = Decimal("0.97")
    overflow_from: Decimal = Decimal("1.2")
    rise: Decimal = Decimal("0.1")
    unstable: Decimal = Decimal("0.02")
    spread: Decimal = Decimal("0.01")
    gap: float = 5.0
    skew: float = 2.0
    looks: int = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Attributes:
        wavelength: nanometres of the LED that is looked at.
        led: its index on the board.
        preheat: seconds from the start to the first window.
        detect: seconds from the end of the pre-heating to the end of the last window.
        window: how long each window is open, in seconds.
        roles: position to role, `blank` (the control of full activity), `control` or `sample`.
        reference: light of each position at zeroing, net of dark.
        limits: where a look stops being one.
        measure: what is looked at.
    """

    wavelength: int
    led: int
    preheat: float
    detect: float
    window: float
    roles: Mapping[str, str]
    reference: Mapping[str, Decimal]
    limits: Limits = field(default_factory=Limits)
    measure: Measure = Measure.ABSORBANCE

    def __post_init__(self) -> None:
        """Refuse an order that cannot be run.

        Raises:
            ProtocolError: no position, no control, or windows that overlap or do not exist.
        """
        if "blank" not in self.roles.values():
            raise ProtocolError("an assay needs a control (role blank): without it no rate can be told")
        if not (self.preheat >= 0 and 0 < self.window < self.detect - self.window):
            raise ProtocolError("the windows of an assay must be open and must not overlap")


@dataclass(frozen=True, slots=True)
class Point:
    """One look at one position: seconds since the start, light net of dark, T and A where there are any."""

    at: float
    light: Decimal
    t: Decimal | None
    a: Decimal | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look showed, for the screen: `left` is seconds to the end."""

    phase: Phase
    at: float
    left: float
    points: Mapping[str, Point]
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Zeroed:
    """The light of every position that becomes T = 1; a position without a sound one has a state instead."""

    reference: Mapping[str, Decimal]
    states: Mapping[str, State]
    looks: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One position's figures; `delta` only where `state` is measured."""

    position: str
    role: str
    state: State
    first: Point | None
    last: Point | None
    delta: Decimal | None


@dataclass(frozen=True, slots=True)
class Done:
    """The assay has ended; with `void` no outcome counts, and every figure stands there all the same."""

    order: Order
    outcomes: tuple[Outcome, ...]
    void: Void | None = None


def gray(red: Decimal, green: Decimal, blue: Decimal) -> Decimal:
    """The gray value of a colour, 0 to 255, as hosts of dry cards have it."""
    return Decimal(int(19595 * red + 38469 * green + 7472 * blue) >> 16)


def absorbance(light: Decimal, reference: Decimal) -> Decimal | None:
    """log10(reference / light) to four places; None where either is not above zero."""
    if light <= 0 or reference <= 0:
        return None
    return (reference / light).log10().quantize(PLACES)


class Zeroing:
    """Gathers looks until they make a reference: the median light of each position."""

    def __init__(self, limits: Limits, now: float = 0.0) -> None:
        """Begin to zero at `now` seconds of a steady clock."""
        self._limits = limits
        self._looks: list[Mapping[str, Decimal]] = []
        self._heard = now

    @property
    def left(self) -> int:
        """How many looks are still needed."""
        return self._limits.looks - len(self._looks)

    @property
    def deadline(self) -> float:
        """When the board has been silent too long."""
        return self._heard + self._limits.gap

    def tick(self, now: float) -> Zeroed | None:
        """Give up where the board has been silent too long: a zero that holds for no position."""
        return Zeroed({}, {}, len(self._looks)) if now >= self.deadline else None

    def look(self, lights: Mapping[str, Decimal], now: float = 0.0) -> Zeroed | None:
        """Take one look (light by position, net of dark) and return the zero when it was the last needed."""
        self._looks.append(lights)
        self._heard = now
        return None if self.left > 0 else self._made()

    def _made(self) -> Zeroed:
        reference: dict[str, Decimal] = {}
        states: dict[str, State] = {}
        for position in self._looks[-1]:
            values = sorted(look[position] for look in self._looks if position in look)
            middle = values[len(values) // 2]
            if middle < 1:
                states[position] = State.INVALID
            elif (values[-1] - values[0]) / middle > self._limits.spread:
                states[position] = State.UNSTABLE
            else:
                reference[position] = middle
        return Zeroed(reference, states, len(self._looks))


class Assay:
    """One assay from its start to `Done`; after that it takes no look."""

    def __init__(self, order: Order, now: float, wall: float | None = None) -> None:
        """Start at `now` seconds of a steady clock; `wall` is the same moment on the wall clock, in seconds."""
        self._order = order
        self._start, self._wall, self._heard = now, wall, now
        self._end = order.preheat + order.detect
        self._tracks = {position: _Track(order, position) for position in order.roles}
        self._opened: set[Phase] = set()
        self._done = False

    @property
    def deadline(self) -> float | None:
        """When the assay ends, or None when it has."""
        return None if self._done else self._start + self._end

    def phase(self, at: float) -> Phase:
        """Where the assay stands `at` seconds after its start."""
        order = self._order
        edges = (order.preheat, order.preheat + order.window, self._end - order.window, self._end)
        phases = (Phase.PREHEAT, Phase.FIRST, Phase.REACT, Phase.LAST)
        return next((phase for edge, phase in zip(edges, phases, strict=True) if at < edge), Phase.DONE)

    def look(self, lights: Mapping[str, Decimal], now: float, wall: float | None = None) -> list[Seen | Done]:
        """Take the light of every position, net of dark; return what was seen, and the end when it has come."""
        ended = self.tick(now)
        if ended or self._done:
            return [*ended]
        if self._parted(now, wall):
            return [self._end_with(Void.CLOCK)]
        at = now - self._start
        self._heard = now
        phase = self.phase(at)
        self._opened.add(phase)
        for position, track in self._tracks.items():
            track.look(at, lights.get(position), phase)
        points = {position: track.points[-1] for position, track in self._tracks.items() if track.points}
        states = {position: track.state for position, track in self._tracks.items()}
        return [Seen(phase, at, self._end - at, points, states)]

    def tick(self, now: float) -> list[Done]:
        """Let time pass: end the assay when its last window closes, or void it where the board was silent."""
        if self._done:
            return []
        if now - self._heard > self._order.limits.gap:
            return [self._end_with(Void.INTERRUPTED)]
        if now - self._start < self._end:
            return []
        missed = not {Phase.FIRST, Phase.LAST} <= self._opened
        return [self._end_with(Void.MISSED if missed else None)]

    def cut(self) -> Done:
        """End it now, void, because the line has ended."""
        return self._end_with(Void.INTERRUPTED)

    def _parted(self, now: float, wall: float | None) -> bool:
        """Tell whether the wall clock and the steady clock disagree about how long this assay has run."""
        if wall is None or self._wall is None:
            return False
        return abs((wall - self._wall) - (now - self._start)) > self._order.limits.skew

    def _end_with(self, void: Void | None) -> Done:
        self._done = True
        outcomes = tuple(track.outcome(self._order.roles[name]) for name, track in self._tracks.items())
        return Done(self._order, outcomes, void)


class _Track:
    """What was seen in one position."""

    def __init__(self, order: Order, position: str) -> None:
        self._position, self._limits = position, order.limits
        self._reference = order.reference.get(position)
        self._windows: dict[Phase, list[Point]] = {Phase.FIRST: [], Phase.LAST: []}
        self._gray = order.measure is Measure.GRAY
        self._present = False
        self.points: list[Point] = []
        self.state = State.MEASURED if self._reference or self._gray else State.INVALID

    def look(self, at: float, light: Decimal | None, phase: Phase) -> None:
        """Take the light of this position; None where the board did not send it."""
        if light is None:
            return
        point = self._point(at, light)
        if self.state is State.MEASURED and not self._gray:
            self.state = self._judged(point, phase)
        self.points.append(point)
        if phase in self._windows:
            self._windows[phase].append(point)

    def _point(self, at: float, light: Decimal) -> Point:
        if self._gray:
            return Point(at, light, None, light / 100)
        if not self._reference:
            return Point(at, light, None, None)
        t = (light / self._reference).quantize(PLACES)
        return Point(at, light, t, absorbance(light, self._reference))

    def _judged(self, point: Point, phase: Phase) -> State:
        if point.t is None:
            return State.INVALID
        if point.t >= self._limits.overflow_from:
            return State.OVERFLOW
        before = self.points[-1].t if self.points else None
        lifted = before is not None and point.t - before > self._limits.rise
        inside = point.t < self._limits.present_below
        if self._present and (lifted or not inside):
            return State.CUVETTE_OUT
        if phase is not Phase.PREHEAT and not inside:
            return State.NO_CUVETTE
        self._present = self._present or (inside and phase is not Phase.PREHEAT)
        return State.OPAQUE if point.light < 1 else State.MEASURED

    def outcome(self, role: str) -> Outcome:
        """Return the figures of this position, with a delta where everything is sound."""
        first, last = (window[-1] if window else None for window in self._windows.values())
        state = self.state if first and last else State.INVALID
        if state is State.MEASURED and any(self._unsteady(window) for window in self._windows.values()):
            state = State.UNSTABLE
        delta = None
        if state is State.MEASURED and first and last and first.a is not None and last.a is not None:
            delta = last.a - first.a
        return Outcome(self._position, role, state, first, last, delta)

    def _unsteady(self, window: Sequence[Point]) -> bool:
        """Tell whether the looks of a window leave the straight line from its first to its last."""
        looks = [(Decimal(str(point.at)), point.a) for point in window if point.a is not None]
        if len(looks) < 3:
            return False
        (begin, low), (end, high) = looks[0], looks[-1]
        slope = (high - low) / (end - begin) if end > begin else Decimal(0)
        return any(abs(a - low - slope * (at - begin)) > self._limits.unstable for at, a in looks)
