"""The automatic fluorescence immunoassay analyser (family W): lines of text with a CRC, two answers to each request.

The host says `code [arguments] CRC`; the analyser acknowledges at once (type 1) and sends the result later (type 2),
which the host acknowledges in turn. CRC-16/MODBUS stands in hex, low byte first. What is not acknowledged comes again.
"""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from protocols.checks import crc16_modbus
from protocols.codec import Broken, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script
from protocols.lines import Line, Lines

CODES: Mapping[str, int] = MappingProxyType(
    {
        "selftest": 1,
        "state": 2,
        "card": 11,
        "test": 13,
        "temperature": 14,
        "version": 21,
    }
)
ENCODING = "gb18030"
_ACK_SECONDS, _RESULT_SECONDS, _LINGER = 3.0, 600.0, 1.0
_TRIES = 3
_ARGUMENTS = re.compile(r"[0-9]{1,5}(?: [0-9]{1,5})*")
_FRAME = re.compile(rb"(\{.*\})([0-9A-Fa-f]{4})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ack:
    """The analyser heard a request; `accepted` is False where it refuses, with its own `error` number."""

    code: int
    accepted: bool
    error: str


@dataclass(frozen=True, slots=True)
class Result:
    """The analyser's answer to a request.

    Attributes:
        code: of the request.
        data: what it says, as JSON has it.
        card: the text of the card that was pushed in before, or None where none was heard of.
        raw: the line without its end.
        offset: where it stands in the stream.
        repeat: True when the same line came right before, because our acknowledgement was lost.
    """

    code: int
    data: Mapping[str, Any]
    card: str | None
    raw: bytes
    offset: int
    repeat: bool = False


Event = Ack | Result


def crc_text(data: bytes) -> bytes:
    """The check as it stands on the wire: four hex digits, low byte first."""
    return crc16_modbus(data).to_bytes(2, "little").hex().upper().encode("ascii")


def request(code: int, arguments: str = "") -> bytes:
    """A host's line: the code, its arguments, the check."""
    text = f"{code} {arguments}".strip().encode("ascii")
    return text + b" " + crc_text(text) + b"\n"


def reply(body: Mapping[str, Any]) -> bytes:
    """An analyser's line."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(ENCODING)
    return text + crc_text(text) + b"\n"


def analyser() -> Exchange[Line, Event]:
    """Host side: `version` `state` `selftest` `temperature` `card` `test`, with arguments after a colon, and `measure`.

    `card` pushes a card in and reads its code, `test` reads its lines, `measure` does both.
    """
    return Exchange(Lines(b"\n", limit=65536, timeout=2.0), _Reading().events, _script)


class _Reading:
    """What must be known of earlier lines to read the next one: the card that is in, and the last result."""

    def __init__(self) -> None:
        self._card: str | None = None
        self._last = b""

    def events(self, line: Line) -> Sequence[Event | Broken]:
        raw = line.data.rstrip(b"\r")
        found = _FRAME.fullmatch(raw)
        if found is None:
            return [Broken(line.offset, line.data + b"\n", "content", "no JSON with a check behind it")]
        wanted = crc_text(found[1])
        if found[2].upper() != wanted:
            detail = f"the check is {wanted.decode()}, the line carries {found[2].decode()}"
            return [Broken(line.offset, line.data + b"\n", "check", detail)]
        try:
            body = json.loads(found[1].decode(ENCODING))
            return [self._event(body, raw, line.offset)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return [Broken(line.offset, line.data + b"\n", "content", f"not as this wire has it: {error!r}")]

    def _event(self, body: Mapping[str, Any], raw: bytes, offset: int) -> Event:
        code = int(body["Code"])
        if str(body["Type"]) == "1":
            self._last = b""
            error = str(body.get("Error", ""))
            return Ack(code, str(body["State"]) == "1" and error in {"", "0"}, error)
        data = body["Data"] if isinstance(body.get("Data"), dict) else {"Data": body.get("Data")}
        if code == CODES["card"]:
            self._card = str(data["QrCode"]) if data.get("QrCode") else None
        repeat, self._last = raw == self._last, raw
        return Result(code, MappingProxyType(data), self._card, raw, offset, repeat)


def _script(command: str) -> Script[Event]:
    """Begin a request.

    Raises:
        ProtocolError: it is unknown, or its arguments are no numbers.
    """
    if command == "measure":
        return _measuring()
    name, _, arguments = command.partition(":")
    if name not in CODES:
        raise ProtocolError(f"this analyser knows measure, {', '.join(CODES)}, not {command!r}")
    if arguments and not _ARGUMENTS.fullmatch(arguments):
        raise ProtocolError(f"arguments are numbers with blanks between them, not {arguments!r}")
    return _only(CODES[name], arguments)


def _only(code: int, arguments: str) -> Script[Event]:
    yield from _asking(code, arguments)


def _measuring() -> Script[Event]:
    """Push a card in; where one came, read its lines."""
    pushed = yield from _asking(CODES["card"], "")
    if pushed is not None and str(pushed.data.get("Success", "1")) not in {"0", "False"}:
        yield from _asking(CODES["test"], "")
    elif pushed is not None:
        yield Fault("missing", "no card came")


def _asking(code: int, arguments: str) -> Generator[Ask | Fault, Event | None, Result | None]:
    """Ask until it is heard, wait for the result, acknowledge it, and again where it comes again."""
    event = yield Ask(request(code, arguments), _ACK_SECONDS, tries=_TRIES)
    while event is not None and event.code != code:
        event = yield Ask(b"", _ACK_SECONDS)
    if isinstance(event, Ack) and not event.accepted:
        yield Fault("content", f"the analyser refuses {code} with its error {event.error or '?'}")
        return None
    while event is not None and not (isinstance(event, Result) and event.code == code):
        event = yield Ask(b"", _RESULT_SECONDS)
    if event is None:
        yield Fault("timeout", f"no answer to {code}")
        return None
    result = event
    while event is not None:
        event = yield Ask(request(0, str(code)) if isinstance(event, Result) else b"", _LINGER)
    return result
