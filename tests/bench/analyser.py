"""An ASTM analyser at the far end of a pseudo terminal, and its messages of ten results."""

import time
from collections.abc import Sequence

from drivers.links.far import PtyEnd
from protocols.astm_frames import frame, split
from protocols.astm_records import Field, build

RESULTS = 10
ENQ, ACK, EOT = b"\x05", b"\x06", b"\x04"
ITEMS = {"items": {"INH": {"item": "pesticide inhibition", "unit": "%"}}}
PATIENCE = 10.0


def message(number: int) -> bytes:
    """Return a message of one sample and ten results, its clock by its number."""
    clock = f"20261123{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}"
    rows: list[Sequence[Field]] = [
        ["H", "", "", "", "reader"],
        ["P", "1"],
        ["O", "1", f"LJ{number:06d}", "", "", "R"],
    ]
    for one in range(1, RESULTS + 1):
        code = ["", "", "", "INH"]
        rows.append(
            ["R", str(one), code, f"{10 + one}.{number % 100:02d}", "%", "", "", "", "F", "", "", "", clock]
        )
    return build([*rows, ["L", "1", "N"]])


def frames(text: bytes) -> list[bytes]:
    """Return the frames of a message."""
    cut = enumerate(split(text, 240), 1)
    return [frame(number % 8, part, final=final) for number, (part, final) in cut]


def wire(text: bytes) -> bytes:
    """Return all that the analyser says for a message."""
    return ENQ + b"".join(frames(text)) + EOT


class Analyser:
    """Says messages to whoever has the port open, each frame after the last was acknowledged."""

    def __init__(self) -> None:
        self.end = PtyEnd()

    @property
    def address(self) -> str:
        """The port that a host opens."""
        return self.end.address

    def wait(self) -> None:
        """Wait until a host listens."""
        limit = time.monotonic() + PATIENCE
        while not self.end.heard():
            assert time.monotonic() < limit, "nobody opened the port"
            time.sleep(0.01)

    def say(self, text: bytes) -> float:
        """Say one message and return when its last byte was written, on the clock of `perf_counter`."""
        for part in (ENQ, *frames(text)):
            self.end.write(part)
            self._acknowledged()
        begun = time.perf_counter()
        self.end.write(EOT)
        return begun

    def _acknowledged(self) -> None:
        limit = time.monotonic() + PATIENCE
        heard = b""
        while not heard:
            assert time.monotonic() < limit, "no answer"
            heard = self.end.read(0.2)
        assert heard == ACK, heard

    def close(self) -> None:
        """Tear the line out."""
        self.end.unplug()
