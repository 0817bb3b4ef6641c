"""Signed notes in the C2SP form: a text, a blank line, one line for each signature; and who may sign them."""

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lims.errors import Invalid, StorageUnfit

PLAIN, COSIGNATURE = 1, 4
"""Kinds of key in the C2SP forms: Ed25519 over the text, and a witness's timed Ed25519 (`cosignature/v1`)."""

_DASH = "\u2014 "


class Signer(Protocol):
    """A key that signs checkpoints: a file of ours, or certified hardware behind the same three names."""

    @property
    def key_id(self) -> bytes:
        """The four bytes by which C2SP tells keys of one name apart."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature over `data`."""


def key_id(name: str, public: bytes, kind: int = PLAIN) -> bytes:
    """Return a key's id: the first four bytes of SHA-256(name, newline, kind, public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with the name it signs under.

    Attributes:
        name: without blanks and plus signs; a log's key has the log's origin.
        public: 32 bytes.
        kind: `PLAIN` or `COSIGNATURE`.
    """

    name: str
    public: bytes
    kind: int = PLAIN

    def text(self) -> str:
        """Return the key as C2SP writes it: name, id and key, with plus signs between."""
        coded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{key_id(self.name, self.public, self.kind).hex()}+{coded}"

    def as_witness(self) -> "Key":
        """Return the same key for co-signatures."""
        return Key(self.name, self.public, COSIGNATURE)


def parse_key(text: str) -> Key:
    """Read what `Key.text` wrote.

    Raises:
        Invalid: this is no key of these kinds, or its id is not that of the key.
    """
    try:
        name, id_, coded = text.strip().split("+", 2)
        raw = base64.b64decode(coded, validate=True)
    except ValueError:
        raise Invalid("note.key") from None
    key = Key(name, raw[1:], raw[0]) if len(raw) == 33 else None
    if key is None or key.kind not in {PLAIN, COSIGNATURE} or not _named(name) or key.text() != text.strip():
        raise Invalid("note.key")
    if id_ != key_id(name, key.public, key.kind).hex():
        raise Invalid("note.key")
    return key


def _named(name: str) -> bool:
    return bool(name) and "+" not in name and not re.search(r"\s", name)


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines as (name, bytes that begin with the key's id)."""

    body: str
    signatures: tuple[tuple[str, bytes], ...]

    def text(self) -> str:
        """Return the note as it is kept and printed."""
        lines = (f"{_DASH}{name} {base64.b64encode(value).decode()}\n" for name, value in self.signatures)
        return f"{self.body}\n{''.join(lines)}"

    def signed_by(self, key: Key) -> bool:
        """Tell whether one of the signatures was made with this key, and none in its name is false."""
        wanted = key_id(key.name, key.public, key.kind)
        own = [value[4:] for name, value in self.signatures if name == key.name and value[:4] == wanted]
        return bool(own) and all(_holds(key, self.body, value) for value in own)

    def with_signatures(self, *more: tuple[str, bytes]) -> "Note":
        """Return the note with further signatures, none twice."""
        return Note(self.body, tuple(dict.fromkeys((*self.signatures, *more))))


def _holds(key: Key, body: str, value: bytes) -> bool:
    message = body.encode()
    if key.kind == COSIGNATURE:
        if len(value) != 72:
            return False
        message, value = _timed(body, int.from_bytes(value[:8], "big")), value[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _timed(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def sign(body: str, name: str, signer: Signer) -> Note:
    """Return a note over `body` with one signature under `name`.

    Raises:
        Invalid: the text does not end in a newline, or the name cannot stand in a note.
    """
    if not body.endswith("\n") or not _named(name):
        raise Invalid("note.form")
    return Note(body, ((name, key_id(name, signer.public) + signer.sign(body.encode())),))


def cosign(note: Note, name: str, signer: Signer, seconds: int) -> Note:
    """Return a note with a witness's signature beside the others (C2SP `cosignature/v1`).

    Args:
        note: what is co-signed.
        name: of the witness.
        signer: of the witness.
        seconds: when it was seen, since 1970 UTC.
    """
    value = seconds.to_bytes(8, "big") + signer.sign(_timed(note.body, seconds))
    return note.with_signatures((name, key_id(name, signer.public, COSIGNATURE) + value))


def parse(text: str) -> Note:
    """Read a note; nothing in it is believed before its signatures are checked.

    Raises:
        Invalid: the text is no note with at least one signature.
    """
    body, blank, tail = text.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines.pop() != "" or not 1 <= len(lines) <= 64 or len(text) > 1 << 20:
        raise Invalid("note.form")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> tuple[str, bytes]:
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    try:
        value = base64.b64decode(coded, validate=True)
    except ValueError:
        raise Invalid("note.form") from None
    if base64.b64encode(value).decode() != coded:  # the last character may have a second spelling
        raise Invalid("note.form")
    if not line.startswith(_DASH) or not _named(name) or len(value) < 5:
        raise Invalid("note.form")
    return name, value


@dataclass(frozen=True)
class FileSigner:
    """A station's key in a file that its owner alone may read; whoever reads that file can sign as the station."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key_id(self) -> bytes:
        """The id under this station's name."""
        return key_id(self.name, self.public)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032) over `data`."""
        return self.private.sign(data)


def _path(folder: Path, name: str) -> Path:
    return folder / (re.sub(r"[^A-Za-z0-9_-]", "-", name) + ".pem")


def put_aside(folder: Path, name: str) -> None:
    """Put a key's file under the name of its id, so that the next use makes a new key; nothing is thrown away.

    Raises:
        StorageUnfit: the file cannot be read or renamed.
    """
    signer = file_signer(folder, name)
    path = _path(folder, name)
    try:
        path.replace(path.with_suffix(f".{signer.key_id.hex()}.former"))
    except OSError as fault:
        raise StorageUnfit("note.key_file", file=str(path), reason=str(fault)) from None


def file_signer(folder: Path, name: str) -> FileSigner:
    """Return the key that lies in `folder` for a log's name; it is made when there is none.

    Raises:
        StorageUnfit: the file cannot be read or written, or holds something else.
    """
    path = _path(folder, name)
    try:
        if not path.exists():
            _create(path)
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise StorageUnfit("note.key_file", file=str(path), reason=str(fault)) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise StorageUnfit("note.key_file", file=str(path), reason=type(private).__name__)
    return FileSigner(name, private)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_suffix(f".{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path) if hasattr(os, "link") else draft.replace(path)
    except FileExistsError:
        pass  # another program of this station made it at the same moment: that one holds
    finally:
        draft.unlink(missing_ok=True)
