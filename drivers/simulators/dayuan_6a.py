"""A `6A` meter that holds records, hands all of them out, and empties itself when it is told to erase."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.scan import Scanner, requests
from protocols.six_a import END, ERASE, HELLO, READ

_CALLS = {"negative": 1, "positive": 2, "suspect": 3}


def simulator(settings: Settings, records: Sequence[Record]) -> Answering[str]:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    form = moisture_record if settings.get("model") == "DY-6400" else bottle_record
    held = [form(record) for record in records]

    def answer(request: str, _now: float) -> bytes:
        if request == "erase":
            held.clear()
            return b""
        return HELLO + END if request == "hello" else b"".join(held) + END

    return Answering(Scanner(requests({HELLO: "hello", READ: "read", ERASE: "erase"})), answer)


def bottle_record(record: Record) -> bytes:
    """The 13 bytes of a colorimeter's record."""
    fields = record.fields
    number = int(fields.get("number", record.number or "1")).to_bytes(2, "little")
    value = int(Decimal(record.value or "0") * 100).to_bytes(2, "little")
    conclusion = fields.get("conclusion_byte", f"{_CALLS.get(record.call, 1):02X}")
    clock = fields.get("clock_bytes", "00 00 00 00 00 00")
    if record.measured_at:
        clock = datetime.fromisoformat(record.measured_at).strftime("%y%m%d%H%M%S")
    item = int(fields.get("item_code", "1"))
    return b"\x6a" + number + value + bytes((item,)) + bytes.fromhex(conclusion + clock)


def moisture_record(record: Record) -> bytes:
    """The 9 bytes of a moisture record."""
    fields = record.fields
    value = fields.get("value_bytes", f"{int(Decimal(record.value or '0') * 10):04d}")
    day = fields.get("date", record.measured_at[:10] or "2000-01-01")[2:].replace("-", "")
    number = int(fields.get("number", record.number or "1"))
    ends = (fields.get("species_byte", "01"), day, f"{number:02X}", fields.get("last_byte", "69"))
    return b"\x6a" + bytes.fromhex(value + "".join(ends))
