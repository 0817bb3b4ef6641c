"""A Charm reader that pushes one record of named fields for each of its strips."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A reader with these strips; `fields` hold the device's own fields by their names."""
    pair, between, end = (
        str(settings.get(name, usual))
        for name, usual in (("pair", "="), ("between", "\r\n"), ("end", "\r\n\r\n"))
    )
    messages = []
    for record in records:
        date, _, time = record.measured_at.partition("T")
        said = {
            "UnitSN": record.fields.get("device_serial", "SIM1"),
            "ChannelNumber": record.position,
            "SampleID": record.sample,
            "TestOutputName": record.item,
            "Answer": record.fields.get("Answer")
            or f"{record.value} {record.fields.get('unit', '')}".strip(),
            "Date": date or record.fields.get("clock", " ").partition(" ")[0],
            "Time": time or record.fields.get("clock", " ").partition(" ")[2],
            **{
                name: text
                for name, text in record.fields.items()
                if name not in ("unit", "clock", "Answer", "device_serial")
            },
        }
        messages.append(
            (between.join(f"{name}{pair}{text}" for name, text in said.items()) + end).encode("gb18030")
        )
    return Pushing(messages)
