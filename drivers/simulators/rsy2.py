"""An RSY-2 of either generation that holds moisture records."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.checks import lrc
from protocols.rsy2 import build
from protocols.scan import Found, Lost, Scanner


def _request(data: bytearray, _offset: int) -> Found[bytes] | Lost | None:
    """A framed text whose check is right, in either case."""
    if data[0] != 0x01:
        return Lost()
    size = data.find(4)
    if size < 0:
        return None if len(data) < 40 else Lost()
    text, check = bytes(data[1 : size - 2]), bytes(data[size - 2 : size])
    return Found(size + 1, text) if check.upper() == b"%02X" % lrc(text) else Lost()


def simulator(settings: Settings, records: Sequence[Record]) -> Answering[bytes]:
    """A meter that holds these records; `fields` are as the instrument's readings show them in extra."""
    if int(settings.get("generation", 2)) == 2:
        listed = build(b"%03d" % len(records) + b"".join(list_entry(record) for record in records))
        return Answering(Scanner(_request), lambda text, _now: listed if text == b"U" else b"")
    held = [dated(record) for record in records]

    def answer(text: bytes, _now: float) -> bytes:
        if text[:1] != b"R":
            return b""
        wanted = [record for record in held if text[1:7] <= record[8:14] <= text[7:13]]
        return b"".join(build(b"D" + record) for record in wanted) + build(b"E")

    return Answering(Scanner(_request), answer)


def list_entry(record: Record) -> bytes:
    """The 19 characters of a record of generation 2."""
    fields = record.fields
    day = fields.get("date", record.measured_at[:10] or "2000-01-01")[2:].replace("-", "/")
    number = fields.get("number", f"{int(record.number or '1'):03d}")
    return f"\x1e{number}{_figure(record)} {fields.get('type', '1')} {day} ".encode("ascii")


def dated(record: Record) -> bytes:
    """The 20 characters of a record of generation 3."""
    fields = record.fields
    clock = fields.get("clock_text", "")
    if not clock:
        clock = datetime.fromisoformat(record.measured_at).strftime("%y%m%d%H%M%S")
    number = fields.get("number", f"{int(record.number or '1'):04d}")
    return f"{number}{_figure(record)}{fields.get('type', '1')}{clock}".encode("ascii")


def _figure(record: Record) -> str:
    return record.fields.get("figure", f"{int(Decimal(record.value or '0') * 10):03d}")
