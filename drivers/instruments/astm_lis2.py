"""Any analyser that speaks ASTM E1381 (LIS01) frames and E1394 (LIS02) records, over a serial line or TCP.

What it is: an analyser that sends result messages by itself; its test codes are named in the settings.
Wire source: figures of the public standards as analysers' manuals repeat them.
Settings: `items` maps a test code to `{item, unit}`; `words` maps a result word or abnormal flag to a call;
`code`, `sample` and `position` say where these stand, as record letter, field and component (`O.3.1`; empty for
nowhere), and so may `device_serial` (`H.5.3`); `encoding`, `limit` (240 in E1381-95), `first_record` and
`last_record` (empty for analysers that leave them out) and `heartbeat` (hex) describe the line.
An analyser that asks (Q) is answered with the tests that wait for the sample in this instrument's open run, by the
codes of `items`, and with nothing else.
Unverified: every genuine analyser until its own messages have been seen.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from drivers.device_time import parsed_time
from drivers.figures import call_of, figure
from drivers.profile import Evidence, Profile, Rung, Serial, Settings, Tcp
from drivers.reading import Call, Flag, Reading
from drivers.simulators.astm_lis2 import simulator
from protocols.astm_link import AstmLink, Event
from protocols.astm_orders import AstmHost
from protocols.astm_records import Finding, Record, findings, parse
from protocols.astm_session import Message
from protocols.codec import Codec

RANGES = MappingProxyType({"<": Flag.BELOW_RANGE, ">": Flag.ABOVE_RANGE})


def codec(settings: Settings) -> Codec[Event]:
    """The host's end of the line."""
    link = AstmLink(
        limit=int(settings.get("limit", 64_000)),
        header=str(settings.get("first_record", "H")).encode(),
        terminator=str(settings.get("last_record", "L")).encode(),
        heartbeat=bytes.fromhex(str(settings.get("heartbeat", ""))),
    )
    return AstmHost(link, str(settings.get("encoding", "utf-8")))


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """One reading for each result record of a message; deliveries of our own messages carry none."""
    if not isinstance(event, Message):
        return ()
    parsed = parse(event.text, str(settings.get("encoding", "utf-8")))
    problems = (
        {"problems": ", ".join(sorted({one.reason for one in parsed.problems}))} if parsed.problems else {}
    )
    return [_reading(finding, settings, problems) for finding in findings(parsed.records)]


def _reading(finding: Finding, settings: Settings, problems: Mapping[str, str]) -> Reading:
    result = finding.result
    code = _at(finding, settings.get("code", "R.3.4")) or _plain(result.text(3))
    known: Mapping[str, Any] | None = settings.get("items", {}).get(code)
    value, call, flags, extra = _value(result, settings)
    written = result.get(13) or result.get(12)
    measured_at = parsed_time(written)
    if known is None:
        flags.append(Flag.UNKNOWN_ITEM)
    if written and measured_at is None:
        flags.append(Flag.BAD_CLOCK)
        extra["clock"] = _plain(written)
    extra |= {"code": code, **problems}
    if serial := _at(finding, settings.get("device_serial", "")):
        extra["device_serial"] = serial
    extra |= {
        name: found for name, field in (("range", 6), ("status", 9)) if (found := _plain(result.text(field)))
    }
    extra |= (
        {"comments": " / ".join(_plain(one.text(4)) for one in finding.comments)} if finding.comments else {}
    )
    numbers = [record.get(2) for record in (finding.order, result) if record is not None]
    return Reading(
        position=_at(finding, settings.get("position", "")) or None,
        sample=_at(finding, settings.get("sample", "O.3.1")) or None,
        item=None if known is None else str(known["item"]),
        value=value,
        unit=_plain(result.get(5)) or (None if known is None else known.get("unit")),
        call=call,
        flags=tuple(flags),
        measured_at=measured_at,
        record=_plain(".".join(numbers)) if measured_at else None,
        extra=MappingProxyType(extra),
    )


def _value(
    result: Record, settings: Settings
) -> tuple[Decimal | None, Call | None, list[Flag], dict[str, str]]:
    """The figure and the word of a result: exact number, or why there is none, and the text that came instead."""
    own: Mapping[str, str] = settings.get("words", {})
    text, abnormal = _plain(result.text(4)).strip(), _plain(result.text(7)).strip()
    extra = {"abnormal": abnormal} if abnormal else {}
    word = call_of(text, own)
    call = word or call_of(abnormal, own)
    flags = [RANGES[abnormal[:1]]] if abnormal[:1] in RANGES else []
    found = figure(text)
    if found.value is not None:
        return found.value, call, flags, extra
    extra["value_text"] = text
    if Flag.NOT_A_NUMBER not in found.flags:
        flags = list(found.flags)
    elif word is None:
        flags.append(Flag.NOT_A_NUMBER)
    return None, call, flags, extra


def _at(finding: Finding, path: object) -> str:
    """The text at `LETTER.FIELD.COMPONENT` of the records around a result; empty where nothing stands."""
    if not path:
        return ""
    letter, field, component = (*str(path).split("."), "1", "1")[:3]
    around = {"H": finding.header, "P": finding.patient, "O": finding.order, "R": finding.result}
    record = around.get(letter)
    return "" if record is None else _plain(record.get(int(field), int(component)))


def _plain(text: str) -> str:
    """Text in which bytes that were not of the encoding are shown as their numbers."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


PROFILE = Profile(
    id="astm_lis2",
    title=("ASTM/LIS2 通用分析仪", "Any ASTM E1381/E1394 analyser"),
    family="ASTM E1381/E1394",
    measures=("pesticide", "veterinary"),
    wiring=(Serial(9600), Tcp(5500, listen=True), Tcp(5500)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "ASTM E1381 and E1394 as analysers' manuals describe them",
        ("every genuine analyser",),
    ),
    orders=True,
    simulator=simulator,
    ends=b"\x04\x05\x06\x0a\x15",
)
