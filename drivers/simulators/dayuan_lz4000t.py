"""An LZ-4000T that holds records and hands out those of the day it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import padded
from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.frames import Frame, FrameReader
from protocols.sevene import seven_e

_REQUESTS = MappingProxyType({0x00: (2, 2), 0x10: (3, 3), 0x12: (3, 3)})
_SHAPE = seven_e()


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[Frame]:
    """An LZ-4000T that holds these records; `fields` may hold `clock_bytes` as the instrument's readings show it."""

    def answer(frame: Frame, _now: float) -> bytes:
        wanted = [record for record in records if clock_of(record)[:3] == frame.body]
        match frame.raw[1]:
            case 0x00:
                return _SHAPE.build(b"\x01", b"\x10\x10\x00")
            case 0x12:
                return _SHAPE.build(b"\x13", frame.body + len(wanted).to_bytes(2, "little"))
        return b"".join(
            _SHAPE.build(b"\x11", record_body(record, len(wanted), index))
            for index, record in enumerate(wanted, 1)
        )

    return Answering(FrameReader(seven_e(kinds=_REQUESTS)), answer)


def record_body(record: Record, total: int, index: int) -> bytes:
    """The 20 bytes of one record."""
    numbers = (total, index, int(record.number or record.fields.get("record_number", "0")))
    head = b"".join(number.to_bytes(2, "little") for number in numbers)
    rate = int(Decimal(record.value or "0") * 100).to_bytes(2, "little")
    return head + padded(record.sample, 6) + clock_of(record) + rate


def clock_of(record: Record) -> bytes:
    """Six bytes of date and time, as the record says or as its `clock_bytes`."""
    if not record.measured_at:
        return bytes.fromhex(record.fields.get("clock_bytes", "00 00 00 00 00 00"))
    then = datetime.fromisoformat(record.measured_at)
    return bytes((then.year - 2000, then.month, then.day, then.hour, then.minute, then.second))
