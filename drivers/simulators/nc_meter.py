"""An NC meter that pushes its records, each between separators."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.fefe import MARK

EXAMPLE = "26080710310300000374000001"


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A meter with these results; `fields` hold the `record` itself in hexadecimal characters, else an example."""
    texts = [record.fields.get("record", EXAMPLE) for record in records]
    messages = [MARK + bytes.fromhex(text) + MARK for text in texts]
    if settings.get("text"):
        messages = [message.hex().upper().encode() for message in messages]
    return Pushing(messages)
