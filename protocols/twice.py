"""Answers in text that count when two in a row are the same, for wires that have no check of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from protocols.codec import Broken, ProtocolError
from protocols.lines import Line, Lines
from protocols.waits import Wait, earliest

Judge = Callable[[bytes], str]
"""Says of an answer why it carries no figure, as a reason such as `unstable`; empty when it carries one."""

TRIES = 6
"""Answers that may come before two neighbours agree."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer without its line end.

    Attributes:
        text: the bytes that the device sent, twice the same where `confirmed`.
        offset: where it stood in the stream.
        confirmed: False where a single answer has to do, so that nothing vouches for its bytes.
    """

    text: bytes
    offset: int
    confirmed: bool


class Twice:
    """Asks, asks again and compares: a byte that the line has spoilt makes two answers differ.

    Args:
        requests: command name to the bytes that ask, and those that ask for the same again.
        judge: tells answers that carry no figure; these end the request and are reported under their reason.
        delimiter: what ends an answer.
        confirm: False for devices that speak once, on their own key; then each answer stands alone.
        patience: seconds to wait for an answer.
        names: command name to the bytes that ask who is there, and what objects to the one answer; no figure is made
            of it.
    """

    def __init__(
        self,
        requests: Mapping[str, tuple[bytes, bytes]],
        judge: Judge,
        *,
        names: Mapping[str, tuple[bytes, Judge]] | None = None,
        delimiter: bytes = b"\r\n",
        confirm: bool = True,
        patience: float = 10.0,
    ) -> None:
        self._requests, self._judge = requests, judge
        self._names = dict(names or {})
        self._naming: Judge | None = None
        self._confirm, self._patience = confirm, patience
        self._lines = Lines(delimiter, limit=1024, timeout=2.0)
        self._wait = Wait()
        self._again = b""
        self._left = 0
        self._out = b""
        self._first: Line | None = None

    def ask(self, command: str) -> None:
        """Send a request by its name.

        Raises:
            ProtocolError: the name is unknown, or an answer is still awaited.
        """
        if command not in self._requests and command not in self._names:
            raise ProtocolError(f"this device can be asked for {', '.join(self._requests)}, not {command!r}")
        if self._wait.running:
            raise ProtocolError("an answer is still awaited")
        if command in self._names:
            request, self._naming = self._names[command]
        else:
            request, self._again = self._requests[command]
        self._out += request
        self._left = TRIES - 1
        self._wait.start(self._patience)

    def receive(self, data: bytes, now: float) -> list[Answer | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        return self._take(self._lines.receive(data, now), now)

    def expire(self, now: float) -> list[Answer | Broken]:
        """Give up a line that stalled, an answer that did not come, and one that nothing confirmed."""
        events = self._take(self._lines.expire(now), now)
        if self._wait.lapsed(now):
            asked = self._left > 0
            self._stop()
            events += self._unconfirmed() or (
                [Broken(0, b"", "timeout", f"no answer within {self._patience:g} s")] if asked else []
            )
        return events

    def to_send(self) -> bytes:
        """Hand over the requests, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When a line or an answer is overdue."""
        return earliest(self._lines.deadline, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when nothing is half-received or waits for its repetition."""
        return self._lines.idle and not self._wait.running and self._first is None

    def _take(self, found: list[Line | Broken], now: float) -> list[Answer | Broken]:
        events: list[Answer | Broken] = []
        for one in found:
            events += [one] if isinstance(one, Broken) else self._line(one, now)
        return events

    def _line(self, line: Line, now: float) -> list[Answer | Broken]:
        naming, self._naming = self._naming, None
        reason = (naming or self._judge)(line.data)
        if naming and not reason:
            self._stop()
            return [Answer(line.data, line.offset, confirmed=False)]
        if reason:
            self._stop()
            return [
                *self._unconfirmed(),
                Broken(line.offset, line.data, reason, "an answer without a figure"),
            ]
        if not self._confirm:
            self._stop()
            return [Answer(line.data, line.offset, confirmed=False)]
        first, self._first = self._first, None
        if first is not None and first.data == line.data:
            self._stop()
            return [Answer(line.data, first.offset, confirmed=True)]
        self._first = line
        self._once_more(now)
        if first is None:
            return []
        return [Broken(first.offset, first.data, "differs", "the next answer is not the same")]

    def _once_more(self, now: float) -> None:
        """Ask again where somebody asked; where nobody did, wait for the device to repeat itself."""
        if self._left > 0:
            self._left -= 1
            self._out += self._again
        self._wait.start(self._patience, now)

    def _stop(self) -> None:
        self._left, self._naming = 0, None
        self._wait.stop()

    def _unconfirmed(self) -> list[Answer | Broken]:
        first, self._first = self._first, None
        return (
            []
            if first is None
            else [Broken(first.offset, first.data, "unconfirmed", "the answer did not come a second time")]
        )
