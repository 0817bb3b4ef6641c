"""The `6A` wire of bottle colorimeters and a moisture meter (family M): records without length or check.

Everything ends in `6A` and eight times `99`. A record could hold 99 as well, but not in all places of its date.
"""

from dataclasses import dataclass
from functools import partial

from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer
from protocols.scan import Found, Lost, Scanner

START = 0x6A
HELLO, READ, ERASE = (bytes.fromhex(text) for text in ("6A 5A A5 69", "6A 5B A4 69", "6A 5D A2 69"))
END = b"\x6a" + b"\x99" * 8
_ANSWER = 3.0
_NEXT = 2.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A model's record: its size, and where its BCD date begins and how many bytes of date and time it has."""

    size: int
    clock_at: int
    clock_size: int


BOTTLE = Layout(13, 7, 6)
MOISTURE = Layout(9, 4, 3)


@dataclass(frozen=True, slots=True)
class Here:
    """The device answered the greeting."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came, and its position in the stream."""

    raw: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The device said that everything is sent."""


Event = Here | Record | Finished


def download(layout: Layout) -> Exchange[Event, Event]:
    """Host side: `read` fetches all records, twice, for nothing here can be checked; `erase` empties the device."""
    rule = partial(_rule, layout)
    return Exchange(Scanner(rule, _NEXT), lambda event: (event,), _scripts)


def _scripts(command: str) -> Script[Event]:
    if command == "read":
        return _read()
    if command == "erase":
        return _erase()
    raise ProtocolError(f"this device knows read and erase, not {command!r}")


def _read() -> Script[Event]:
    for _pass in range(2):
        if (yield from answer(Ask(HELLO, _ANSWER, 2), Here)) is None:
            return
        if (yield from answer(Ask(READ, _ANSWER), Finished)) is None:
            yield Fault("missing", "the closing word did not come")
            return


def _erase() -> Script[Event]:
    yield Ask(ERASE, _NEXT)  # no answer to it is known


def _rule(layout: Layout, data: bytearray, offset: int) -> Found[Event] | Lost | None:
    if data[0] != START:
        return Lost()
    greeting = HELLO + END
    for whole, event in ((END, Finished()), (greeting, Here())):
        if data.startswith(whole):
            return Found(len(whole), event)
    if greeting.startswith(bytes(data[: len(greeting)])) or END.startswith(bytes(data[: len(END)])):
        return None
    if len(data) < layout.size:
        return None
    raw = bytes(data[: layout.size])
    digits = raw[layout.clock_at : layout.clock_at + layout.clock_size].hex()
    if not digits.isdecimal():
        return Lost("content", f"{digits} is no date in decimal digits", layout.size)
    return Found(layout.size, Record(raw, offset))
