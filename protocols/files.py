"""An exported file as bytes in a stream, so that journal and transcripts carry files like any wire."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from protocols.codec import Broken, ProtocolError
from protocols.exchange import Side
from protocols.frames import Check, Frame, FrameReader, FrameShape

LARGEST = 16 << 20
"""Bytes of the largest file that is taken; exports of readers are far smaller."""
_SHA256 = Check("sha256", lambda data: hashlib.sha256(data).digest(), 32)
_SHAPE = FrameShape(
    b"KJFS",
    _SHA256,
    b"",
    "big",
    width=4,
    length_at=4,
    plus=40,
    head=8,
    covers_from=0,
    least=42,
    most=LARGEST + 1024,
)


@dataclass(frozen=True, slots=True)
class FileShot:
    """One file as it was read: its name without folders, its bytes, and where it stood in the stream."""

    name: str
    data: bytes
    offset: int = 0


Judge = Callable[[FileShot], str]
"""Says why a file is none of the instrument's, empty where it is one."""


def encode(name: str, data: bytes) -> bytes:
    """Write a file: magic, length, length of the name, name, bytes, SHA-256 over all of it.

    Raises:
        ProtocolError: the name or the file is too long.
    """
    written = name.encode("utf-8", "surrogateescape")
    if len(written) > 900 or len(data) > LARGEST:
        raise ProtocolError(f"a file of {len(data)} bytes with a name of {len(written)} does not fit")
    return _SHAPE.build(b"", len(written).to_bytes(2, "big") + written + data)


class FileCodec(Side[Frame, FileShot]):
    """Files in a stream; one that the instrument's judge refuses is broken with the reason `content`.

    Nothing is ever written into a watched folder.

    Args:
        judge: looks at each file before it counts.
        timeout: seconds after which half a file is given up.
    """

    def __init__(self, judge: Judge = lambda _: "", timeout: float = 5.0) -> None:
        super().__init__(FrameReader(_SHAPE, timeout=timeout))
        self._judge = judge

    def ask(self, command: str) -> None:
        """Refuse: files come by themselves."""
        raise ProtocolError(f"a watched folder takes no command such as {command!r}")

    def _met(self, found: list[Frame | Broken], now: float) -> list[FileShot | Broken]:
        del now
        return [self._file(one) for one in found]

    def _file(self, found: Frame | Broken) -> FileShot | Broken:
        if isinstance(found, Broken):
            return found
        length = int.from_bytes(found.body[:2], "big")
        name, data = found.body[2 : 2 + length], found.body[2 + length :]
        if len(name) < length:
            return Broken(found.offset, found.raw, "content", "the name is longer than the file")
        shot = FileShot(name.decode("utf-8", "surrogateescape"), data, found.offset)
        why = self._judge(shot)
        return Broken(found.offset, found.raw, "content", f"{shot.name}: {why}") if why else shot
