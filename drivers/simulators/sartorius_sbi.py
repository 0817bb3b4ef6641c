"""A balance that prints one weight after another, each for two requests."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.answering import Answering
from drivers.simulators.pushing import Pushing


def simulator(settings: Settings, records: Sequence[Record]) -> Answering | Pushing:
    """A balance that is asked for prints; with `confirm` off it says them by itself."""
    if not settings.get("confirm", True):
        return Pushing([line_of(record) for record in records])
    weights = [line_of(record) for record in records for _ in range(2)]

    def answer(request: bytes) -> bytes:
        return weights.pop(0) if request == b"\x1bP" and weights else b""

    return Answering(answer)


def line_of(record: Record) -> bytes:
    """A print line: the identifier where there is one, sign, figure, unit."""
    name = record.fields.get("identifier", "")
    sign = "-" if record.value.startswith("-") else "+"
    figure = record.value.removeprefix("-")
    line = f"{sign} {figure:>8} {record.fields.get('unit') or 'g':<3}"
    return (f"{name:<6}" if name else "").encode() + line.encode() + b"\r\n"
