"""A Bio-Rad reader that holds one plate: it sends it when asked, or by itself as soon as a host hears it."""

from collections.abc import Mapping, Sequence

from drivers.exports import well_of
from drivers.profile import Record, Settings
from drivers.simulators.answering import Answering
from protocols.checks import sum8
from protocols.plate_lines import COLUMNS, OVER, ROWS, well


class Reader(Answering):
    """Answers commands; `alone` is what it says before anybody asked."""

    def __init__(self, plate: bytes, alone: bytes) -> None:
        """Hold a plate, header and blocks."""
        self._plate = plate
        super().__init__(self._obey, b"\r")
        self._out = alone

    def _obey(self, request: bytes) -> bytes:
        order = request.upper().partition(b" ")[2].split(b" ")[0]
        if order in (b"RTPLATE", b"RPLATE"):
            return b"ERE 000 " + self._plate
        known = {b"ID": b"ERE 000 0550\r", b"AQ": b"ERE 000\r", b"RL": b"ERE 000\r"}
        return known.get(order, b"ERE 001\r")


def simulator(settings: Settings, records: Sequence[Record]) -> Reader:
    """A reader with these wells; a well without a record reads 0.000. `alone` in the settings has it send by itself."""
    told: Mapping[str, str] = records[0].fields if records else {}
    dual = "reference" in told or "difference" in told
    plate = "BIO-RAD MODEL 550 READER\rMes. filter: 1\r" + ("Ref. filter: 2\r" if dual else "")
    plate += block(
        {well_of(record.position) or f"A{record.position}": record.value or OVER for record in records}
    )
    if "reference" in told:
        plate += block({record.position: record.fields["reference"] for record in records})
    return Reader(plate.encode(), plate.encode() if settings.get("alone") else b"")


def block(wells: Mapping[str, str]) -> str:
    """One block of eight rows with its check, line ends counted."""
    rows = [
        " " + " ".join(wells.get(well(row, column), "0.000") for column in range(COLUMNS)) + "\r"
        for row in range(len(ROWS))
    ]
    return f".begin\r{''.join(rows)}{sum8(''.join(rows).encode())}\r.end\r"
