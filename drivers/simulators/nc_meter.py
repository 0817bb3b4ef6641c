"""An NC meter that pushes its records, each between separators."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.fefe import MARK


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A meter with these results; `fields` hold the `record` itself in hexadecimal characters."""
    messages = [MARK + bytes.fromhex(record.fields["record"]) + MARK for record in records]
    if settings.get("text"):
        messages = [message.hex().upper().encode() for message in messages]
    return Pushing(messages)
