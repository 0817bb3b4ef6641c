"""The meat-moisture meter RSY-2 (family Q): text between 01 and 04, before 04 the sum's complement in hex digits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from protocols.checks import lrc
from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Script, answer, day_of
from protocols.scan import Found, Lost, Scanner

START, STOP, MARK = 0x01, 0x04, 0x1E
READ_ALL = bytes.fromhex("01 55 61 62 04")  # literal: this one writes its check in lower case
_RECORD_2, _RECORD_3 = 19, 21
_LONGEST = 19 * 999 + 7
_ANSWER = 3.0
_TEXT = frozenset((*range(0x20, 0x7F), MARK))


@dataclass(frozen=True, slots=True)
class Records:
    """Records as the meter wrote them.

    Attributes:
        generation: 2, a list of records of 19 characters; or 3, one record of 20 after its letter.
        raws: the records.
        checked: False where the frame is taken although its check is another.
        offset: position of the frame in the stream.
    """

    generation: int
    raws: tuple[bytes, ...]
    checked: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Last:
    """The meter said that everything is sent."""


@dataclass(frozen=True, slots=True)
class Text:
    """The meter answered something else, for example its version."""

    text: bytes


Event = Records | Last | Text


def build(text: bytes) -> bytes:
    """Frame a text."""
    return bytes((START,)) + text + b"%02X" % lrc(text) + bytes((STOP,))


def download(generation: int, *, lenient: bool = False) -> Exchange[Event, Event]:
    """Host side: `day:2019-08-07` reads that day, or all where the generation knows no days; `version`; `set_clock:`.

    Args:
        generation: 2 or 3.
        lenient: records whose check is another are taken, marked.

    Raises:
        ProtocolError: there is no such generation.
    """
    if generation not in (2, 3):
        raise ProtocolError(f"generations are 2 and 3, not {generation}")
    scripts: Callable[[str], Script[Event]] = partial(_scripts, generation)
    return Exchange(Scanner(partial(_rule, lenient)), lambda event: (event,), scripts)


def _scripts(generation: int, command: str) -> Script[Event]:
    name, _, moment = command.partition(":")
    if command == "version":
        return _asked(build(b"V"), Text)
    if name == "set_clock":
        return _set(build(b"S" + _moment(moment)))
    day = day_of(command).strftime("%y%m%d").encode()
    return _asked(READ_ALL, Records) if generation == 2 else _asked(build(b"R" + day + day), Last)


def _moment(text: str) -> bytes:
    try:
        return datetime.fromisoformat(text).strftime("%y%m%d%H%M%S").encode()
    except ValueError as error:
        raise ProtocolError(f"{text!r} is not a time YYYY-MM-DDTHH:MM:SS") from error


def _asked(data: bytes, kind: type[Event]) -> Script[Event]:
    yield from answer(Ask(data, _ANSWER, 2), kind)


def _set(data: bytes) -> Script[Event]:
    yield Ask(data, _ANSWER)  # no answer to it is known


def _rule(lenient: bool, data: bytearray, offset: int) -> Found[Event] | Lost | None:
    if data[0] != START:
        return Lost()
    size = next((at for at, byte in enumerate(data[1:_LONGEST], 1) if byte not in _TEXT), None)
    if size is None:
        return None if len(data) < _LONGEST else Lost("length", f"no end within {_LONGEST} bytes", _LONGEST)
    if data[size] != STOP:
        return Lost()
    return _framed(bytes(data[1:size]), offset, lenient=lenient)


def _framed(content: bytes, offset: int, *, lenient: bool) -> Found[Event] | Lost:
    """What stands between 01 and 04; the closing letter may come without a check."""
    size = len(content) + 2
    if content == b"E":
        return Found(size, Last())
    text, check = content[:-2], content[-2:].upper()
    checked = check == b"%02X" % lrc(text)
    event = _event(text, checked, offset)
    if not checked and not (lenient and isinstance(event, Records)):
        return Lost("check", f"the check of the text is {lrc(text):02X}, it carries {check!r}", size)
    if event is None:
        return Lost("length", f"{len(text)} characters are no whole records", size)
    return Found(size, event)


def _event(text: bytes, checked: bool, offset: int) -> Event | None:
    if text == b"E":
        return Last()
    if text[:1] == b"D":
        return Records(3, (text[1:],), checked, offset) if len(text) == _RECORD_3 else None
    if not text[:3].isdigit():
        return Text(text)
    raws = tuple(text[at : at + _RECORD_2] for at in range(3, len(text), _RECORD_2))
    whole = len(raws) == int(text[:3]) and all(len(raw) == _RECORD_2 and raw[0] == MARK for raw in raws)
    return Records(2, raws, checked, offset) if whole else None
