"""Plays a device behind a real port: any codec of the device's side, or a transcript word for word."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from drivers.faults import Faults, Piece, Spoiler
from drivers.links.far import End
from protocols.codec import Broken, Codec, ProtocolError
from protocols.transcript import DEVICE, Transcript

_SLICE = 0.02


@dataclass(frozen=True, slots=True)
class Said:
    """What really went over the line, seen from the device.

    Attributes:
        chunks: how many chunks the device wanted to say.
        bytes: bytes that reached the line.
        heard: bytes that came from the host.
        faults: how often each switch of `Faults` has struck.
        unplugged: how often the line was torn out.
    """

    chunks: int
    bytes: int
    heard: int
    faults: Counter[str]
    unplugged: int


class Player:
    """Serves a device on its end of a line in a thread of its own; use it with `with`, or `start` and `stop`.

    While no host is there the device is silent: what it has to say waits in its codec.

    Args:
        device: the device's side of the wire, for example a profile's simulator.
        end: where it is plugged in.
        faults: what goes wrong.
        clock: the device's clock in seconds; one that runs faster shortens its time-outs.
        on_event: told of what the device's codec reports, such as a message delivered.
        on_host: told whenever a host appears, before the device speaks.
    """

    def __init__(
        self,
        device: Codec[Any],
        end: End,
        *,
        faults: Faults | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_event: Callable[[Any], None] | None = None,
        on_host: Callable[[], None] | None = None,
    ) -> None:
        self._device, self._end, self._clock = device, end, clock
        self._on_event, self._on_host = on_event, on_host
        self._host = False
        self._spoiler = Spoiler(faults or Faults())
        self._unplugs = sorted((faults or Faults()).unplug)
        self._queue: list[tuple[float, int, Piece]] = []
        self._order = count()
        self._back_at: float | None = None
        self._chunks = self._bytes = self._heard = self._unplugged = 0
        self._stop = threading.Event()
        self._commands: list[Callable[[], None]] = []
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"device {end.address}", daemon=True)

    @property
    def address(self) -> str:
        """What the host's configuration names."""
        return self._end.address

    @property
    def said(self) -> Said:
        """What has gone over the line so far."""
        done = Counter(self._spoiler.done)
        return Said(self._chunks, self._bytes, self._heard, +done, self._unplugged)

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and take the line away; raises what the device's codec raised, if it did."""
        self._stop.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def unplug(self, seconds: float | None = None) -> None:
        """Tear the line out, for `seconds` or until `plug`."""
        until = float("inf") if seconds is None else time.monotonic() + seconds
        self._commands.append(lambda: self._away(until))

    def plug(self) -> None:
        """Put the line in again."""
        self._commands.append(self._return)

    def do(self, action: Callable[[Codec[Any]], None]) -> None:
        """Have the player's thread act on the device, for example press its send button."""
        self._commands.append(lambda: action(self._device))

    def swap(self, device: Codec[Any]) -> None:
        """Put another device behind the same port, for example the same one with new results."""
        self._commands.append(lambda: self._swapped(device))

    def _swapped(self, device: Codec[Any]) -> None:
        self._device = device

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._turn()
        except BaseException as error:  # noqa: BLE001 - kept for the thread that calls `stop`
            self._fault = error
        finally:
            self._end.unplug()

    def _turn(self) -> None:
        while self._commands:
            self._commands.pop(0)()
        if self._back_at is not None:
            self._wait_to_return()
            return
        data = self._end.read(self._patience())
        now = self._clock()
        self._heard += len(data)
        if data:
            self._report(self._device.receive(data, now))
        before, self._host = self._host, self._end.heard()
        if not self._host:
            return
        if not before and self._on_host is not None:
            self._on_host()
        if self._device.deadline is not None and self._device.deadline <= now:
            self._report(self._device.expire(now))
        self._speak(now)

    def _report(self, events: list[Any]) -> None:
        if self._on_event is not None:
            for event in events:
                self._on_event(event)

    def _speak(self, now: float) -> None:
        pieces = self._spoiler.release(now)
        while chunk := self._device.to_send():
            self._chunks += 1
            pieces += self._spoiler.say(chunk, now)
        for piece in pieces:
            heapq.heappush(self._queue, (piece.due, next(self._order), piece))
        while self._queue and self._queue[0][0] <= now and self._back_at is None:
            self._write(heapq.heappop(self._queue)[2].data)

    def _write(self, data: bytes) -> None:
        if self._unplugs and self._bytes + len(data) >= self._unplugs[0]:
            data = data[: self._unplugs.pop(0) - self._bytes]
            self._say(data)
            self._away(time.monotonic() + self._spoiler.faults.absence)
            return
        self._say(data)

    def _say(self, data: bytes) -> None:
        if data:
            self._end.write(data)
            self._bytes += len(data)

    def _patience(self) -> float:
        waits = [_SLICE]
        if self._queue:
            waits.append(self._queue[0][0] - self._clock())
        return max(min(waits), 0.0)

    def _away(self, until: float) -> None:
        self._end.unplug()
        self._host = False
        self._queue.clear()
        self._unplugged += self._back_at is None
        self._back_at = until

    def _wait_to_return(self) -> None:
        if time.monotonic() >= (self._back_at or 0.0):
            self._return()
        else:
            self._stop.wait(_SLICE)

    def _return(self) -> None:
        self._back_at = None
        with suppress(OSError):  # the port is taken for a moment: the next turn tries again
            self._end.plug()
            return
        self._back_at = time.monotonic() + _SLICE


class TranscriptDevice:
    """A device that says what a transcript says: it waits for the host's bytes of it, then answers at once.

    What the host says otherwise is reported as `Broken` with the reason `unexpected`; the device then goes on
    waiting, from where it was.

    Args:
        transcript: what was once said.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._entries = transcript.entries
        self._came = b""
        self._offset = 0
        self._at = 0
        self.deadline: float | None = None

    @property
    def finished(self) -> bool:
        """True when everything was said and heard."""
        return self._at >= len(self._entries)

    @property
    def idle(self) -> bool:
        """True when no half of the host's bytes is held."""
        return not self._came

    def ask(self, command: str) -> None:
        """Refuse: a transcript is not asked."""
        raise ProtocolError(f"a transcript takes no command such as {command!r}")

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take the host's bytes; they must be those of the transcript."""
        del now
        self._came += data
        self._offset += len(data)
        while self._came and (wanted := self._wanted()):
            if len(self._came) < len(wanted) and wanted.startswith(self._came):
                return []
            if not self._came.startswith(wanted):
                break
            self._came = self._came[len(wanted) :]
            self._at += 1
        lost, self._came = self._came, b""
        if not lost:
            return []
        detail = f"the transcript goes on with {self._wanted().hex(' ').upper() or 'nothing from the host'}"
        return [Broken(self._offset - len(lost), lost, "unexpected", detail)]

    def expire(self, now: float) -> list[Broken]:
        """Do nothing: no time is kept."""
        del now
        return []

    def to_send(self) -> bytes:
        """Say the next entry of the device, nothing while it is the host's turn."""
        if self.finished or self._entries[self._at].direction != DEVICE:
            return b""
        self._at += 1
        return self._entries[self._at - 1].data

    def _wanted(self) -> bytes:
        """What the host has to say now, nothing while it is the device's turn."""
        return (
            b""
            if self.finished or self._entries[self._at].direction == DEVICE
            else self._entries[self._at].data
        )
