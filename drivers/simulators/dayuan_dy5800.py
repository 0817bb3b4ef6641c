"""A DY-5800 that sends its results one after another as soon as a host is there."""

from collections.abc import Sequence
from datetime import datetime

from drivers.profile import Record, Settings
from drivers.simulated import Talking
from protocols.dy5800 import build


def simulator(_settings: Settings, records: Sequence[Record]) -> Talking:
    """A meter that has these results; `fields` are as the instrument's readings show them in extra."""
    return Talking(*(frame(record) for record in records))


def frame(record: Record) -> bytes:
    """The 82 bytes of one result."""
    fields = record.fields
    digits = fields.get("clock_digits", "0000000000")
    if record.measured_at:
        digits = datetime.fromisoformat(record.measured_at).strftime("%y%m%d%H%M")
    texts = {
        "hole": record.position,
        "code": record.sample,
        "item": record.item,
        "unit": fields.get("unit", ""),
        "value": fields.get("value_text", record.value),
        "absorbance": fields.get("absorbance", ""),
        "date": digits[:6],
        "time": digits[6:],
        "user": fields.get("user", ""),
        "sample": fields.get("sample_name", ""),
    }
    raw = {name: text.encode("gb18030") for name, text in texts.items()}
    return build({**raw, "unknown": bytes.fromhex(fields.get("byte_41", "00"))})
