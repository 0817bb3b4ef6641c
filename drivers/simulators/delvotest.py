"""The program of a Delvotest scanner that exports one plate."""

from collections.abc import Sequence

from drivers.exports import well_of
from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.files import encode


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A scanner with these wells; `fields` hold the `result` word."""
    first = records[0]
    clock = first.measured_at.replace("T", " ") or first.fields.get("clock", "")
    plate = first.fields.get("Plate", "")
    lines = ["Plate;Date/Time", f"{plate};{clock}", "", "Position;Sample;Z-value;Result"]
    lines += [
        f"{well_of(one.position) or 'A' + one.position};{one.sample};{one.value};{word_of(one)}"
        for one in records
    ]
    lines += ["", "Method", "Temperature", first.fields.get("temperature", "64.0")]
    text = "\r\n".join(lines) + "\r\n"
    return Pushing([encode("plate.csv", text.encode(str(settings.get("encoding") or "utf-8")))])


def word_of(record: Record) -> str:
    """The word of a result, NEG where nothing is said."""
    return record.fields.get("result") or ("POS" if record.call == "positive" else "NEG")
