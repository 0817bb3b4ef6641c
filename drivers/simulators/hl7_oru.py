"""An analyser that sends a message for each sample, waits for its answer, and sends it again where none comes."""

from collections.abc import Sequence
from itertools import groupby

from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.mllp import Envelope, Mllp, build
from protocols.waits import Wait

PATIENCE = 10.0


class Sender:
    """Sends its messages one after another; an answer AA calls for the next, any other and silence for the same."""

    def __init__(self, messages: Sequence[bytes]) -> None:
        """Have these message texts to send."""
        self._messages = list(messages)
        self._answers = Mllp(lambda _: (b"", None))
        self._wait = Wait()
        self._due = True

    def ask(self, command: str) -> None:
        """An analyser asks nothing."""
        raise ProtocolError(f"an analyser takes no command such as {command}")

    def receive(self, data: bytes, now: float) -> list[Envelope | Broken]:
        """Take the host's answers."""
        found = self._answers.receive(data, now)
        for one in found:
            if isinstance(one, Envelope) and b"MSA|AA|" in one.text and self._messages:
                self._messages.pop(0)
            self._due = True
        return found

    def expire(self, now: float) -> list[Envelope | Broken]:
        """Send again where no answer has come."""
        self._due = self._due or self._wait.lapsed(now)
        return []

    def to_send(self) -> bytes:
        """Hand over the next message, or the same again."""
        if not self._due or not self._messages:
            return b""
        self._due = False
        self._wait.start(PATIENCE)
        return build(self._messages[0])

    @property
    def deadline(self) -> float | None:
        """When an answer is overdue."""
        return self._wait.deadline if self._messages else None

    @property
    def idle(self) -> bool:
        """True when everything was sent and answered."""
        return not self._messages


def simulator(settings: Settings, records: Sequence[Record]) -> Sender:
    """An analyser with these results; `fields` may hold `code`, `value_text`, `name`, `range`, `abnormal`, `clock`."""
    encoding = str(settings.get("encoding", "utf-8"))
    samples = groupby(records, key=lambda record: (record.sample, record.fields.get("control", "")))
    return Sender([text_of(list(group), settings).encode(encoding) for _, group in samples])


def text_of(records: Sequence[Record], settings: Settings) -> str:
    """The message for one sample."""
    first = records[0]
    control, device = first.fields.get("control", "1"), first.fields.get("device", "SIM")
    lines = [f"MSH|^~\\&|{device}||||{_clock(first)}||ORU^R01|{control}|P|2.3.1||||||UNICODE"]
    lines += ["PID|1", f"OBR|1||{first.sample}|^^^|||{_clock(first)}"]
    lines += [_observation(record, number, settings) for number, record in enumerate(records, 1)]
    return "".join(line + "\r" for line in lines)


def _observation(record: Record, number: int, settings: Settings) -> str:
    told, items = record.fields, settings.get("items", {})
    named = (code for code, entry in items.items() if entry["item"] == record.item)
    code = told.get("code") or next(named, record.item)
    value = record.value or told.get("value_text", "")
    kind = "NM" if record.value else "ST"
    name = f"{code}^{told['name']}" if told.get("name") else code
    unit = told.get("unit", "")
    return (
        f"OBX|{told.get('set', number)}|{kind}|{name}||{value}|{unit}|{told.get('range', '')}"
        f"|{told.get('abnormal', '')}|||{told.get('status', '')}|||{_clock(record)}"
    )


def _clock(record: Record) -> str:
    return record.fields.get("clock") or "".join(filter(str.isdigit, record.measured_at))
