"""A plate reader that sends its records as comma separated text when it hears `a`."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.csv_upload import build
from protocols.scan import Scanner, requests


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[str]:
    """A reader that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = build([row(record) for record in records])
    return Answering(Scanner(requests({b"a": "read"})), lambda _request, _now: held)


def row(record: Record) -> tuple[str, list[bytes]]:
    """One record's letter and fields."""
    fields = record.fields
    letter = fields.get("letter", "B")
    number, value = fields.get("number", record.number), fields.get("value_text", record.value)
    time = fields.get("time_text", record.measured_at.replace("T", " "))
    middle = [record.position, fields.get("absorbance", "0.5"), value, fields.get("call_text", "")]
    texts = [number, record.item, *(middle if letter == "B" else [value]), fields.get("unit", ""), time]
    return letter, [text.encode("gb18030") for text in texts]
