"""A TL-310 that holds results and answers for its version, the last run, a date or all of them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.frames import Frame, FrameReader
from protocols.sevene import seven_e

_REQUESTS = MappingProxyType({0x01: (1, 1), 0x15: (4, 4)})
_VERSION = bytes.fromhex("FF 02 10 10")
_LAST = bytes.fromhex("FF 00 00 00")
_ALL = bytes.fromhex("FF FF FF FF")
_STANDARDS = {"GB/T 5009.199-2003": 0, "NY/T 448-2001": 1}
_CALLS = {"negative": 2, "positive": 1}


class ResultStore:
    """The device's side of the download: one frame for each stored result that was asked for."""

    def __init__(self, records: Sequence[Record]) -> None:
        """Hold `records`, oldest first."""
        self._records = tuple(records)
        self._shape = seven_e()
        self._reader = FrameReader(seven_e(kinds=_REQUESTS))
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take request bytes; answers wait for `to_send`."""
        return self._answer(self._reader.receive(data, now))

    def expire(self, now: float) -> list[Broken]:
        """Give up half a request."""
        return self._answer(self._reader.expire(now))

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When half a request is given up."""
        return self._reader.deadline

    @property
    def idle(self) -> bool:
        """True when no request is half received."""
        return self._reader.idle

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"a TL-310 cannot ask {command}")

    def _answer(self, found: list[Frame | Broken]) -> list[Broken]:
        for one in found:
            if isinstance(one, Frame) and one.raw[1] == 0x01:
                self._out += self._shape.build(b"\x02", _VERSION)
            elif isinstance(one, Frame):
                self._out += self._results(self._wanted(one.body))
        return [one for one in found if isinstance(one, Broken)]

    def _wanted(self, body: bytes) -> list[Record]:
        if body == _ALL:
            return list(self._records)
        if body == _LAST:
            last = max((record.measured_at for record in self._records), default="")
            return [record for record in self._records if record.measured_at == last]
        day = date(2000 + body[1], body[2], body[3]).isoformat()
        return [record for record in self._records if record.measured_at.startswith(day)]

    def _results(self, records: list[Record]) -> bytes:
        return b"".join(
            self._shape.build(b"\x16", result_body(record, len(records), index))
            for index, record in enumerate(records, 1)
        )


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


def simulator(_settings: Settings, records: Sequence[Record]) -> ResultStore:
    """A TL-310 that holds these records."""
    return ResultStore(records)
