"""A balance with one weight after another on its pan, each for two answers."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.answering import Answering
from drivers.simulators.pushing import Pushing


def simulator(settings: Settings, records: Sequence[Record]) -> Answering | Pushing:
    """A balance that is asked for stable weights; with `confirm` off it says them by itself."""
    if not settings.get("confirm", True):
        return Pushing([line_of(record) for record in records])
    weights = [line_of(record) for record in records for _ in range(2)]

    def answer(request: bytes) -> bytes:
        if request == b"I4":
            return b'I4 A "0123456789"\r\n'
        if request != b"S":
            return b"ES\r\n"
        return weights.pop(0) if weights else b"S I\r\n"

    return Answering(answer)


def line_of(record: Record) -> bytes:
    """The answer to S for a stable weight."""
    return f"S S {record.value:>10} {record.fields.get('unit') or 'g'}\r\n".encode()
