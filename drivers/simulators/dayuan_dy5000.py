"""A DY-5000 that holds the wells of one plate and sends it for the days it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.dy5000 import Well, build
from protocols.scan import Found, Lost, Scanner

_REQUEST = 13


def _request(data: bytearray, _offset: int) -> Found[bytes] | Lost | None:
    """`s`, first and last day, six digits each."""
    if data[0] != ord("s"):
        return Lost()
    if len(data) < _REQUEST:
        return None
    days = bytes(data[1:_REQUEST])
    return Found(_REQUEST, days) if days.isdigit() else Lost()


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[bytes]:
    """A reader that holds these records as one plate; of other days it says nothing."""

    def answer(days: bytes, _now: float) -> bytes:
        held = plate(records)
        day = records[0].measured_at[2:10].replace("-", "").encode() if records else b""
        return held if records and days[:6] <= day <= days[6:] else b""

    return Answering(Scanner(_request), answer)


def plate(records: Sequence[Record]) -> bytes:
    """The answer that holds these records; `fields` are as the instrument's readings show them in extra."""
    if not records:
        return b""
    first = records[0]
    then = datetime.fromisoformat(first.measured_at)
    clock = bytes.fromhex(then.strftime("%y%m%d%H%M%S"))
    unit = first.fields.get("unit", "").encode("gb2312")
    return build(
        [_well(record, place) for place, record in enumerate(records)],
        unit,
        clock,
        first.item.encode("gb2312"),
    )


def _well(record: Record, place: int) -> Well:
    row = "ABCDEFGH".find(record.position[:1] or "?")
    number = row + 8 * (int(record.position[1:]) - 1) if row >= 0 else place
    absorbance = Decimal(record.fields.get("absorbance", "0.5"))
    unknown = bytes.fromhex(record.fields.get("unknown_bytes", "00 00 00"))
    return Well(number, absorbance, Decimal(record.value or "0"), unknown)
