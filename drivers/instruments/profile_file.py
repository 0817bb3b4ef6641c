"""Any device whose wire a laboratory describes itself, in a TOML file: lines, columns, blocks or frames.

What it is: whatever nobody has written a driver for. The setting `form` is the path of the file (or the name of a
shipped one, or the text itself); `drivers/forms/strip_text.toml` explains each line of it. Settings such as `baud`
and `parity` describe the port.
Wire source: the laboratory's own description; its `rung` and `source` stand in each reading.
A wire without a check is unverifiable: its readings count after two equal downloads. A line with another number of
fields, a frame whose check is wrong, and a field that cannot be read are broken or flagged, never guessed.
Unverified: everything, until the laboratory has compared its readings with the device's own display.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from drivers.figures import CALLS, figure
from drivers.profile import Evidence, Profile, Record, Rung, Serial, Settings, Tcp
from drivers.reading import Call, Flag, Reading
from drivers.simulators.profile_file import simulator
from drivers.wire_form import FIELDS, Field, WireForm, load
from protocols.codec import Broken, Codec, ProtocolError
from protocols.exchange import Pieces, Side
from protocols.frames import Frame, FrameReader
from protocols.lines import Line, Lines

Event = Line | Frame
STANDS_STILL = 2.0
"""Seconds after which half a line or frame is given up."""


class Host(Side[Event, Event]):
    """The host's side: listens, and sends the requests that the form names."""

    def __init__(self, form: WireForm) -> None:
        self._form = form
        super().__init__(_reader(form))

    def ask(self, command: str) -> None:
        """Send a request by its name.

        Raises:
            ProtocolError: the form names no such request.
        """
        if command not in self._form.ask:
            raise ProtocolError(
                f"this form knows {' '.join(self._form.ask) or 'no request'}, not {command!r}"
            )
        self._out += self._form.ask[command]

    def _met(self, found: list[Event | Broken], now: float) -> list[Event | Broken]:
        """Pass over a line that holds no result; one that cannot be read is broken."""
        del now
        judged = [_judge(one, self._form) if isinstance(one, Line) else one for one in found]
        return [one for one in judged if one is not None]


def _reader(form: WireForm) -> Pieces[Any]:
    if form.frame is None:
        return Lines(form.end, timeout=STANDS_STILL)
    return FrameReader(form.frame, timeout=STANDS_STILL)


def _judge(line: Line, form: WireForm) -> Line | Broken | None:
    try:
        text = line.data.decode(form.encoding)
    except UnicodeDecodeError as error:
        return Broken(line.offset, line.data, "encoding", str(error))
    if not text.strip() or text.startswith(form.passes):
        return None
    if not text.startswith(form.starts):
        return Broken(line.offset, line.data, "content", f"it does not begin with {form.starts}")
    if form.shape == "delimited" and text.count(form.separator) + 1 != form.columns:
        detail = f"{text.count(form.separator) + 1} fields, not {form.columns}"
        return Broken(line.offset, line.data, "length", detail)
    last = max(one.first + one.count for one in form.fields.values())
    if form.shape == "lines" and len(line.data) < last:
        return Broken(line.offset, line.data, "length", f"{len(line.data)} bytes, not {last}")
    return line


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the described wire."""
    return Host(load(settings))


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """The reading of one line or frame."""
    form = load(settings)
    data = event.raw if isinstance(event, Frame) else event.data
    said = {name: _said(data, field, form) for name, field in form.fields.items()}
    value, flags = _value(said, form)
    call, item, unit = _call(said, form), _word(said, form, "item"), _word(said, form, "unit")
    measured_at = _time(said.get("time", ""), form.fields.get("time"))
    flags += [Flag.BAD_CLOCK] if "time" in said and measured_at is None else []
    flags += [] if form.checked else [Flag.UNVERIFIABLE]
    flags += [] if item or form.item else [Flag.UNKNOWN_ITEM]
    extra = {name: text for name, text in said.items() if name not in FIELDS and text}
    extra |= {"form": form.name, "form_source": form.source, "form_rung": form.rung.value}
    extra |= {"device_serial": said["serial"]} if said.get("serial") else {}
    extra |= {"value_text": said["value"]} if value is None and said.get("value") else {}
    extra |= {"clock": said["time"]} if Flag.BAD_CLOCK in flags else {}
    reading = Reading(
        position=said.get("position") or None,
        sample=said.get("sample") or None,
        item=item or form.item,
        value=value,
        unit=unit or form.unit,
        call=call,
        flags=tuple(flags),
        measured_at=measured_at,
        record=said.get("record") or None,
        extra=MappingProxyType(extra),
    )
    return (reading,)


def _said(data: bytes, field: Field, form: WireForm) -> str:
    """What stands in a field, as text; a whole number in decimal digits."""
    if form.shape == "delimited":
        return data.decode(form.encoding).split(form.separator)[field.column - 1].strip()
    part = data[field.first : field.first + field.count]
    if field.type == "text":
        return part.decode(form.encoding, "backslashreplace").strip(" \0")
    if field.type == "bcd":
        return part.hex()
    return str(int.from_bytes(part, field.order, signed=field.type == "int"))


def _value(said: Mapping[str, str], form: WireForm) -> tuple[Decimal | None, list[Flag]]:
    if not said.get("value"):
        return None, []
    found = figure(said["value"])
    if found.value is None:
        return None, list(found.flags)
    scale = form.fields["value"].scale
    return (found.value if scale == 1 else found.value * scale), []


def _word(said: Mapping[str, str], form: WireForm, name: str) -> str:
    text = said.get(name, "")
    return form.fields[name].words.get(text, text) if name in form.fields else ""


def _call(said: Mapping[str, str], form: WireForm) -> Call | None:
    return CALLS.get(_word(said, form, "call"))


def _time(text: str, field: Field | None) -> datetime | None:
    if field is None or not text:
        return None
    try:
        found = datetime.strptime(text, field.form) if field.form else datetime.fromisoformat(text)  # noqa: DTZ007 - no zone
    except ValueError:
        return None
    return found.replace(tzinfo=None)


PROFILE = Profile(
    id="profile_file",
    title=("自定义仪器（按 TOML 描述）", "A device described in a TOML file"),
    family="described by the laboratory",
    measures=("pesticide", "veterinary", "mycotoxin", "additive", "heavy_metal", "hygiene"),
    wiring=(Serial(9600), Tcp(5000), Tcp(5000, listen=True)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "the laboratory's own description of the wire",
        ("everything until it was compared with the device's display",),
    ),
    defaults=MappingProxyType[str, object]({"form": "strip_text"}),
    simulator=simulator,
    download="read",
    samples=(
        Record("1", sample="S01", item="氯霉素", value="0.35", call="positive", measured_at="2026-01-05T09:30:00",
               fields={"unit": "ppb"}),
    ),
)  # fmt: skip
