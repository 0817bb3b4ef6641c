"""A bare board on whose light this program runs its assays: polls it, feeds the assay, and is itself one codec.

The order stands in the request, so it stands in the journal: a replay runs the same assay over the same bytes and
gives the same figures, and a line that ends within an assay ends the assay, because nothing is carried over.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from drivers.assay import Assay, Done, Limits, Measure, Order, Seen, Zeroed, Zeroing, gray
from protocols.codec import Broken, Codec, ProtocolError
from protocols.lights import Colours, Lights
from protocols.waits import Wait, earliest

ZERO = "zero:"
ASSAY = "assay:"
LIGHTS, COLOURS = "lights", "colours"
LiveEvent = Seen | Zeroed | Done


class LiveBoard:
    """The board's own commands, and two more that poll it: `zero:{...}` and `assay:{...}`, orders as JSON.

    Looks taken for an assay are `Seen`, not `Lights`, so that they become no readings; its end is one `Done`.

    Args:
        board: the board's own codec, which knows the command `lights`, and `colours` where it reads dry cards.
        positions: names of its holes in the board's order.
        interval: seconds between two looks of an assay.
        zeroing: seconds between two looks while zeroing.
        choose: for boards that light one LED at a time, the command that chooses each, in the order of the LEDs.
        barrier: a harmless request with another answer. It is sent after a poll that nobody answered: when its
            answer comes, the board has said all that was late, so that no late look is taken for a later one.
    """

    def __init__(
        self,
        board: Codec[Any],
        positions: Sequence[str],
        *,
        interval: float = 0.5,
        zeroing: float = 0.1,
        choose: Sequence[str] = (),
        barrier: str = "",
    ) -> None:
        self._board, self._positions = board, tuple(positions)
        self._choose, self._barrier = tuple(choose), barrier
        self._pauses = {Zeroing: zeroing, Assay: interval}
        self._job: Zeroing | Assay | None = None
        self._led, self._poll = 0, LIGHTS
        self._next = Wait()
        self._asked, self._late = (
            "",
            False,
        )  # what was asked for a job, and whether an answer may still come late
        self._asked_at: tuple[float, float | None] = (0.0, None)
        self._now = 0.0
        self._wall: float | None = None

    def see_wall(self, wall: float) -> None:
        """Hand in the wall clock, in seconds, that belongs to the next call."""
        self._wall = wall

    def cut(self) -> list[Any]:
        """End what is under way because the line has: an assay is void, a zero holds for no position."""
        if isinstance(self._job, Assay):
            return self._ended([self._job.cut()])
        return self._ended([Zeroed({}, {}, 0)]) if self._job is not None else []

    def ask(self, command: str) -> None:
        """Begin to zero, begin an assay, or send one of the board's own requests.

        Raises:
            ProtocolError: the order cannot be read or run, a job is under way, or as the board says.
        """
        if self._job is not None:
            raise ProtocolError("an assay or a zeroing is under way")
        if command.startswith(ZERO):
            order = _plain(command.removeprefix(ZERO))
            self._begin(int(order.get("led", 0)), Zeroing(limits_of(order.get("limits", {})), self._now))
        elif command.startswith(ASSAY):
            placed = order_of(command.removeprefix(ASSAY))
            self._begin(placed.led, Assay(placed, self._now, self._wall), placed.measure)
        else:
            self._board.ask(command)

    def _begin(self, led: int, job: Zeroing | Assay, measure: Measure = Measure.ABSORBANCE) -> None:
        self._poll = COLOURS if measure is Measure.GRAY else LIGHTS
        if self._choose and led >= len(self._choose):
            raise ProtocolError(f"this board has {len(self._choose)} LEDs, not one more")
        if self._choose:
            self._board.ask(self._choose[led])
        self._led, self._job = 0 if self._choose else led, job
        self._next.start(self._pauses[type(job)] if self._choose else 0.0, self._now)

    def receive(self, data: bytes, now: float) -> list[Any]:
        """Take bytes; looks that were asked for by a job go to it."""
        self._now = now
        return self._taken(self._board.receive(data, now))

    def expire(self, now: float) -> list[Any]:
        """Give up what is overdue, end an assay whose time is over, and send the next poll when it is due."""
        self._now = now
        events = self._taken(self._board.expire(now))
        if isinstance(self._job, Assay):
            events += self._ended(self._job.tick(now))
        elif self._job is not None and (given_up := self._job.tick(now)):
            events += self._ended([given_up])
        if self._job is not None and self._next.lapsed(now):
            self._next.start(self._pauses[type(self._job)], now)
            if self._board.idle:
                self._asked = self._barrier if self._late else self._poll
                self._asked_at = now, self._wall
                self._board.ask(self._asked)
        return events

    def to_send(self) -> bytes:
        """Hand over requests and polls, once."""
        return self._board.to_send()

    @property
    def deadline(self) -> float | None:
        """When the board is overdue, the next poll is due, or the assay is over."""
        ends = None if self._job is None else self._job.deadline
        return earliest(self._board.deadline, self._next.deadline, ends)

    @property
    def idle(self) -> bool:
        """True when the board is and no job is under way."""
        return self._board.idle and self._job is None

    def _taken(self, events: Sequence[Any]) -> list[Any]:
        taken: list[Any] = []
        for event in events:
            if isinstance(event, Lights | Colours) and self._asked == self._poll:
                self._asked = ""
                taken += self._looked(event)
            else:
                self._late = self._late and (self._asked != self._barrier or isinstance(event, Broken))
                taken.append(event)
        if self._asked and self._board.idle:
            self._late = bool(self._barrier) and (self._late or self._asked == self._poll)
            self._asked = ""
        return taken

    def _looked(self, event: Lights | Colours) -> list[LiveEvent]:
        """Hand a look to the job, as of when it was asked for; one that came after its end is nobody's reading."""
        if isinstance(event, Colours):
            found = [gray(*card) for card in event.cards]
        else:
            found = [hole.net(self._led) for hole in event.holes if self._led < len(hole.lights)]
        lights = dict(zip(self._positions, found, strict=False))
        if isinstance(self._job, Zeroing):
            zeroed = self._job.look(lights, self._now)
            return self._ended([zeroed] if zeroed else [])
        if isinstance(self._job, Assay):
            return self._ended(self._job.look(lights, *self._asked_at))
        return []

    def _ended(self, events: Sequence[LiveEvent]) -> list[LiveEvent]:
        if any(isinstance(event, (Zeroed, Done)) for event in events):
            self._job = None
            self._next.stop()
        return list(events)


