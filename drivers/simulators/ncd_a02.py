"""An NCD-A02 that pushes one block for each of its results as soon as a host is there."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.stx import build


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """An analyser with these results; `fields` may hold `card`, `value_text`, `range`, `clock`, `device_serial`."""
    encoding = str(settings.get("encoding", "gb18030"))
    return Pushing([build(text_of(record).encode(encoding)) for record in records])


def text_of(record: Record) -> str:
    """The records of one block, in the order and with the gaps of the firmware."""
    told = record.fields
    clock = "".join(filter(str.isdigit, record.measured_at)) or told.get("clock", "20000101000000")
    names = [told.get(name, "") for name in ("device", "firmware", "device_serial", "model", "card")]
    value = record.value or told.get("value_text", "error")
    return (
        f"H|\\^|||{'^'.join(names)}^1.0|||||||P||{clock}\rP|1||||^^\r"
        f"O|1|{record.sample}|||||||||||||Blood\r"
        f"R|1|^^^{record.item}|{value}|{told.get('unit', '')}|{told.get('range', '')}|||||\rL|1\r"
    )
