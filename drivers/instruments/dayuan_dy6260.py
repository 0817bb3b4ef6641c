"""Dayuan DY-6260 Android strip reader (family S): all results as one JSON object over TCP.

What it is: a reader whose program listens on a TCP port inside its tablet. Over USB somebody first forwards that port
with Android's own tools and starts its service; then this program connects to the forwarded port and reads.
Wire source: the maker's example, whose request and sample answer are documented. The example reads one piece of 1,024
bytes; here the object is read until it closes.
The answer has no check of its own, its carrier has. The result is a word; where it is a figure it is given as one, with
the unit only if the device wrote one behind it.
Unverified: an answer of a genuine reader with many results; figures instead of words; what it says without results.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.device_text import CALLS, figure
from drivers.device_time import loose_time
from drivers.profile import Evidence, Profile, Rung, Settings, Tcp
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy6260 import simulator
from protocols.codec import Codec
from protocols.json_pull import Rows, puller

WORD, LIST = b"READ", "detail"
RESULT, ITEM, NUMBER, NAME, TIME = "检测结果", "检测项目", "样品编号", "样品名称", "检测时间"


def codec(_settings: Settings) -> Codec[Rows]:
    """The host's side: one word asks, an object answers."""
    return puller(WORD, LIST)


def read(event: Rows, _settings: Settings) -> Sequence[Reading]:
    """One reading for each entry of the list."""
    return [_reading(row) for row in event.rows]


def _reading(row: dict[str, str]) -> Reading:
    words = row.get(RESULT, "").split()
    call = CALLS.get(words[-1]) if words else None
    value, doubts = figure(words[0]) if (words and call is None) or len(words) > 1 else (None, ())
    measured_at = loose_time(row.get(TIME, ""))
    named = {RESULT: "result_text", NAME: "sample_name", TIME: "time_text"}
    extra = {named.get(name, name): text for name, text in row.items() if name not in (ITEM, NUMBER)}
    return Reading(
        sample=row.get(NUMBER) or None,
        item=row.get(ITEM) or None,
        value=value,
        unit=words[1] if value is not None and len(words) > 1 and words[1] not in CALLS else None,
        call=call,
        flags=(*doubts, *(() if measured_at else (Flag.BAD_CLOCK,))),
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_dy6260",
    title=("达元 DY-6260 胶体金读数仪（安卓）", "Dayuan DY-6260 strip reader, Android"),
    family="S",
    measures=("veterinary", "mycotoxin"),
    wiring=(Tcp(12580),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "request and sample answer of the maker's example",
        ("no captured answer with many results", "figures instead of words", "an answer without results"),
    ),
    download="read",
    simulator=simulator,
)