def zero_command(led: int, limits: Limits) -> str:
    """The request that zeroes a board at one LED."""
    return ZERO + json.dumps({"led": led, "limits": asdict(limits)}, default=str, sort_keys=True)


def assay_command(order: Order) -> str:
    """The request that runs an assay."""
    return ASSAY + json.dumps(asdict(order), default=str, sort_keys=True)


def order_of(text: str) -> Order:
    """Read an order as `assay_command` writes it.

    Raises:
        ProtocolError: it is none, or cannot be run.
    """
    found = _plain(text)
    try:
        return Order(
            int(found["wavelength"]),
            int(found["led"]),
            float(found["preheat"]),
            float(found["detect"]),
            float(found["window"]),
            {str(name): str(role) for name, role in found["roles"].items()},
            {str(name): Decimal(light) for name, light in found["reference"].items()},
            limits_of(found.get("limits", {})),
            Measure(found.get("measure", Measure.ABSORBANCE)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise ProtocolError(f"this is no order of an assay: {error!r}") from error


def _plain(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"this is no order: {error}") from error
    if not isinstance(found, dict):
        raise ProtocolError("an order is a JSON object")
    return found


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "present_below": Decimal,
    "overflow_from": Decimal,
    "rise": Decimal,
    "unstable": Decimal,
    "spread": Decimal,
    "gap": float,
    "skew": float,
    "looks": int,
}


def limits_of(found: Mapping[str, Any]) -> Limits:
    """Read limits by their names; what is not named stays as usual.

    Raises:
        ProtocolError: a name is unknown or a figure is none.
    """
    try:
        return replace(Limits(), **{name: _KINDS[name](value) for name, value in found.items()})
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise ProtocolError(f"these are no limits of an assay: {error!r}") from error
