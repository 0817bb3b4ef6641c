"""Records of named fields in text: how fields and records are told apart is the reader's to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from protocols.codec import Broken, ProtocolError
from protocols.lines import Line, Lines


@dataclass(frozen=True, slots=True)
class Fields:
    """One record: names in their order with their bytes, and where it began in the stream."""

    values: Mapping[str, bytes]
    offset: int


class NamedRecords:
    """Records in a stream; a field without a name, or a name that stands twice, breaks its whole record.

    Args:
        end: what ends a record.
        between: what stands between two fields.
        pair: what stands between a name and its text.
        limit: longest record in bytes.
        timeout: seconds after which half a record is given up.
    """

    def __init__(
        self,
        end: bytes = b"\r\n\r\n",
        between: bytes = b"\r\n",
        pair: bytes = b"=",
        *,
        limit: int = 16_384,
        timeout: float = 10.0,
    ) -> None:
        if not between or not pair:
            raise ProtocolError("fields need something between them, and between name and text")
        self._lines = Lines(end, limit=limit, timeout=timeout)
        self._end, self._between, self._pair = end, between, pair

    def ask(self, command: str) -> None:
        """Refuse: this wire only listens."""
        raise ProtocolError(f"this device sends by itself and takes no command such as {command!r}")

    def to_send(self) -> bytes:
        """Owe nothing."""
        return b""

    def receive(self, data: bytes, now: float) -> list[Fields | Broken]:
        """Take bytes and return the records that they complete."""
        return [self._record(one) for one in self._lines.receive(data, now)]

    def expire(self, now: float) -> list[Fields | Broken]:
        """Give up a record that stood still."""
        return [self._record(one) for one in self._lines.expire(now)]

    @property
    def deadline(self) -> float | None:
        """When half a record has stood still too long."""
        return self._lines.deadline

    @property
    def idle(self) -> bool:
        """True when no record is half-received."""
        return self._lines.idle

    def _record(self, line: Line | Broken) -> Fields | Broken:
        if isinstance(line, Broken):
            return line
        values: dict[str, bytes] = {}
        for part in line.data.split(self._between):
            name, pair, text = part.partition(self._pair)
            key = name.strip().decode("ascii", "backslashreplace")
            if not pair or not key or key in values:
                why = f"the field {part[:40]!r} has no name, no text, or a name that stood before"
                return Broken(line.offset, line.data + self._end, "content", why)
            values[key] = text.strip()
        return Fields(MappingProxyType(values), line.offset)
