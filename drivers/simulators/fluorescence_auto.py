"""A fluorescence analyser with a magazine of cards: it acknowledges, works, answers, and waits to be heard."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.fluorescence import CODES, crc_text, reply
from protocols.lines import Line, Lines
from protocols.waits import Wait, earliest

_REQUEST = re.compile(rb"([0-9]{1,2})((?: [0-9]{1,5})*) ([0-9A-F]{4})")
_REPEATS = 3
_REPEAT_AFTER = 1.0


class Analyser:
    """The device's side; each test takes the next of `tests`, each push the next of `cards`."""

    def __init__(self, tests: Sequence[Mapping[str, Any]], cards: Sequence[str], work: float) -> None:
        """Work `work` seconds for an answer."""
        self._tests, self._cards, self._work = list(tests), list(cards), work
        self._lines = Lines(b"\n", timeout=1.0)
        self._answers: list[bytes] = []
        self._due, self._again = Wait(), Wait()
        self._unheard, self._repeats = b"", 0
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take request lines; one with a wrong check is not answered, as the analyser does."""
        for line in self._lines.receive(data, now):
            found = _REQUEST.fullmatch(line.data) if isinstance(line, Line) else None
            if found and crc_text(found[1] + found[2]) == found[3]:
                self._heard(int(found[1]), found[2].split(), now)
        return []

    def expire(self, now: float) -> list[Broken]:
        """Answer when it has worked; say again what nobody acknowledged."""
        self._lines.expire(now)
        if self._due.lapsed(now):
            self._due.stop()
            self._unheard, self._repeats = self._answers.pop(0), _REPEATS
            self._say(now)
        elif self._again.lapsed(now):
            self._say(now)
        return []

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When it has worked, or says again what nobody acknowledged."""
        return earliest(self._lines.deadline, self._due.deadline, self._again.deadline)

    @property
    def idle(self) -> bool:
        """True when no request is half received."""
        return self._lines.idle

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this analyser cannot ask {command}")

    def _say(self, now: float) -> None:
        self._out += self._unheard
        self._repeats -= 1
        if self._repeats > 0:
            self._again.start(_REPEAT_AFTER, now)
        else:
            self._again.stop()

    def _heard(self, code: int, arguments: Sequence[bytes], now: float) -> None:
        if code == 0:
            self._again.stop()
            return
        known = code in CODES.values() and not self._answers and not arguments
        self._out += reply({"Code": str(code), "Type": "1", "State": "1" if known else "2",
                            "Error": "0" if known else "3"})  # fmt: skip
        if known:
            data = self._data(code)
            self._answers.append(
                reply({"Code": str(code), "Type": "2", "State": "1", "Error": "0", "Data": data})
            )
            self._due.start(self._work, now)

    def _data(self, code: int) -> Mapping[str, Any]:
        if code == CODES["card"]:
            card = self._cards.pop(0) if self._cards else ""
            return {"Success": "1" if card else "0", "QrCode": card}
        if code == CODES["test"] and self._tests:
            return self._tests.pop(0) if len(self._tests) > 1 else self._tests[0]
        return {"Version": "1.0"} if code == CODES["version"] else {"Value": "370"}


def simulator(settings: Settings, records: Sequence[Record]) -> Analyser:
    """An analyser that will read these records' lines; `fields` hold `t` `c` `t2` `c2` `samples` and the raw fields."""
    tests: dict[str, dict[str, Any]] = {}
    for record in records:
        tests.setdefault(record.fields.get("test", "") or record.position, {}).update(_test(record))
    cards = [record.fields["card"] for record in records if "card" in record.fields]
    return Analyser(list(tests.values()), cards, float(settings.get("work", 0.05)))


def _test(record: Record) -> dict[str, Any]:
    fields = record.fields
    second = fields.get("line") == "2"
    data: dict[str, Any] = {"T2" if second else "T": fields["t"], "C2" if second else "C": fields["c"]}
    if "samples" in fields:
        data["Point"] = [int(one) for one in fields["samples"].split()]
    names = {"card_type": "CardType", "test_type": "TestType"}
    data |= {name: fields[own] for own, name in names.items() if own in fields}
    return data | {"Location": record.position}
