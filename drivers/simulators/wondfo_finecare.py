"""A Finecare reader that exports its history."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.files import encode

HEADING = ("Sample Number", "Test Name", "Result", "Unit", "Test Time", "Channel")


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A reader with these cards; `fields` beside the usual ones become columns of their own."""
    usual = {"unit", "value_text", "clock"}
    more = [name for name in (records[0].fields if records else ()) if name not in usual]
    items = {ours: theirs for theirs, ours in settings.get("items", {}).items()}
    lines = ["Finecare history", ",".join((*HEADING, *more))]
    for record in records:
        cells = [
            record.sample,
            items.get(record.item, record.item),
            record.value or record.fields.get("value_text", ""),
        ]
        cells += [
            record.fields.get("unit", ""),
            record.measured_at.replace("T", " ") or record.fields.get("clock", ""),
        ]
        cells += [record.position, *(record.fields.get(name, "") for name in more)]
        lines.append(",".join(cells))
    text = "\r\n".join(lines) + "\r\n"
    return Pushing([encode("history.csv", text.encode(str(settings.get("encoding") or "utf-8")))])
