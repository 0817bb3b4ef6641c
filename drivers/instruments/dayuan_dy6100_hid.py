"""Dayuan DY-6100(S) ATP hygiene monitor on USB (family O): relative light units in HID reports.

What it is: the newer luminometer, found by its USB numbers and read page after page. It needs the optional extra `hid`.
Wire source: the host program that downloads from it; the requests are literal there and verify, a page is derived.
One host joins the digits of the light value and adds both bytes of the upper limit; here both are read as numbers, and
as the meters of family N conclude from the limits the other way round, no conclusion is drawn: they stand in extra.
The one known page has neither sum nor end, so pages are fetched twice and readings flagged `unverifiable`; with
`report_sum = true` pages must carry both, as requests do, and are believed at once.
Unverified: a report of a genuine meter; whether reports carry a sum; the bytes whose meaning is not known. Tested on an
in-memory report link, for there is no pseudo USB device.
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import hex_of
from drivers.device_time import device_time
from drivers.profile import Evidence, Hid, Profile, Rung, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy6100_hid import simulator
from protocols.codec import Codec
from protocols.dy6100_hid import Event, Page, download

ITEM = "ATP"


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download; `report_sum` in the settings demands a sum and an end of each report."""
    return download(summed=bool(settings.get("report_sum")))


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record of a page."""
    return [_reading(raw, event) for raw in event.raws] if isinstance(event, Page) else ()


def _reading(raw: bytes, page: Page) -> Reading:
    measured_at = device_time(2000 + raw[5], raw[6], raw[7], raw[8], raw[9], raw[17])
    extra = {
        "lower_limit": str(raw[16]),
        "upper_limit": str(int.from_bytes(raw[14:16], "big")),
        "unknown_bytes": hex_of(raw[:1] + raw[4:5] + raw[10:14]),
    }
    if measured_at is None:
        extra["clock_bytes"] = hex_of(raw[5:10] + raw[17:])
    flags = (*(() if page.checked else (Flag.UNVERIFIABLE,)), *(() if measured_at else (Flag.BAD_CLOCK,)))
    return Reading(
        item=ITEM,
        value=Decimal(int.from_bytes(raw[1:4], "big")),
        unit="RLU",
        flags=flags,
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_dy6100_hid",
    title=("达元 DY-6100(S) ATP 荧光检测仪（USB）", "Dayuan DY-6100(S) ATP hygiene monitor, USB"),
    family="O",
    measures=("hygiene",),
    wiring=(Hid(0x0483, 0x5750),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal requests and page layout in the host program that downloads from it",
        ("no captured report", "whether reports carry a sum", "a genuine USB device"),
    ),
    download="read",
    simulator=simulator,
)
