"""ASTM E1394 orders: an analyser asks what to do with a sample, or is given its worklist before it asks."""

import json
from collections.abc import Iterator, Mapping, Sequence

from protocols.astm_link import AstmLink, Delivered, Event, Message, Refused
from protocols.astm_records import Kind, Record, build, parse
from protocols.codec import Broken, ProtocolError

__all__ = ["AstmHost", "Delivered", "Event", "Message", "Orders", "Refused"]

WORKLIST, SEND = "worklist", "send_worklist"
ALL = "ALL"

Orders = Mapping[str, Sequence[str]]
"""Sample to the codes of the tests that wait for it."""


class AstmHost:
    """The host's end of an ASTM line that also answers queries (Q) with pending orders, and with nothing else.

    `worklist {"S-1": ["CAP"]}` says which orders are pending from now on; `send_worklist` sends them unasked. A query
    for a sample without one is answered by a message whose last record says so (`L|1|I`, no information).

    Args:
        link: the line.
        encoding: of the records' text.
    """

    def __init__(self, link: AstmLink, encoding: str = "utf-8") -> None:
        self._link, self._encoding = link, encoding
        self._orders: Orders = {}
        self._waiting: list[bytes] = []

    def ask(self, command: str) -> None:
        """Take a worklist, or send it.

        Raises:
            ProtocolError: the command is neither, or its worklist is none.
        """
        name, _, text = command.partition(" ")
        if name == WORKLIST:
            self._orders = _orders(text)
        elif command == SEND:
            self._waiting += [self._message([(sample, codes)]) for sample, codes in self._orders.items()]
        else:
            raise ProtocolError(f"an ASTM line takes {WORKLIST} and {SEND}, not {command!r}")

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return what they complete; the answer to a query goes out when the line is free."""
        events = self._link.receive(data, now)
        for event in events:
            if isinstance(event, Message):
                for answer in self._answers(event):
                    self._link.send(answer, now)
        return events

    def expire(self, now: float) -> list[Event | Broken]:
        """Act on silence, and send what waits."""
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._link.send(message, now)
        return self._link.expire(now)

    def to_send(self) -> bytes:
        """Hand over acknowledgements, enquiries and frames, once."""
        return self._link.to_send()

    @property
    def deadline(self) -> float | None:
        """At once where a message waits, else the link's own."""
        return 0.0 if self._waiting else self._link.deadline

    @property
    def idle(self) -> bool:
        """True when the line is neutral and nothing waits to be sent."""
        return self._link.idle and not self._waiting

    def _answers(self, message: Message) -> Iterator[bytes]:
        queries = [one for one in parse(message.text, self._encoding).records if one.kind is Kind.QUERY]
        for query in queries:
            asked = list(self._asked(query))
            known = [(sample, self._orders[sample]) for sample in asked if sample in self._orders]
            yield self._message(known)

    def _asked(self, query: Record) -> Iterator[str]:
        """The samples of a query's range; `ALL` stands for every pending one."""
        for repeat in range(1, len(query.repeats(3)) + 1):
            parts = [part for part in query.components(3, repeat) if part]
            sample = parts[-1] if parts else ALL
            yield from self._orders if sample == ALL else (sample,)

    def _message(self, orders: Sequence[tuple[str, Sequence[str]]]) -> bytes:
        rows: list[list[str | list[str]]] = [["H", "", "", "", "Kuaijian"]]
        for number, (sample, codes) in enumerate(orders, 1):
            rows.append(["P", str(number)])
            rows += [
                ["O", str(place), sample, "", ["", "", "", code], "R"] for place, code in enumerate(codes, 1)
            ]
        return build([*rows, ["L", "1", "N" if orders else "I"]], self._encoding)


def _orders(text: str) -> Orders:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"the worklist is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(_codes(codes) for codes in found.values()):
        raise ProtocolError("a worklist is an object of samples, each with a list of test codes")
    return found


def _codes(codes: object) -> bool:
    return isinstance(codes, list) and bool(codes) and all(isinstance(one, str) and one for one in codes)
