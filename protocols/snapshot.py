"""A poll of a register device as bytes, so that journal and transcripts carry registers like any wire."""

from dataclasses import dataclass
from enum import IntEnum

from protocols.codec import Broken, ProtocolError
from protocols.exchange import Side
from protocols.frames import CRC16, Frame, FrameReader, FrameShape

_SHAPE = FrameShape(
    b"KJRS", CRC16, b"", "big", width=4, length_at=4, plus=10, head=8, covers_from=0, least=10, most=1 << 20
)


class Table(IntEnum):
    """The four tables of a Modbus device; bits are carried as words of 0 or 1."""

    COIL = 1
    DISCRETE = 2
    HOLDING = 3
    INPUT = 4


_TABLES = frozenset(int(table) for table in Table)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring registers: the table, the first address as on the wire, and the words."""

    table: Table
    start: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one poll read, in the order it was read."""

    blocks: tuple[Block, ...]

    def words(self, table: Table, start: int, count: int = 1) -> tuple[int, ...] | None:
        """The words at an address from the first block that holds them all, or None."""
        for block in self.blocks:
            skip = start - block.start
            if block.table == table and skip >= 0 and skip + count <= len(block.words):
                return block.words[skip : skip + count]
        return None


def encode(snapshot: Snapshot) -> bytes:
    """Write a snapshot: magic, length, blocks (table, start, count, words, all big-endian), CRC-16.

    Raises:
        ProtocolError: an address, a count or a word does not fit 16 bits, or the whole is too long.
    """
    body = bytearray()
    try:
        for block in snapshot.blocks:
            for number, width in ((block.table, 1), (block.start, 2), (len(block.words), 2)):
                body += number.to_bytes(width, "big")
            body += b"".join(word.to_bytes(2, "big") for word in block.words)
    except OverflowError as error:
        raise ProtocolError("an address, a count or a word of the snapshot does not fit 16 bits") from error
    return _SHAPE.build(b"", bytes(body))


def decode(data: bytes) -> Snapshot:
    """Read exactly one snapshot.

    Raises:
        ProtocolError: the bytes are not one whole snapshot.
    """
    codec = SnapshotCodec()
    events = [*codec.receive(data, 0.0), *codec.flush()]
    if len(events) != 1 or not isinstance(events[0], Snapshot):
        raise ProtocolError("these bytes are not one snapshot")
    return events[0]


class SnapshotCodec(Side[Frame, Snapshot]):
    """Snapshots in a stream; what is asked goes out as its name and a line feed, for the register link."""

    def __init__(self, timeout: float = 5.0) -> None:
        """Give up a half snapshot after `timeout` seconds of silence."""
        self._frames = FrameReader(_SHAPE, timeout=timeout)
        super().__init__(self._frames)

    def ask(self, command: str) -> None:
        """Have the link carry out a poll by its name."""
        self._out += command.encode() + b"\n"

    def flush(self) -> list[Snapshot | Broken]:
        """Give up the unfinished rest because the stream has ended."""
        return [_snapshot(one) for one in self._frames.flush()]

    def _met(self, found: list[Frame | Broken], now: float) -> list[Snapshot | Broken]:
        del now
        return [_snapshot(one) for one in found]


def _snapshot(found: Frame | Broken) -> Snapshot | Broken:
    if isinstance(found, Broken):
        return found
    blocks: list[Block] = []
    rest = found.body
    while rest:
        count = int.from_bytes(rest[3:5], "big")
        words, rest_after = rest[5 : 5 + 2 * count], rest[5 + 2 * count :]
        if len(rest) < 5 or len(words) < 2 * count or rest[0] not in _TABLES:
            return Broken(found.offset, found.raw, "content", "a block is cut short or of an unknown table")
        numbers = tuple(int.from_bytes(words[at : at + 2], "big") for at in range(0, len(words), 2))
        blocks.append(Block(Table(rest[0]), int.from_bytes(rest[1:3], "big"), numbers))
        rest = rest_after
    return Snapshot(tuple(blocks))
