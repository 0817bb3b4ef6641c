"""A spectrophotometer that sends the records it holds when it is asked for some days, whichever they are."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.csv_upload import build
from protocols.scan import Found, Lost, Scanner

_DAYS = 22


def simulator(settings: Settings, records: Sequence[Record]) -> Answering[str]:
    """A photometer that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = build([("R", row(record)) for record in records], b"FINISH", b",")
    start, size = (b"%D", _DAYS + 2) if settings.get("pocket") else (b"D", _DAYS)

    def rule(data: bytearray, _offset: int) -> Found[str] | Lost | None:
        if not bytes(data[: len(start)]).startswith(start[: len(data)]):
            return Lost()
        return Found(size, "day") if len(data) >= size else None

    return Answering(Scanner(rule), lambda _request, _now: held)


def row(record: Record) -> list[bytes]:
    """One record's fields."""
    fields = record.fields
    texts = (
        record.number, record.position, record.item, fields.get("absorbance", "0.512"),
        fields.get("value_text", record.value), fields.get("unit", ""), fields.get("call_text", ""),
        fields.get("time_text", record.measured_at.replace("T", " ")),
    )  # fmt: skip
    return [text.encode("gb18030") for text in texts]
