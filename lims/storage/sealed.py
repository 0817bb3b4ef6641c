"""A sealed stream: AES-256-GCM in chunks that can be neither changed, nor swapped, nor cut short unseen.

Each chunk's nonce holds its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015), and each is bound to the file's header.
"""

import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lims.errors import Invalid, Tampered

MAGIC = b"KUAIJIAN-SAFE-1\n"
CHUNK = 1 << 20
_TAG = 16
_HEADER = 1 << 16


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class Sealer(io.RawIOBase):
    """Writes what it is given, sealed, to a file; `finish` writes the last chunk, without which nothing opens.

    Args:
        file: where the sealed bytes go.
        key: 32 bytes that seal this one stream alone.
        header: plain values that a reader needs before it has the key; they are bound to every chunk.
    """

    def __init__(self, file: BinaryIO, key: bytes, header: Mapping[str, Any]) -> None:
        super().__init__()
        self._file, self._cipher = file, AESGCM(key)
        self._prefix = secrets.token_bytes(7)
        text = json.dumps({**header, "nonce": self._prefix.hex()}, sort_keys=True).encode()
        head = MAGIC + len(text).to_bytes(4, "big") + text
        self._bound = hashlib.sha256(head).digest()
        self._number, self._held = 0, bytearray()
        file.write(head)

    def writable(self) -> bool:
        """Say that this is written to."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - the standard library's own signature
        """Take bytes; full chunks go out sealed."""
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal the rest as the last chunk."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(
            self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), plain, self._bound)
        )
        self._number += 1


def read_header(file: BinaryIO, name: str) -> tuple[dict[str, Any], bytes]:
    """Return the header's values and what binds them to the chunks; the file stands at the first chunk then.

    Raises:
        Invalid: this is no sealed file of ours.
    """
    head = file.read(len(MAGIC) + 4)
    size = int.from_bytes(head[len(MAGIC) :], "big")
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 4 or size > _HEADER:
        raise Invalid("backup.foreign", file=name)
    text = file.read(size)
    try:
        header = json.loads(text)
    except ValueError:
        raise Invalid("backup.foreign", file=name) from None
    if not isinstance(header, dict):
        raise Invalid("backup.foreign", file=name)
    return header, hashlib.sha256(head + text).digest()


class Opener(io.RawIOBase):
    """Reads a sealed file whose header was read; every byte it gives was sealed with this key, in this order.

    Raises, while it is read:
        Tampered: a chunk is not what was sealed, or the last one is missing.
    """

    def __init__(
        self, file: BinaryIO, key: bytes, header: Mapping[str, Any], bound: bytes, name: str
    ) -> None:
        super().__init__()
        self._file, self._cipher, self._bound, self._name = file, AESGCM(key), bound, name
        self._prefix = bytes.fromhex(str(header.get("nonce", "")))
        self._number, self._plain, self._ended = 0, b"", False
        self._ahead = file.read(CHUNK + _TAG)

    def readable(self) -> bool:
        """Say that this is read from."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - the standard library's own signature
        """Fill a buffer with opened bytes; 0 at the end."""
        if not self._plain and not self._ended:
            self._next()
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _next(self) -> None:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + _TAG)
        self._ended = not self._ahead
        try:
            nonce = _nonce(self._prefix, self._number, last=self._ended)
            self._plain = self._cipher.decrypt(nonce, sealed, self._bound)
        except (InvalidTag, ValueError):
            raise Tampered("backup.damaged", file=self._name, chunk=self._number) from None
        self._number += 1
