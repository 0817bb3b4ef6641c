"""A photometer that measures one sample after another and can be asked for its last figure again."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.answering import Answering


def simulator(settings: Settings, records: Sequence[Record]) -> Answering:
    """A photometer with these figures; asked once too often it answers 9.91E37, no number."""
    left = [record.fields.get("answer") or f"{float(record.value):+.6E}" for record in records]
    last = "9.91E37"

    def answer(request: bytes) -> bytes:
        nonlocal last
        order = request.decode("ascii", "replace").strip().upper()
        if order == "*IDN?":
            return b"KUAIJIAN,SIM-PHOTOMETER,0,1.0\n"
        if order == str(settings.get("read", "READ?")).upper():
            last = left.pop(0) if left else "9.91E37"
        elif order != str(settings.get("fetch", "FETC?")).upper():
            return b""
        return f"{last}\n".encode()

    return Answering(answer, b"\n")
