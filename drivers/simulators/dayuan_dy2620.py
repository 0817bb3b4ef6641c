"""A DY-2620 that holds records and answers for the number it is asked, or says that there is none."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.dy2620 import DATA, LAST
from protocols.frames import CRC16, Frame, FrameReader, FrameShape

_REQUEST = FrameShape(
    b"\x01\x65", CRC16, width=0, length_at=0, plus=8, head=2, covers_from=0, least=8, most=8
)


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[Frame]:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = [record_bytes(record) for record in records]

    def answer(frame: Frame, _now: float) -> bytes:
        number = int.from_bytes(frame.body[:2], "big")
        return DATA.build(b"", held[number]) if number < len(held) else LAST.build(b"")

    return Answering(FrameReader(_REQUEST), answer)


def record_bytes(record: Record) -> bytes:
    """The ten bytes of one record."""
    fields = record.fields
    clock = bytes.fromhex(fields.get("clock_bytes", "00 00 00 00 00"))
    if record.measured_at:
        then = datetime.fromisoformat(record.measured_at)
        clock = bytes((then.year - 2000, then.month, then.day, then.hour, then.minute))
    figures = (fields.get("temperature", "175.0"), record.value or "0")
    return (
        clock
        + bytes.fromhex(fields.get("unit_byte", "00"))
        + b"".join(int(Decimal(figure) * 10).to_bytes(2, "big") for figure in figures)
    )
