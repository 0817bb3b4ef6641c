"""An analyser that opens the line by itself and sends its results as ASTM messages, one message a sample."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from drivers.profile import Record, Settings
from protocols.astm_link import AstmLink, Refused
from protocols.astm_link import Event as LinkEvent
from protocols.astm_records import build
from protocols.codec import Broken, ProtocolError

SENDINGS = 5
"""How often a message that the host did not take is sent in all; an analyser keeps its results and tries again."""


class Sender:
    """The instrument's end of the line: asks for it at once, and sends its messages one after another."""

    def __init__(self, messages: Sequence[bytes], limit: int) -> None:
        """Send `messages`, texts of whole messages, in frames of at most `limit` characters."""
        self._link = AstmLink(instrument=True, limit=limit)
        self._messages = tuple(messages)
        self._begun = False
        self._refusals: Counter[bytes] = Counter()

    def query(self, sample: str, now: float) -> None:
        """Ask the host which tests to run on a sample; its answer is an event of `receive`."""
        self._begun = True
        self._link.send(build([["H"], ["Q", "1", ["", sample], "", ["", "", "", "ALL"]], ["L", "1"]]), now)

    def receive(self, data: bytes, now: float) -> list[LinkEvent | Broken]:
        """Take the host's answers."""
        self._begin(now)
        return self._kept(self._link.receive(data, now), now)

    def expire(self, now: float) -> list[LinkEvent | Broken]:
        """Begin, and repeat or give up where the host is silent."""
        if not self._begun:
            self._begin(now)
            return []
        return self._kept(self._link.expire(now), now)

    def to_send(self) -> bytes:
        """Hand over enquiries and frames, once."""
        return self._link.to_send()

    @property
    def deadline(self) -> float | None:
        """At once before the first enquiry, then the link's own."""
        return self._link.deadline if self._begun else 0.0

    @property
    def idle(self) -> bool:
        """True when everything was sent."""
        return self._begun and self._link.idle

    def ask(self, command: str) -> None:
        """This device sends by itself."""
        raise ProtocolError(f"an analyser takes no command such as {command}")

    def _kept(self, events: Sequence[LinkEvent | Broken], now: float) -> list[LinkEvent | Broken]:
        for event in events:
            if isinstance(event, Refused):
                self._refusals[event.text] += 1
                if self._refusals[event.text] < SENDINGS:
                    self._link.send(event.text, now)
        return [*events]

    def _begin(self, now: float) -> None:
        if not self._begun:
            self._begun = True
            for message in self._messages:
                self._link.send(message, now)


def simulator(settings: Settings, records: Sequence[Record]) -> Sender:
    """An analyser that has these results; `fields` may hold `code`, `value_text`, `abnormal`, `range`, `clock`."""
    encoding = str(settings.get("encoding", "utf-8"))
    samples = groupby(records, key=lambda record: record.sample)
    messages = [build(rows(settings, list(group)), encoding) for _, group in samples]
    return Sender(messages, int(settings.get("limit", 64_000)))


def rows(settings: Settings, records: Sequence[Record]) -> list[list[Any]]:
    """The records of one message: header, patient, order, one result for each record, last."""
    order: list[Any] = ["O", "1", "", "", "", "R"]
    _put({"O": order}, settings.get("sample", "O.3.1"), records[0].sample)
    made: list[list[Any]] = [["H", "", "", "", ["kuaijian simulator"]], ["P", "1"], order]
    for number, record in enumerate(records, 1):
        result = _result(settings, record, number)
        _put({"O": order, "R": result}, settings.get("position", ""), record.position)
        made.append(result)
    return [*made, ["L", "1", "N"]]


def _result(settings: Settings, record: Record, number: int) -> list[Any]:
    items: dict[str, dict[str, str]] = dict(settings.get("items", {}))
    named = (code for code, entry in items.items() if entry["item"] == record.item)
    code = record.fields.get("code") or next(named, record.item)
    row: list[Any] = ["R", str(number), "", record.value or record.fields.get("value_text", "")]
    row += [items.get(code, {}).get("unit") or record.fields.get("unit", ""), record.fields.get("range", "")]
    row += [record.fields.get("abnormal", ""), "", record.fields.get("status", ""), "", "", ""]
    row += ["".join(filter(str.isdigit, record.measured_at)) or record.fields.get("clock", "")]
    _put({"R": row}, settings.get("code", "R.3.4"), code)
    return row


def _put(records: dict[str, list[Any]], path: object, text: str) -> None:
    """Write a text at `LETTER.FIELD.COMPONENT`."""
    letter, field, component = (*str(path).split("."), "1", "1")[:3] if path else ("", "1", "1")
    if letter not in records or not text:
        return
    row, place = records[letter], int(field) - 1
    row += [""] * (place + 1 - len(row))
    parts = list(row[place]) if isinstance(row[place], list) else [row[place]]
    parts += [""] * (int(component) - len(parts))
    parts[int(component) - 1] = text
    row[place] = parts
