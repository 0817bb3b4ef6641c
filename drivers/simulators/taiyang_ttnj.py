"""A Taiyang key-type analyser in its transfer menu: answers the control words and hands out its groups."""

import struct
from collections.abc import Sequence
from datetime import datetime

from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError

_CODES = {
    "TTNJ-8": 0x01,
    "TTNJ-16": 0x02,
    "TTNJ-32": 0x03,
    "TTNJ-24": 0x04,
    "TTJ-10H8": 0x11,
    "TTJ-8H16": 0x21,
}
_FINISHED = b"\x1b\xfe"


class TransferMenu:
    """The device's side: `1B BF` link, `1B B1` first group, `24` next group, `1B B9` clear, `1B FF` end."""

    def __init__(self, model: int, groups: Sequence[bytes]) -> None:
        """Hold `groups` of 73 bytes; `model` is the code that answers the link."""
        self._model = model
        self._groups = list(groups)
        self._next = 0
        self._held = b""
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take control words; what is none is ignored, as the device does."""
        del now
        self._held += data
        while self._held:
            if self._held[:1] == b"\x24":
                self._held = self._held[1:]
                self._hand_out()
            elif self._held[:1] != b"\x1b":
                self._held = self._held[1:]
            elif len(self._held) < 2:
                break
            else:
                word, self._held = self._held[1], self._held[2:]
                self._obey(word)
        return []

    def expire(self, now: float) -> list[Broken]:
        """Nothing lapses."""
        del now
        return []

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """Nothing is awaited."""
        return None

    @property
    def idle(self) -> bool:
        """True when no control word is half received."""
        return not self._held

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"a TTNJ cannot ask {command}")

    def _obey(self, word: int) -> None:
        if word == 0xBF:
            self._out += bytes((0x1B, self._model))
        elif word == 0xB1:
            self._next = 0
            self._out += b"\x1b\xc1" if self._groups else b""
            self._hand_out()
        elif word == 0xB9:
            self._groups.clear()

    def _hand_out(self) -> None:
        self._out += self._groups[self._next] if self._next < len(self._groups) else _FINISHED
        self._next += 1


def group_of(records: Sequence[Record]) -> bytes:
    """The 73 bytes of one group; a record's `fields` are as the instrument's readings show them in extra."""
    first = records[0]
    group, _ = _place(first)
    slots = [bytes(8)] * 8
    mask = 0
    for record in records:
        _, slot = _place(record)
        slots[slot] = _floats(record)
        mask |= 1 << slot
    last = bytes.fromhex(first.fields.get("bytes_7_8", f"{mask:02X} {group:02X}"))
    return _clock(first) + last + b"".join(slots)


def _place(record: Record) -> tuple[int, int]:
    """Group byte and slot, counted from 0, of a position such as `A8`, `8` or `13-2`."""
    slot = int(record.position[-1]) - 1
    before = record.position[:-1].removesuffix("-")
    if len(before) == 1:
        return (ord(before) - ord("A") + 1) << 4, slot
    return int(before or "0", 16), slot


def _clock(record: Record) -> bytes:
    kind = int(record.fields.get("sample_type_code", "1"))
    if not record.measured_at:
        return bytes.fromhex(record.fields.get("clock_bytes", f"00 00 00 00 00 {kind:02X} 00"))
    then = datetime.fromisoformat(record.measured_at)
    return bytes((then.second, then.minute, then.hour, then.day, then.month, kind, then.year - 2000))


def _floats(record: Record) -> bytes:
    if "floats_bytes" in record.fields:
        return bytes.fromhex(record.fields["floats_bytes"])
    second = record.value or record.fields.get("second", "0")
    return struct.pack(">ff", float(record.fields.get("absorbance", "0.5")), float(second))


def simulator(settings: Settings, records: Sequence[Record]) -> TransferMenu:
    """An analyser that holds these records; those of one time and group byte share a group."""
    groups: dict[tuple[str, str, int], list[Record]] = {}
    for record in records:
        key = (record.measured_at, record.fields.get("clock_bytes", ""), _place(record)[0])
        groups.setdefault(key, []).append(record)
    model = str(settings.get("model", "TTNJ-8"))
    named = next((record.fields.get("model", "") for record in records), "")
    code = _CODES.get(named if named in _CODES else model, 0x01)
    return TransferMenu(code, [group_of(group) for group in groups.values()])
