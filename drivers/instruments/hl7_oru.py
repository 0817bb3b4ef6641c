"""Any immunoassay analyser that pushes HL7 v2 results (ORU^R01) over MLLP, each message answered once it is kept.

What it is: an analyser that calls this computer, sends a message for each sample and waits for its answer (AA). What
cannot be read is answered AR, so that the analyser shows it; it is kept all the same.
Wire source: the public HL7 v2 standard as analysers' manuals repeat it; segments are read by the `hl7` package.
Settings: `items` maps the observation's code (OBX-3) to `{item, unit}`; `words` maps a result word or abnormal flag
to a call; `sample` and `position` say where these stand, as segment, field and component (`OBR.3`, `SPM.2`, `PID.3`;
empty for nowhere), `device_serial` likewise (OBX-18 where nothing is set); `encoding` of the text.
Unverified: every genuine analyser until its own messages have been seen. TCP checks the bytes, MLLP itself does not.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import hl7

from drivers.device_time import parsed_time
from drivers.figures import call_of, figure
from drivers.profile import Evidence, Profile, Rung, Settings, Tcp
from drivers.reading import Call, Flag, Reading
from drivers.simulators.hl7_oru import simulator
from protocols.codec import Codec
from protocols.mllp import Envelope, Mllp

RANGES = MappingProxyType({"<": Flag.BELOW_RANGE, ">": Flag.ABOVE_RANGE})
FAULTS = (hl7.HL7Exception, LookupError, ValueError)
REFUSAL = "MSH|^~\\&|||||{time}||ACK|{id}|P|2.3.1\rMSA|AR|{about}|{why}\r"


def codec(settings: Settings) -> Codec[Envelope]:
    """The host's side, which listens and answers."""
    encoding = str(settings.get("encoding", "utf-8"))
    return Mllp(lambda text: _answer(text, encoding))


def _answer(text: bytes, encoding: str) -> tuple[bytes, tuple[str, str] | None]:
    """Acknowledge results; refuse what is no message, or another kind of message."""
    try:
        message = _parse(text, encoding)
        control, kind = _at(message, "MSH.10"), f"{_at(message, 'MSH.9')}^{_at(message, 'MSH.9.2')}"
        if kind == "ORU^R01":
            return str(message.create_ack("AA", message_id=f"A{control}")).encode(encoding), None
    except FAULTS as error:
        return _refused("", "not readable"), ("content", str(error))
    return _refused(control, "unsupported message"), ("unsupported", f"a message {kind}, not ORU^R01")


def _refused(about: str, why: str) -> bytes:
    return REFUSAL.format(time="", id=f"R{about}", about=about, why=why).encode()


def _parse(text: bytes, encoding: str) -> Any:  # noqa: ANN401 - the package has no types of its own
    lines = text.replace(b"\r\n", b"\r").replace(b"\n", b"\r").strip(b"\r")
    return hl7.parse(lines.decode(encoding, "surrogateescape") + "\r")


def read(event: Envelope, settings: Settings) -> Sequence[Reading]:
    """One reading for each OBX segment, with the OBR above it."""
    message = _parse(event.text, str(settings.get("encoding", "utf-8")))
    around: dict[str, Any] = {}
    found: list[Reading] = []
    for segment in message:
        name = str(segment[0])
        if name == "OBX":
            found.append(_reading(len(found) + 1, {**around, name: segment}, settings))
        around[name] = segment
    return found


def _reading(number: int, around: Mapping[str, Any], settings: Settings) -> Reading:
    code = _of(around, "OBX.3")
    known: Mapping[str, Any] | None = settings.get("items", {}).get(code)
    value, call, flags, extra = _value(around, settings)
    clock = _of(around, "OBX.14") or _of(around, "OBR.7")
    measured_at = parsed_time(clock[:14])
    if known is None:
        flags.append(Flag.UNKNOWN_ITEM)
    if measured_at is None:
        flags.append(Flag.BAD_CLOCK)
    if clock and (measured_at is None or len(clock) > 14):
        extra["clock"] = clock
    extra |= {"code": code, "set": _of(around, "OBX.1") or str(number)}
    named = {"name": "OBX.3.2", "range": "OBX.7", "status": "OBX.11", "device": "MSH.3", "control": "MSH.10"}
    named["device_serial"] = str(settings.get("device_serial", "OBX.18"))
    extra |= {name: text for name, path in named.items() if (text := _of(around, path))}
    return Reading(
        position=_of(around, str(settings.get("position", ""))) or None,
        sample=_of(around, str(settings.get("sample", "OBR.3"))) or None,
        item=None if known is None else str(known["item"]),
        value=value,
        unit=_of(around, "OBX.6") or (None if known is None else known.get("unit")),
        call=call,
        flags=tuple(flags),
        measured_at=measured_at,
        record=f"{extra.get('control', '')}.{extra['set']}",
        extra=MappingProxyType(extra),
    )


def _value(
    around: Mapping[str, Any], settings: Settings
) -> tuple[Decimal | None, Call | None, list[Flag], dict[str, str]]:
    """The figure and the word of an observation; a structured number (SN) is a comparator before a figure."""
    own: Mapping[str, str] = settings.get("words", {})
    text, abnormal = _of(around, "OBX.5"), _of(around, "OBX.8")
    if _of(around, "OBX.2") == "SN":
        text += _of(around, "OBX.5.2")
    found, word = figure(text), call_of(text, own)
    extra = {"abnormal": abnormal} if abnormal else {}
    extra |= {"value_text": text} if found.value is None else {}
    flags = [RANGES[abnormal[:1]]] if abnormal[:1] in RANGES else list(found.flags)
    if word is not None:
        flags = []
    return found.value, word or call_of(abnormal, own), flags, extra


def _of(around: Mapping[str, Any], path: str) -> str:
    """The text at `SEGMENT.FIELD.COMPONENT` of the segments around a result; empty where nothing stands."""
    name, field, component = (*path.split("."), "1", "1")[:3] if path else ("", "1", "1")
    segment = around.get(name)
    return "" if segment is None else _text(segment, int(field), int(component))


def _at(message: Any, path: str) -> str:  # noqa: ANN401 - see _parse
    return _of({path[:3]: message.segment(path[:3])}, path)


def _text(segment: Any, field: int, component: int) -> str:  # noqa: ANN401 - see _parse
    if field >= len(segment):
        return ""
    repeat = segment[field][0] if segment[field] else ""
    if isinstance(repeat, str):
        return _plain(repeat) if component == 1 else ""
    part = repeat[component - 1] if component <= len(repeat) else ""
    return _plain(str(part))


def _plain(text: str) -> str:
    """Text in which bytes that were not of the encoding are shown as their numbers."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").strip()


PROFILE = Profile(
    id="hl7_oru",
    title=("HL7 通用免疫分析仪（ORU^R01）", "Any analyser that pushes HL7 v2 results"),
    family="HL7 v2 MLLP",
    measures=("veterinary", "mycotoxin"),
    wiring=(Tcp(2575, listen=True),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT, "HL7 v2 and MLLP as analysers' manuals describe them", ("every genuine analyser",)
    ),
    simulator=simulator,
)
