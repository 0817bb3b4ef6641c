"""An unknown device heard on a port: which speed and parity it may have, and the description that may fit its wire."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from drivers.links.serial import SerialLink
from drivers.profile import Serial
from protocols import guess
from protocols.frames import FrameShape
from protocols.guess import Guess
from protocols.transcript import DEVICE, Entry, Transcript

SPEEDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200)
PARITIES = ("N", "E", "O")
_SLICE = 0.1


@dataclass(frozen=True, slots=True)
class Heard:
    """What a port said at one setting: how legible it was as text, and the bytes with their times in milliseconds."""

    line: Serial
    legible: float
    pieces: tuple[tuple[int, bytes], ...]

    @property
    def data(self) -> bytes:
        """All bytes."""
        return b"".join(piece for _, piece in self.pieces)


def hear(
    port: str,
    line: Serial,
    seconds: float,
    stop: threading.Event | None = None,
    told: Callable[[bytes], object] = lambda _: None,
) -> Heard:
    """Listen to a port without saying a word.

    Args:
        port: the system's name of it.
        line: speed, frame and parity.
        seconds: how long.
        stop: ends it before its time.
        told: hears every piece at once.

    Raises:
        LinkLost: the port cannot be opened, or went away.
    """
    stop = stop or threading.Event()
    link, begun, pieces = SerialLink(port, line), time.monotonic(), list[tuple[int, bytes]]()
    try:
        while not stop.is_set() and (left := begun + seconds - time.monotonic()) > 0:
            if data := link.read(min(left, _SLICE)):
                pieces.append((round((time.monotonic() - begun) * 1000), data))
                told(data)
    finally:
        link.close()
    return Heard(line, guess.legible(b"".join(data for _, data in pieces)), tuple(pieces))


def settings(
    port: str, seconds: float, lines: Sequence[Serial] = (), stop: threading.Event | None = None
) -> list[Heard]:
    """Listen at each usual speed and parity; return what was heard, the most legible first.

    Raises:
        LinkLost: as `hear`.
    """
    tried = lines or [Serial(speed, parity=parity) for parity in PARITIES[:2] for speed in SPEEDS]
    found = [hear(port, line, seconds, stop) for line in tried]
    return sorted((one for one in found if one.pieces), key=lambda one: -one.legible)


def transcript(heard: Heard, source: str) -> Transcript:
    """Return what was heard as a transcript of a described device."""
    entries = tuple(Entry(at, DEVICE, data) for at, data in heard.pieces)
    header = {
        "source": source,
        "line": f"{heard.line.baud} {heard.line.bits}{heard.line.parity}{heard.line.stop}",
    }
    return Transcript("profile_file", header, entries)


def draft(
    found: Guess,
    name: str,
    source: str,
    fields: Mapping[str, Mapping[str, object]] | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return a description of a wire in TOML that fits what was guessed, with the fields that a person marked.

    Args:
        found: the guess.
        name: of the device.
        source: where it was heard.
        fields: name of each field to what the form says of it; what was guessed, where none are given.
        told: item and unit of every reading, where no field says them.
    """
    wire: dict[str, object] = {"shape": found.shape, "encoding": found.encoding}
    if found.shape in ("fixed", "framed"):
        frame = found.frame or guess.fixed(found.start, found.length)
        wire = {"shape": found.shape, **frame_table(frame)}
    else:
        wire["end"] = found.end.hex(" ").upper()
        wire |= {"passes": list(found.passes)} if found.passes else {}
    if found.shape == "delimited":
        wire |= {"separator": found.separator, "columns": max(len(row) for row in found.rows)}
    device = {"name": name, "source": source, "rung": "CAPTURE", **told}
    tables: Mapping[str, Mapping[str, object]] = {"device": device, "wire": wire}
    parts = [_table(title, table) for title, table in tables.items()]
    parts += [_table(f"fields.{title}", table) for title, table in (fields or _guessed(found)).items()]
    return "\n".join(parts)


def frame_table(frame: FrameShape) -> dict[str, object]:
    """Return a shape of frames as a description says it."""
    length: dict[str, object] = {
        "length_at": frame.length_at,
        "length_width": frame.width,
        "length_order": frame.order,
        "length_plus": frame.plus,
        "most": frame.most,
    }
    return {
        "start": frame.start.hex(" ").upper(),
        **(length if frame.width else {"length": frame.plus}),
        "check": frame.check.name if frame.check else "none",
        "covers_from": frame.covers_from,
        **({"end": frame.ends.hex().upper()} if frame.ends else {}),
    }


def registers(device: Mapping[str, object], tables: Sequence[tuple[str, Mapping[str, object]]]) -> str:
    """Return a map of registers in TOML: what is said of the device, then each table under its title."""
    return "\n".join([_table("device", device), *(_table(title, table) for title, table in tables)])


def _guessed(found: Guess) -> Mapping[str, Mapping[str, object]]:
    if found.shape in ("fixed", "framed"):
        first = found.frame.head if found.frame else len(found.start)
        return {"value": {"first": first, "count": 2, "type": "uint"}}
    if found.shape == "lines":
        longest = max((len(row[0].encode(found.encoding)) for row in found.rows), default=1)
        return {"value": {"first": 0, "count": longest}}
    fields: dict[str, Mapping[str, object]] = {}
    for column, (role, form) in enumerate(guess.roles(found.rows), 1):
        fields[role or f"column_{column}"] = {"column": column, **({"form": form} if form else {})}
    if "value" not in fields:
        fields = {"value": {"column": 1}, **{name: one for name, one in fields.items() if one["column"] != 1}}
    return fields


def _table(title: str, table: Mapping[str, object]) -> str:
    """Write one TOML table; the texts of JSON are texts of TOML."""
    lines = [f"{name} = {_value(value)}" for name, value in table.items()]
    return "\n".join([title if title.startswith("[") else f"[{title}]", *lines, ""])


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{json.dumps(str(key), ensure_ascii=False)} = {_value(one)}" for key, one in value.items()
        )
        return f"{{ {inside} }}"
    return json.dumps(value, ensure_ascii=False)
