"""A little of DER (X.690): enough to ask for a time stamp and to read one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lims.errors import Invalid

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET, TIME = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31, 0x18


@dataclass(frozen=True, slots=True)
class Item:
    """One value: its tag, what it holds, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def items(self) -> list["Item"]:
        """Return the values inside."""
        return list(_items(self.content))

    def number(self) -> int:
        """Return an INTEGER's value."""
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """Return an OBJECT IDENTIFIER as people write it."""
        parts, value = [min(self.content[0] // 40, 2)], 0
        parts.append(self.content[0] - 40 * parts[0])
        for byte in self.content[1:]:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                parts.append(value)
                value = 0
        return ".".join(str(part) for part in parts)

    def time(self) -> datetime:
        """Return a GeneralizedTime, which must be in UTC; a fraction of a second is kept."""
        text = self.content.decode("ascii")
        form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
        return datetime.strptime(text, form).replace(tzinfo=UTC)


def _items(data: bytes) -> Iterator[Item]:
    at = 0
    while at < len(data):
        item = _read(data, at)
        yield item
        at += len(item.whole)


def _read(data: bytes, at: int) -> Item:
    try:
        tag, length, start = data[at], data[at + 1], at + 2
        if length == 0x80 or length > 0x84 or tag & 0x1F == 0x1F:
            raise Invalid("der.form")
        if length > 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(data[start : start + size], "big"), start + size
    except IndexError:
        raise Invalid("der.form") from None
    if start + length > len(data):
        raise Invalid("der.form")
    return Item(tag, data[start : start + length], data[at : start + length])


def read(data: bytes) -> Item:
    """Return the one value that `data` is.

    Raises:
        Invalid: it is none, or something follows it.
    """
    found = list(_items(data))
    if len(found) != 1:
        raise Invalid("der.form")
    return found[0]


def write(tag: int, content: bytes) -> bytes:
    """Return a value's bytes."""
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def integer(value: int) -> bytes:
    """Return an INTEGER that is not negative."""
    return write(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))
