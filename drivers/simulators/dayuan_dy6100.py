"""A DY-6100 that holds records and answers its letters."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.dy6100 import COUNT, DELETE, END, READ, SERIAL
from protocols.scan import Scanner, requests

_SERIAL_NUMBER = 4711


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[str]:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = [record_bytes(record) for record in records]
    serial = next(
        (int(one.fields["device_serial"]) for one in records if "device_serial" in one.fields), _SERIAL_NUMBER
    )

    def answer(request: str, _now: float) -> bytes:
        if request == "delete":
            held.clear()
        return {
            "count": b"n" + len(held).to_bytes(2, "little"),
            "serial": b"g" + serial.to_bytes(2, "little"),
            "read": b"".join(held),
        }.get(request, b"")

    known = {COUNT: "count", SERIAL: "serial", READ: "read", DELETE: "delete", END: "end"}
    return Answering(Scanner(requests(known)), answer)


def record_bytes(record: Record) -> bytes:
    """The 19 bytes of one record."""
    fields = record.fields
    first, weekday, last = bytes.fromhex(fields.get("unknown_bytes", "00 00 00"))
    names = (
        ("number", record.number or "1"),
        ("value", record.value or "0"),
        ("lower_limit", "10"),
        ("upper_limit", "30"),
    )
    numbers = [
        record.value if name == "value" and record.value else fields.get(name, usual) for name, usual in names
    ]
    clock = bytes.fromhex(fields.get("clock_bytes", "00 00 00 00 01 01 00"))
    if record.measured_at:
        then = datetime.fromisoformat(record.measured_at)
        clock = bytes((then.second, then.minute, then.hour, weekday, then.day, then.month, then.year - 2000))
    places = bytes((int(fields.get("group", "1")), int(fields.get("program", "1"))))
    said = b"".join(int(Decimal(number)).to_bytes(2, "little") for number in numbers)
    return bytes((first,)) + said + places + clock + bytes((last,))
