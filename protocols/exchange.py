"""Requests one after another: a script asks, a reader finds the answers, and a recording needs no script at all."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from protocols.codec import Broken, ProtocolError
from protocols.waits import Wait, earliest

P = TypeVar("P")
E = TypeVar("E")
A = TypeVar("A")


class Pieces(Protocol[P]):
    """Finds whole pieces in a stream, for example a `FrameReader`."""

    def receive(self, data: bytes, now: float) -> "list[P | Broken]":
        """Take bytes and return what they complete."""

    def expire(self, now: float) -> "list[P | Broken]":
        """Give up what has stood still until `deadline`."""

    @property
    def offset(self) -> int:
        """How many bytes of the stream are decided."""

    @property
    def deadline(self) -> float | None:
        """When something half-received has stood still too long."""

    @property
    def idle(self) -> bool:
        """True when nothing is held."""


class Side(ABC, Generic[P, E]):
    """One end of a wire: a reader of what comes, and what is to be said; what that is, is for who inherits.

    Args:
        reader: finds pieces in the stream.
    """

    def __init__(self, reader: Pieces[P]) -> None:
        self._reader = reader
        self._out = b""

    def receive(self, data: bytes, now: float) -> "list[E | Broken]":
        """Take bytes; return what they complete."""
        return self._met(self._reader.receive(data, now), now)

    def expire(self, now: float) -> "list[E | Broken]":
        """Give up what stood still."""
        return self._met(self._reader.expire(now), now)

    def to_send(self) -> bytes:
        """Hand over what is to be said, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When half a piece is given up."""
        return self._reader.deadline

    @property
    def idle(self) -> bool:
        """True when nothing is half received."""
        return self._reader.idle

    @abstractmethod
    def _met(self, found: "list[P | Broken]", now: float) -> "list[E | Broken]":
        """Answer what was found, and return what of it is to be told."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a script wants: send `data`, then wait `wait` seconds for an event, sending `tries` times in all."""

    data: bytes
    wait: float
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What a script reports, for example that fewer records came than were announced."""

    reason: str
    detail: str


Script = Generator[Ask | Fault, E | None, None]
"""Yields requests and gets each event that comes, or None where none came in time."""


class Exchange(Generic[P, E]):
    """Host side of a wire on which one request follows another.

    Events come from the bytes alone, so that a recording decodes without anyone having asked; a script only decides
    what is asked next. Bytes that come in restart the wait, for a long answer on a slow line is no silence.

    Args:
        reader: finds pieces in the stream.
        events: what a piece means.
        scripts: begins the script of a command; raises `ProtocolError` where it is unknown.
    """

    def __init__(
        self,
        reader: Pieces[P],
        events: Callable[[P], Sequence[E | Broken]],
        scripts: Callable[[str], Script[E]],
    ) -> None:
        """Make a line at rest."""
        self._reader, self._events, self._scripts = reader, events, scripts
        self._script: Script[E] | None = None
        self._asked = Ask(b"", 0.0)
        self._tries = 0
        self._wait = Wait()
        self._reports: list[Broken] = []
        self._out = b""

    def ask(self, command: str) -> None:
        """Begin a command's script.

        Raises:
            ProtocolError: the command is unknown, or an earlier one is still under way.
        """
        if self._script is not None:
            raise ProtocolError("an answer is still awaited")
        self._script = self._scripts(command)
        self._advance(None, None)

    def to_send(self) -> bytes:
        """Hand over what the script asked, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When a piece has stood still, or an answer is overdue."""
        return earliest(self._reader.deadline, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when nothing is half-received and no script is under way."""
        return self._reader.idle and self._script is None

    def receive(self, data: bytes, now: float) -> list[E | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        if data and self._wait.running:
            self._wait.start(self._asked.wait, now)
        return self._take(self._reader.receive(data, now), now)

    def expire(self, now: float) -> list[E | Broken]:
        """Give up what stood still; repeat a request, or tell the script that nothing came."""
        events = self._take(self._reader.expire(now), now)
        if self._wait.lapsed(now):
            self._tries -= 1
            if self._tries > 0:
                self._put(now)
            else:
                self._advance(None, now)
        return events + self._reported()

    def _take(self, found: "list[P | Broken]", now: float) -> list[E | Broken]:
        events: list[E | Broken] = []
        for one in found:
            for event in (one,) if isinstance(one, Broken) else self._events(one):
                events.append(event)
                if not isinstance(event, Broken):
                    self._advance(event, now)
                events += self._reported()
        return events

    def _advance(self, event: E | None, now: float | None) -> None:
        while self._script is not None:
            try:
                wanted = self._script.send(event)
            except StopIteration:
                self._script = None
                self._wait.stop()
                return
            if isinstance(wanted, Ask):
                self._asked, self._tries = wanted, wanted.tries
                self._put(now)
                return
            self._reports.append(Broken(self._reader.offset, b"", wanted.reason, wanted.detail))
            event = None

    def _put(self, now: float | None) -> None:
        self._out += self._asked.data
        self._wait.start(self._asked.wait, now)

    def _reported(self) -> list[Broken]:
        reports, self._reports = self._reports, []
        return reports


def answer(ask: Ask, kind: type[A]) -> Generator[Ask | Fault, Any, A | None]:
    """Ask and wait for an event of `kind`, letting others pass; where none comes, report it and return None."""
    event = yield ask
    while event is not None and not isinstance(event, kind):
        event = yield Ask(b"", ask.wait)
    if event is None:
        yield Fault("timeout", f"no answer within {ask.wait:g} s")
    return event


def listen_only(command: str) -> Script[Any]:
    """The scripts of a device that talks by itself and cannot be asked; always raises `ProtocolError`."""
    raise ProtocolError(f"this device talks by itself, {command!r} cannot be asked")


def day_of(command: str, name: str = "day") -> date:
    """The date of a command such as `day:2019-08-07`; instruments write its year in two digits from 2000.

    Raises:
        ProtocolError: the command has another name, or the date is none of the years 2000 to 2099.
    """
    before, _, text = command.partition(":")
    if before != name:
        raise ProtocolError(f"this instrument knows {name}:YYYY-MM-DD, not {command!r}")
    try:
        when = date.fromisoformat(text)
    except ValueError as error:
        raise ProtocolError(f"{text!r} is not a date YYYY-MM-DD") from error
    if not 2000 <= when.year <= 2099:
        raise ProtocolError(f"the year {when.year} does not fit this instrument's two digits")
    return when
