"""A TTNJ-Z that hands out its groups at its own pace, leaves its mode after ten silent seconds, and erases itself."""

import struct
from collections.abc import Sequence

from drivers.device_text import padded
from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.ttnj_z import ENTRY, GROUP

_FINISHED = b"\x1b\xfe"
_MODE = 10.0
_CALLS = {"negative": 1, "positive": 2}


class SendingMode:
    """The device's side: `1B BF` link, `1B B1` first group, `24` next group; after the last group all are erased."""

    def __init__(self, groups: Sequence[bytes], pace: float) -> None:
        """Hold `groups` of 501 bytes and take `pace` seconds from one to the next."""
        self.groups = list(groups)
        self._pace = pace
        self._next = 0
        self._linked = False
        self._heard = 0.0
        self._held = b""
        self._due: tuple[float, bytes] | None = None
        self._now = 0.0
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take control words; outside its mode only the link is heard."""
        self.expire(now)
        self._held += data
        if data:
            self._heard = now
        while self._held:
            if self._held[0] == 0x1B and len(self._held) < 2:
                break
            size = 2 if self._held[0] == 0x1B else 1
            word, self._held = self._held[:size], self._held[size:]
            self._obey(word, now)
        return []

    def expire(self, now: float) -> list[Broken]:
        """Leave the mode after ten seconds without a word; hand out what is due."""
        self._now = now
        if self._linked and self._due is None and now >= self._heard + _MODE:
            self._linked = False
        if self._due is not None and now >= self._due[0]:
            self._out += self._due[1]
            self._due, self._heard = None, now
        return []

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When the next group is due, or the mode ends."""
        if self._due is not None:
            return self._due[0]
        return self._heard + _MODE if self._linked else None

    @property
    def idle(self) -> bool:
        """True when no control word is half received and nothing is due."""
        return not self._held and self._due is None

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"a TTNJ-Z cannot ask {command}")

    def _obey(self, word: bytes, now: float) -> None:
        if word == b"\x1b\xbf":
            self._linked, self._next = True, 0
            self._out += b"\x1b\x05"
        elif word == b"\x1b\xb1" and self._linked:
            self._next = 0
            self._out += b"\x1b\xc1" if self.groups else b""
            self._hand_out(now, 0.0)
        elif word == b"\x24" and self._linked:
            self._hand_out(now, self._pace)

    def _hand_out(self, now: float, pause: float) -> None:
        last = self._next >= len(self.groups)
        piece = _FINISHED if last else self.groups[self._next]
        self._next += 1
        if last:
            self.groups.clear()
            self._linked = False
        self._due = (now + pause, piece)
        self.expire(now)


def group_of(records: Sequence[Record]) -> bytes:
    """The 501 bytes of one group; a record's `fields` are as the instrument's readings show them in extra."""
    fields = records[0].fields
    slots = [bytes(ENTRY)] * 8
    mask = 0
    for place, record in enumerate(records):
        slot = int(record.fields.get("slot", str(place + 1))) - 1
        slots[slot] = _entry(record)
        mask |= 1 << slot
    odd = bytes.fromhex(fields.get("head_bytes", f"00 00 {mask:02X}"))
    head = int(fields.get("record_number", "1")).to_bytes(4, "big") + odd[:1]
    head += padded(fields.get("date", records[0].measured_at[:10]), 11) + padded(
        fields.get("operator", ""), 11
    )
    group = head + odd[1:] + b"".join(slots)
    if len(group) != GROUP:
        raise ValueError(f"a group has {GROUP} bytes, not {len(group)}")
    return group


def _entry(record: Record) -> bytes:
    fields = record.fields
    rate = float(record.value or "0") / 100
    floats = struct.pack(
        ">fff", float(fields.get("absorbance", "0.5")), float(fields.get("second", "0.5")), rate
    )
    if "floats_bytes" in fields:
        floats = bytes.fromhex(fields["floats_bytes"])
    number = int(fields.get("entry_number", record.number or "1")).to_bytes(2, "big")
    source = padded(fields.get("source", ""), 7) + padded(fields.get("source_note", ""), 21)
    conclusion = fields.get("conclusion_byte", f"{_CALLS.get(record.call, 0):02X}")
    return (
        bytes((_channel(record.position),))
        + number
        + padded(record.sample, 15)
        + source
        + floats
        + bytes.fromhex(conclusion)
    )


def _channel(position: str) -> int:
    if position[:1] in "ABC" and position[1:].isdigit():
        return (" ABC".index(position[0]) + 1) * 16 + int(position[1:])
    return int(position or "21", 16)


def simulator(settings: Settings, records: Sequence[Record]) -> SendingMode:
    """An analyser that holds these records, those of one record number together; `pace` is its seconds a group."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.fields.get("record_number", "1"), []).append(record)
    return SendingMode([group_of(group) for group in groups.values()], float(settings.get("pace", 3.0)))
