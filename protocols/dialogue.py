"""One question at a time to a device that answers in frames: who is asked what, and what nobody asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from protocols.codec import Broken, ProtocolError
from protocols.frames import Frame, FrameReader
from protocols.waits import Wait, earliest

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out.

    Attributes:
        frame: its bytes.
        answers: command bytes that answer it; none where the device stays silent.
        seconds: how long an answer may take.
    """

    frame: bytes
    answers: frozenset[int]
    seconds: float = 1.0


class Dialogue(Generic[E]):
    """Host side of a board: `ask` sends one request, its answer becomes an event, silence and surplus are reported.

    Where nobody has asked, for example in a recording, every frame is an event. Once somebody has, an answer that
    nobody awaits is `unasked`: a late one must never become the next question's.
    """

    def __init__(
        self,
        reader: FrameReader,
        request: Callable[[str], Request],
        event: Callable[[Frame], E | Broken],
    ) -> None:
        """Read frames with `reader`, find a request by its name, and turn an accepted frame into an event.

        `request` raises `ProtocolError` for a name that this board does not know.
        """
        self._reader, self._request, self._event = reader, request, event
        self._wait = Wait()
        self._asked = False
        self._awaited: frozenset[int] = frozenset()
        self._out = b""

    def ask(self, command: str) -> None:
        """Send a request by its name.

        Raises:
            ProtocolError: the command is unknown or an answer is still awaited.
        """
        if self._awaited:
            raise ProtocolError("an answer is still awaited")
        one = self._request(command)
        self._out += one.frame
        self._asked, self._awaited = True, one.answers
        if one.answers:
            self._wait.start(one.seconds)

    def to_send(self) -> bytes:
        """Hand over the request, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When a frame has stalled or an answer is overdue."""
        return earliest(self._reader.deadline, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when no frame is half-received and no answer is awaited."""
        return self._reader.idle and not self._awaited

    def receive(self, data: bytes, now: float) -> list[E | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        return [self._take(one) for one in self._reader.receive(data, now)]

    def expire(self, now: float) -> list[E | Broken]:
        """Give up a stalled frame and an overdue answer."""
        events = [self._take(one) for one in self._reader.expire(now)]
        if self._wait.lapsed(now):
            self._settle()
            events.append(Broken(self._reader.offset, b"", "timeout", "no answer in time"))
        return events

    def _settle(self) -> None:
        self._awaited = frozenset()
        self._wait.stop()

    def _take(self, found: Frame | Broken) -> E | Broken:
        if isinstance(found, Broken):
            return found
        command = found.raw[1]
        if self._asked and command not in self._awaited:
            return Broken(found.offset, found.raw, "unasked", f"nobody awaits an answer {command:02X}")
        self._settle()
        return self._event(found)
