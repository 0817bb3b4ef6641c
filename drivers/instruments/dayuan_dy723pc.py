"""Dayuan DY-723PC spectrophotometer (family P): the records of some days as comma separated text.

What it is: a bench photometer that keeps its results and sends those from one day to another when it is asked.
Wire source: the host program that reads it; request and closing word are literal there, the order of the fields is
derived. Each record is `R,` number, hole, item, absorbance, value, unit, conclusion, time and a comma. Nothing on this
wire can be checked: it is read twice, and every reading is flagged `unverifiable` until two readings agree.
The vendor's pocket program asks with `%` before the days and `~` behind them: setting `pocket`. The XML files that the
device can put on an FTP server are not read here.
Unverified: a record of a genuine device; what stands between records; the words of its conclusions.
"""

from collections.abc import Sequence

from drivers.csv_rows import reading_of
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Reading
from drivers.simulators.dayuan_dy723pc import simulator
from protocols.codec import Codec
from protocols.csv_upload import Event, Row, upload
from protocols.exchange import day_of

FIELDS = ("number", "position", "item", "absorbance", "value", "unit", "call", "time")


def codec(settings: Settings) -> Codec[Event]:
    """The host's side: `day:2019-08-07` asks for the records of a day, text comes until the closing word."""

    def request(command: str) -> bytes:
        day = f"D{day_of(command).isoformat()}"
        return (f"%{day}{day}~" if settings.get("pocket") else f"{day}{day}").encode()

    return upload({"R": len(FIELDS)}, request, b"\r\n ,")


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record."""
    return (reading_of(event, FIELDS),) if isinstance(event, Row) else ()


PROFILE = Profile(
    id="dayuan_dy723pc",
    title=("达元 DY-723PC 分光光度计", "Dayuan DY-723PC spectrophotometer"),
    family="P",
    measures=("additive", "heavy_metal", "pesticide"),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal request and closing word, order of fields in the host program that reads it",
        ("no captured record", "what stands between records", "words of its conclusions"),
    ),
    download="day:today",
    simulator=simulator,
)
