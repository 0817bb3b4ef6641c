"""One word asks, a JSON object answers over TCP, in as many pieces as the network likes (family S)."""

import json
from dataclasses import dataclass

from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Script, answer
from protocols.scan import Found, Lost, Scanner

_ANSWER = 10.0
_STALLED = 5.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The list of an answer: each entry's names and values as text, in the order of the device."""

    rows: tuple[dict[str, str], ...]
    offset: int


class _Object:
    """Finds the end of an object by its braces outside strings; what was looked at is not looked at again."""

    def __init__(self, key: str, longest: int) -> None:
        self._key, self._longest = key, longest
        self._offset = -1
        self._at = self._depth = 0
        self._quoted = self._escaped = False

    def rule(self, data: bytearray, offset: int) -> Found[Rows] | Lost | None:
        if data[0] in b" \t\r\n":
            return Found(1, None)
        if data[0] != ord("{"):
            return Lost()
        if offset != self._offset:
            self._offset, self._at, self._depth = offset, 0, 0
            self._quoted = self._escaped = False
        while self._at < len(data):
            self._see(data[self._at])
            self._at += 1
            if self._depth == 0:
                return self._rows(bytes(data[: self._at]), offset)
        if len(data) < self._longest:
            return None
        return Lost("length", f"no end within {self._longest} bytes", self._longest)

    def _see(self, byte: int) -> None:
        if self._escaped:
            self._escaped = False
        elif byte == ord("\\"):
            self._escaped = self._quoted
        elif byte == ord('"'):
            self._quoted = not self._quoted
        elif not self._quoted:
            self._depth += (byte == ord("{")) - (byte == ord("}"))

    def _rows(self, raw: bytes, offset: int) -> Found[Rows] | Lost:
        try:
            found = json.loads(raw)[self._key]
            rows = tuple({str(name): _text(value) for name, value in row.items()} for row in found)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return Lost("content", f"no list of objects under {self._key!r}: {error!r}", len(raw))
        return Found(len(raw), Rows(rows, offset))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def puller(word: bytes, key: str, *, longest: int = 4 << 20) -> Exchange[Rows, Rows]:
    """Host side: `read` sends `word` and awaits an object with a list under `key`.

    An object that has not closed within `longest` bytes is given up.
    """

    def scripts(command: str) -> Script[Rows]:
        if command != "read":
            raise ProtocolError(f"this device knows read, not {command!r}")
        return _asked(word)

    return Exchange(Scanner(_Object(key, longest).rule, _STALLED), lambda event: (event,), scripts)


def _asked(word: bytes) -> Script[Rows]:
    yield from answer(Ask(word, _ANSWER), Rows)
