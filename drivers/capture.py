"""A live wire into a `.wire` transcript, and a stretch of a journal into one."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from drivers.device_time import dated
from drivers.errors import LinkLost, Refused
from drivers.journal import Journal
from drivers.links.link import Link
from drivers.profile import Profile, Settings
from drivers.segments import Kind
from protocols.codec import Broken, Codec, ProtocolError
from protocols.transcript import DEVICE, HOST, Entry, Transcript

_SLICE = 0.2
_WAYS = {Kind.RECEIVED: DEVICE, Kind.SENT: HOST}


class _Pages:
    """The entries of a transcript whose clock starts at 0; a clock that fell back stands still."""

    def __init__(self, tell: Callable[[Entry], object] | None = None) -> None:
        self.entries: list[Entry] = []
        self._tell = tell
        self._begun: float | None = None
        self._latest = 0

    def add(self, seconds: float, direction: str, data: bytes, comment: str = "") -> None:
        """Write down what went one way at a moment of the steady clock."""
        self._begun = seconds if self._begun is None else self._begun
        self._latest = max(self._latest, round((seconds - self._begun) * 1000))
        self.entries.append(Entry(self._latest, direction, data, comment))
        if self._tell is not None:
            self._tell(self.entries[-1])


def record(
    link: Link,
    instrument: Profile,
    settings: Settings,
    *,
    seconds: float | None = None,
    stop: threading.Event | None = None,
    ask: str = "",
    tell: Callable[[Entry], object] | None = None,
) -> Transcript:
    """Listen to a device and write down both directions, answering as its codec does so that it goes on talking.

    Nothing is kept but the transcript, so a device that erases after an acknowledgement must not be captured while
    its results are still needed.

    Args:
        link: the open line; it stays open.
        instrument: what the device is; its poll command is asked when it has one.
        settings: what the laboratory set.
        seconds: how long to listen; None until `stop` or the end of the line.
        stop: ends the capture when it is set.
        ask: a command that is asked once, in place of the poll command.
        tell: hears of each entry as soon as it is known.

    Raises:
        Refused: `ask` would clear the device (`destructive`), or make it clear itself (`consuming`), or the device does
            not know it (`unknown_command`).
    """
    codec = instrument.codec({**instrument.defaults, **settings})
    stop = stop or threading.Event()
    begun = time.monotonic()
    pages = _Pages(tell)
    poll = None if ask else instrument.poll
    poll_at, end = begun, begun + (seconds if seconds is not None else float("inf"))
    note = ""
    if ask:
        _ask(codec, instrument, ask)
    while not stop.is_set() and (now := time.monotonic()) < end:
        if poll is not None and codec.idle and codec.deadline is None and now >= poll_at:
            codec.ask(dated(poll[0]))
            poll_at = now + poll[1]
        try:
            _answer(link, codec.to_send(), pages)
            data = link.read(min(_SLICE, max(end - now, 0.0)))
        except LinkLost as lost:
            note = lost.code
            break
        now = time.monotonic()
        events = codec.receive(data, now) if data else []
        if codec.deadline is not None and codec.deadline <= now:
            events = [*events, *codec.expire(now)]
        if data:
            pages.add(now, DEVICE, data, _remark(events))
    return _bound(instrument.id, pages, {**heading(link), "ended": note})


def heading(link: Link) -> dict[str, str]:
    """When and where a capture begins, for the header of its transcript."""
    return {
        "captured": datetime.now(UTC).isoformat(timespec="seconds"),
        "port": link.identity.get("port", ""),
    }


def export(journal: Journal, instrument: str, first: int, last: int) -> Transcript:
    """Return what went both ways in a range of journal entries as a transcript whose clock starts at 0."""
    pages = _Pages()
    for one in journal.entries(first - 1):
        if one.number <= last and one.kind in _WAYS and one.data:
            pages.add(one.monotonic, _WAYS[one.kind], one.data)
    return _bound(instrument, pages, {"entries": f"{first} to {last}"})


def _bound(instrument: str, pages: _Pages, header: Mapping[str, str]) -> Transcript:
    kept = {key: value for key, value in header.items() if value}
    return Transcript(instrument, MappingProxyType(kept), tuple(pages.entries))


def _ask(codec: Codec[Any], instrument: Profile, command: str) -> None:
    if command in instrument.consuming:
        raise Refused("consuming", instrument=instrument.id, command=command)
    if instrument.changes(command):
        raise Refused("destructive", instrument=instrument.id, command=command)
    try:
        codec.ask(dated(command))
    except ProtocolError:
        raise Refused("unknown_command", instrument=instrument.id, command=command) from None


def _answer(link: Link, data: bytes, pages: _Pages) -> None:
    if data:
        pages.add(time.monotonic(), HOST, data)
        link.write(data)


def _remark(events: Sequence[object]) -> str:
    return ", ".join(
        f"broken: {one.reason}" if isinstance(one, Broken) else type(one).__name__ for one in events
    )
