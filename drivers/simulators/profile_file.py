"""A device that says its records by the same description of its wire that the host reads them by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from drivers.wire_form import Field, WireForm, load
from protocols.codec import Broken


class Device(Pushing):
    """Says its records at once, or each time it is asked where the form names a request."""

    def __init__(self, messages: Sequence[bytes], requests: Sequence[bytes]) -> None:
        super().__init__([] if requests else messages)
        self._all, self._requests, self._heard = list(messages), tuple(requests), b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Say everything once more when a request is whole."""
        del now
        self._heard += data
        for request in self._requests:
            if request in self._heard:
                self._heard = b""
                self._messages += self._all
        return []


def simulator(settings: Settings, records: Sequence[Record]) -> Device:
    """A device with these records; `fields` hold what else the form names."""
    form = load(settings)
    return Device([message(form, record) for record in records], list(form.ask.values()))


def message(form: WireForm, record: Record) -> bytes:
    """The bytes of one record."""
    said = {name: _text(field, _plain(record, name, field)) for name, field in form.fields.items()}
    if form.shape == "delimited":
        cells = [""] * form.columns
        cells[0] = form.starts
        for name, field in form.fields.items():
            cells[field.column - 1] = said[name]
        return form.separator.join(cells).encode(form.encoding) + form.end
    if form.shape == "lines":
        line = bytearray(form.starts.encode(form.encoding))
        _write(line, form, said, 0)
        return bytes(line) + form.end
    return _framed(form, said)


def _framed(form: WireForm, said: Mapping[str, str]) -> bytes:
    frame = form.frame
    assert frame is not None  # noqa: S101 - the other shapes have one, by the form's own check
    last = max(field.first + field.count for field in form.fields.values())
    size = frame.least - frame.tail if frame.width == 0 else max(last, frame.head)
    body = bytearray(size - frame.head)
    _write(body, form, said, frame.head)
    command = bytes(frame.head - len(frame.start) - frame.width)
    return frame.build(command, bytes(body))


def _write(into: bytearray, form: WireForm, said: Mapping[str, str], head: int) -> None:
    for name, field in form.fields.items():
        data = _bytes(field, said[name], form.encoding)
        at = field.first - head
        blank = b" " if form.frame is None else b"\0"
        into.extend(blank * (at + field.count - len(into)))
        into[at : at + field.count] = data[: field.count].ljust(field.count, blank)


def _bytes(field: Field, text: str, encoding: str) -> bytes:
    if field.type == "text":
        return text.encode(encoding)
    if field.type == "bcd":
        return bytes.fromhex(text.zfill(field.count * 2))
    return int(text or 0).to_bytes(field.count, field.order, signed=field.type == "int")


def _plain(record: Record, name: str, field: Field) -> str:
    """What the record holds for a field, before it is written in the field's own words."""
    usual: Mapping[str, Any] = {
        "position": record.position, "sample": record.sample, "item": record.item, "record": record.number,
        "call": record.call, "serial": record.fields.get("device_serial", ""),
    }  # fmt: skip
    if name == "value":
        text = record.value or record.fields.get("value_text", "")
        return (
            str((Decimal(text) / field.scale).normalize().to_integral_value()) if field.scale != 1 else text
        )
    if name == "time":
        moment = datetime.fromisoformat(record.measured_at) if record.measured_at else None
        form = field.form or "%Y-%m-%dT%H:%M:%S"
        return moment.strftime(form) if moment else record.fields.get("clock", "")
    return str(usual[name]) if name in usual else record.fields.get(name, "")


def _text(field: Field, plain: str) -> str:
    return next((said for said, word in field.words.items() if word == plain), plain)
