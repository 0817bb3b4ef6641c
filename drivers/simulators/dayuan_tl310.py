"""A TL-310 that holds results and answers for its version, the last run, a date or all of them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.frames import Frame, FrameReader
from protocols.sevene import seven_e

_SHAPE = seven_e()
_ASKS_VERSION = 0x01
_REQUESTS = MappingProxyType({_ASKS_VERSION: (1, 1), 0x15: (4, 4)})
_VERSION = bytes.fromhex("FF 02 10 10")
_LAST = bytes.fromhex("FF 00 00 00")
_ALL = bytes.fromhex("FF FF FF FF")
_STANDARDS = {"GB/T 5009.199-2003": 0, "NY/T 448-2001": 1}
_CALLS = {"negative": 2, "positive": 1}


def result_body(record: Record, total: int, index: int) -> bytes:
    """The 21 bytes of one result; bytes that a record does not know are zero.

    `fields` may hold `standard`, `call_byte`, `value_bytes`, `clock_bytes` and `unknown_bytes` as the instrument's
    readings show them.
    """
    fields = record.fields
    unknown = bytes.fromhex(fields.get("unknown_bytes", "00 00 00"))
    value = bytes.fromhex(fields.get("value_bytes", ""))
    if record.value:
        value = int(Decimal(record.value) * 10).to_bytes(2, "little")
    standard = fields.get("standard", "00")
    call = bytes.fromhex(fields.get("call_byte", f"{_CALLS.get(record.call, 0):02X}"))
    return b"".join(
        (
            b"\xff",
            total.to_bytes(2, "little"),
            index.to_bytes(2, "little"),
            bytes(
                (
                    int(record.position),
                    _STANDARDS[standard] if standard in _STANDARDS else int(standard, 16),
                )
            ),
            _clock(record),
            int(record.number or fields.get("test_number", "0")).to_bytes(2, "big"),
            unknown[:2],
            value or b"\xfe\x7f",
            call,
            unknown[2:],
        )
    )


def _clock(record: Record) -> bytes:
    if not record.measured_at:
        return bytes.fromhex(record.fields.get("clock_bytes", "00 00 00 00 00 00"))
    then = datetime.fromisoformat(record.measured_at)
    return bytes((then.year - 2000, then.month, then.day, then.hour, then.minute, then.second))


def _wanted(records: Sequence[Record], body: bytes) -> Sequence[Record]:
    if body == _ALL:
        return records
    if body == _LAST:
        last = max((record.measured_at for record in records), default="")
        return [record for record in records if record.measured_at == last]
    day = date(2000 + body[1], body[2], body[3]).isoformat()
    return [record for record in records if record.measured_at.startswith(day)]


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[Frame]:
    """A TL-310 that holds these records, oldest first: one frame for each stored result that was asked for."""

    def answer(frame: Frame, _now: float) -> bytes:
        if frame.raw[1] == _ASKS_VERSION:
            return _SHAPE.build(b"\x02", _VERSION)
        wanted = _wanted(records, frame.body)
        return b"".join(
            _SHAPE.build(b"\x16", result_body(record, len(wanted), index))
            for index, record in enumerate(wanted, 1)
        )

    return Answering(FrameReader(seven_e(kinds=_REQUESTS)), answer)
