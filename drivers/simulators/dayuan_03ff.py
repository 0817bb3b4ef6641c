"""A Dayuan meter of the `03 FF` wire that holds item lists and records, or speaks one of its two dialects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from drivers.device_text import padded
from drivers.profile import Record, Settings
from drivers.simulated import Answering, Talking
from protocols.frames import Frame, FrameReader
from protocols.three_ff import CLEAR, COUNT, ITEM_SIZE, ITEMS, KINDS, RECORD, TEST, build, packed, shape

_REQUESTS = {TEST: (8, 8), CLEAR: (0, 0)} | {
    upper | lower: (size, size)
    for upper in KINDS.values()
    for lower, size in ((ITEMS, 0), (COUNT, 8), (RECORD, 0))
}
_FLAGS = {"suspect": 0xC0, "invalid": 0x00}
_RESULTS = {"positive": 1, "negative": 2, "not_applicable": 3}


@dataclass(slots=True)
class Store:
    """What the meter holds: for each kind its item entries by place and its records by number."""

    items: dict[str, dict[int, bytes]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    records: dict[str, dict[int, bytes]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    text: bool = False

    def answer(self, frame: Frame, _now: float) -> bytes:
        """Answer a request as the meter does."""
        command, parameter = frame.raw[2], int.from_bytes(frame.raw[4:8], "little")
        if command == CLEAR:
            for held in self.records.values():
                held.clear()
        if command in (TEST, CLEAR):
            return build(0xFE, command)
        kind = next(name for name, upper in KINDS.items() if upper == command & 0xF0)
        match command & 0x0F:
            case 2:
                return build(0xFE, command, parameter, self._pair(kind, parameter >> 8 & 0xFF))
            case 3:
                return build(0xFE, command, 0, frame.body + self._range(kind, frame.body))
        wanted = sorted(self.records[kind]) if self.text else [parameter]
        held = self.records[kind]
        return b"".join(build(0xFE, command, number, held.get(number, b"\0")) for number in wanted)

    def _pair(self, kind: str, index: int) -> bytes:
        items = self.items[kind]
        if 2 * index > max(items, default=-1):
            return b""
        return b"".join(items.get(place, bytes(ITEM_SIZE)) for place in (2 * index, 2 * index + 1))

    def _range(self, kind: str, days: bytes) -> bytes:
        """The span of the numbers whose records lie in the days; text records have no clock in a fixed place."""
        start, end = (int.from_bytes(days[at : at + 4], "little") for at in (0, 4))
        at = 4 if kind == "wet" else 2
        numbers = [
            number
            for number, data in self.records[kind].items()
            if self.text or start <= int.from_bytes(data[at : at + 4], "little") <= end
        ]
        first, stop = min(numbers, default=0), max(numbers, default=-1) + 1
        return first.to_bytes(2, "little") + stop.to_bytes(2, "little")


def simulator(settings: Settings, records: Sequence[Record]) -> Answering[Frame] | Talking:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    match settings.get("dialect", "binary"):
        case "81-04":
            return Talking(rates_frame(records))
        case "text":
            return _meter(_texts(records))
    return _meter(_store(records))


def _meter(store: Store) -> Answering[Frame]:
    return Answering(FrameReader(shape(0xFF, _REQUESTS)), store.answer)


def _texts(records: Sequence[Record]) -> Store:
    store = Store(text=True)
    for number, record in enumerate(records):
        head = bytes.fromhex(record.fields.get("head_bytes", f"{number:02X} 00 00"))
        lines = record.fields.get("text", "").split("\n")
        store.records["wet"][number] = head + b"\r".join(line.encode("gb18030") for line in lines)
    return store


def _store(records: Sequence[Record]) -> Store:
    store = Store()
    for running, record in enumerate(records):
        kind = record.fields.get("kind", "wet")
        place = int(record.fields.get("item_number", "0"))
        number = int(record.fields.get("record_number", str(running)))
        if record.item:
            entry = padded(record.item, 16) + padded(record.fields.get("unit", ""), 8)
            method = record.fields.get("method", "0") if kind == "wet" else "0"
            store.items[kind][place] = (entry + bytes((int(method),))).ljust(ITEM_SIZE, b"\0")
        held = store.records[kind]
        if kind == "wet":
            held[number] = held.get(number, _wet_head(record, place)) + _cell(record)
        else:
            held[number] = _card(record, place)
    return store


def _wet_head(record: Record, place: int) -> bytes:
    return bytes((1, place)) + bytes.fromhex(record.fields.get("record_bytes", "00 00")) + _clock(record)


def _cell(record: Record) -> bytes:
    fields = record.fields
    flag = fields.get("flag_byte", f"{_FLAGS.get(record.call, 0x80):02X}")
    rate = int(Decimal(record.value or "0") * 10).to_bytes(4, "little")
    value = bytes.fromhex(fields["value_bytes"]) if "value_bytes" in fields else rate
    return (
        bytes((int(record.position),))
        + bytes.fromhex(f"{flag} {fields.get('unknown_bytes', '00 00')}")
        + value
    )


def _card(record: Record, place: int) -> bytes:
    number = int(record.fields.get("running_number", record.number or "0")).to_bytes(2, "little")
    result = bytes.fromhex(record.fields.get("result_bytes", f"{_RESULTS.get(record.call, 0):02X}"))
    return bytes((1, place)) + _clock(record) + number + result


def _clock(record: Record) -> bytes:
    if not record.measured_at:
        return bytes.fromhex(record.fields.get("clock_bytes", "00 00 00 00"))
    then = datetime.fromisoformat(record.measured_at)
    return packed(then, then.hour, then.minute, then.second).to_bytes(4, "little")


def rates_frame(records: Sequence[Record]) -> bytes:
    """One frame of the dialect `81 04` with these records, or the one that says there is no data."""
    body = b"".join(_rate(record) for record in records)
    last = records[0].fields.get("last_byte", "00") if records else "01"
    return b"\x81\x04" + len(body).to_bytes(2, "little") + body + bytes.fromhex(last) + b"\x81"


def _rate(record: Record) -> bytes:
    fields: Mapping[str, str] = record.fields
    clock = bytes.fromhex(fields.get("clock_bytes", "00 00 00 00 00"))
    if record.measured_at:
        then = datetime.fromisoformat(record.measured_at)
        clock = bytes((then.year - 2000, then.month, then.day, then.hour, then.minute))
    unknown = bytes.fromhex(fields.get("unknown_bytes", "00 00"))
    return (
        bytes((int(record.position),))
        + unknown
        + clock
        + int(Decimal(record.value) * 100).to_bytes(2, "little")
    )
