"""A BioTek reader that takes a geometry and an order and then reads the one plate it holds."""

from collections.abc import Sequence

from drivers.exports import well_of
from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.plate_lines import COLUMNS, OVER, ROWS, well

ETX = b"\x03"
HEAD = "01,1,\r\n000:00:00.0,001"[:22]


class Reader:
    """Answers one letter at a time; after `y` and `D` it awaits a text that ends in ETX."""

    def __init__(self, plate: bytes) -> None:
        """Hold a plate's answer, without its ETX."""
        self._plate = plate
        self._text: bytes | None = None
        self._out = b""

    def ask(self, command: str) -> None:
        """A reader asks nothing."""
        raise ProtocolError(f"a reader cannot ask {command}")

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take what the host says."""
        del now
        for number in data:
            self._byte(bytes((number,)))
        return []

    def _byte(self, byte: bytes) -> None:
        if self._text is not None:
            self._text += byte
            if byte == ETX:
                self._text = None
                self._out += b"0000" + ETX
        elif byte in (b"y", b"D"):
            self._text = b""
            self._out += b"\x06"
        elif byte == b"O":
            self._out += b"\x060000" + ETX + self._plate + ETX
        elif byte in (b"e", b"C"):
            self._out += b"\x06SIM 1.0" + ETX

    def expire(self, now: float) -> list[Broken]:
        """Keep no time."""
        del now
        return []

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """Await nothing."""
        return None

    @property
    def idle(self) -> bool:
        """True when no text is half-received."""
        return self._text is None


def simulator(settings: Settings, records: Sequence[Record]) -> Reader:
    """A reader with these wells, in rows; wells without a record are not read."""
    del settings
    wells = {
        well_of(record.position) or f"A{record.position}": record.value or OVER * 6 for record in records
    }
    head = records[0].fields.get("head", HEAD) if records else HEAD
    rows = []
    for row in range(len(ROWS)):
        names = [(column, well(row, column)) for column in range(COLUMNS)]
        cells = [
            f"{row + 1:02d},{column + 1:02d},{_cell(wells[name])}" for column, name in names if name in wells
        ]
        rows += [",".join(cells)] if cells else []
    return Reader((f"{head:<22}" + "\r\n,".join(rows) + "\r\n").encode())


def _cell(figure: str) -> str:
    return figure if figure.startswith(("-", OVER)) else f"+{figure}"
