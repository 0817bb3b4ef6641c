"""The ATP meter DY-6100 on its serial line (family N): one letter asks, records of 19 bytes follow a count.

Nothing frames a record; the count says how many come, and each must hold a possible time of day and date.
"""

from dataclasses import dataclass
from enum import Enum

from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer
from protocols.scan import Found, Lost, Scanner

RECORD = 19
COUNT, SERIAL, READ, DELETE, END = b"N", b"G", b"R", b"D", b"EE"
_SAID_COUNT, _SAID_SERIAL = b"n"[0], b"g"[0]
_ANSWER = 2.0


class What(Enum):
    """What a number is."""

    COUNT = "count"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the meter was asked for: its count of records or its serial number."""

    what: What
    value: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        raw: its 19 bytes.
        serial: the meter's serial number where it was said before.
        offset: position in the stream.
    """

    raw: bytes
    serial: int | None
    offset: int


Event = Number | Record


class _Stream:
    """What is due: the records of a count, or answers to letters."""

    def __init__(self) -> None:
        self.due = 0
        self._serial: int | None = None

    def rule(self, data: bytearray, offset: int) -> Found[Event] | Lost | None:
        if self.due == 0 and data[0] in (_SAID_COUNT, _SAID_SERIAL):
            return self._number(data)
        if len(data) < RECORD:
            return None
        if not plausible(data):
            return (
                Lost("content", "no possible time stands where a record has one", RECORD)
                if self.due
                else Lost()
            )
        self.due = max(self.due - 1, 0)
        return Found(RECORD, Record(bytes(data[:RECORD]), self._serial, offset))

    def _number(self, data: bytearray) -> Found[Event] | None:
        if len(data) < 3:
            return None
        value = int.from_bytes(data[1:3], "little")
        if data[0] == _SAID_COUNT:
            self.due = value
            return Found(3, Number(What.COUNT, value))
        self._serial = value
        return Found(3, Number(What.SERIAL, value))


def plausible(data: bytearray | bytes) -> bool:
    """Tell whether second, minute, hour, day, month and year stand at their places of a record."""
    second, minute, hour, _weekday, day, month, year = data[11:18]
    return second < 60 and minute < 60 and hour < 24 and 1 <= day <= 31 and 1 <= month <= 12 and year < 100


def download() -> Exchange[Event, Event]:
    """Host side: `read` fetches all records, twice, for nothing here can be checked; `delete` empties the meter."""
    stream = _Stream()

    def scripts(command: str) -> Script[Event]:
        if command == "read":
            stream.due = 0
            return _read()
        if command == "delete":
            return _delete()
        raise ProtocolError(f"this meter knows read and delete, not {command!r}")

    return Exchange(Scanner(stream.rule), lambda event: (event,), scripts)


def _read() -> Script[Event]:
    if (yield from answer(Ask(SERIAL, _ANSWER, 2), Number)) is None:
        return
    for _pass in range(2):
        count = yield from answer(Ask(COUNT, _ANSWER, 2), Number)
        if count is None:
            return
        came = 0
        event = (yield Ask(READ, _ANSWER)) if count.value else None
        while event is not None:
            came += isinstance(event, Record)
            event = (yield Ask(b"", _ANSWER)) if came < count.value else None
        if came < count.value:
            yield Fault("missing", f"{came} of {count.value} records came")
            return
    yield Ask(END, 0.1)


def _delete() -> Script[Event]:
    yield Ask(DELETE, _ANSWER)  # no answer to it is known
