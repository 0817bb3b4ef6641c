"""A DY-6100(S) that holds records and answers in reports of 64 bytes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.checks import sum8
from protocols.dy6100_hid import A_PAGE, OPEN, RECORD, REPORT, reply, request
from protocols.scan import Found, Lost, Scanner

_SUMMED = 60


def _asked(data: bytearray, _offset: int) -> Found[bytes] | Lost | None:
    """A request at the front of a report; the zeros behind it say nothing."""
    if data[0] == 0:
        return Found(1, None)
    if data[0] != 0xFF:
        return Lost()
    if len(data) < 8:
        return None
    raw = bytes(data[:8])
    return Found(8, raw[2:6]) if raw == request(*raw[2:6]) else Lost()


def simulator(settings: Settings, records: Sequence[Record]) -> Answering[bytes]:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = [record_bytes(record) for record in records]

    def answer(asked: bytes, _now: float) -> bytes:
        command, what = asked[:2]
        if command == OPEN:
            said = reply(OPEN, 0, b"")
        elif what:
            said = reply(command, what, bytes((0, len(held) & 0xFF)))
        else:
            index = int.from_bytes(asked[2:], "big")
            said = reply(command, what, b"".join(held[index : index + A_PAGE]).ljust(A_PAGE * RECORD, b"\0"))
        return _with_sum(said) if settings.get("report_sum") else said

    return Answering(Scanner(_asked), answer)


def _with_sum(said: bytes) -> bytes:
    covered = said[1 : _SUMMED - 2]
    return (said[:1] + covered + bytes((sum8(covered), 0xFE))).ljust(REPORT, b"\0")


def record_bytes(record: Record) -> bytes:
    """The 18 bytes of one record."""
    fields = record.fields
    unknown = bytes.fromhex(fields.get("unknown_bytes", "01 00 00 00 00 00"))
    clock = bytes.fromhex(fields.get("clock_bytes", "01 01 01 00 00 00"))
    if record.measured_at:
        then = datetime.fromisoformat(record.measured_at)
        clock = bytes((then.year - 2000, then.month, then.day, then.hour, then.minute, then.second))
    light = int(Decimal(record.value or "0")).to_bytes(3, "big")
    limits = int(fields.get("upper_limit", "30")).to_bytes(2, "big") + bytes(
        (int(fields.get("lower_limit", "10")),)
    )
    return unknown[:1] + light + unknown[1:2] + clock[:5] + unknown[2:] + limits + clock[5:]
