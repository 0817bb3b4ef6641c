"""Who this station is to others: the key it signs with, and the key that bundles are sealed to."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lims.errors import StorageUnfit
from lims.evidence.notes import Key, Signer
from lims.services.leaving import Sealing
from lims.storage.files import keep


@dataclass(frozen=True)
class Identity:
    """A station's two keys.

    Attributes:
        origin: its log, and the name it signs under.
        signer: its Ed25519 key, the one that signs the heads of its log.
        opening: the private half (X25519, 32 bytes) of the key that bundles to it are sealed to.
    """

    origin: str
    signer: Signer
    opening: bytes

    @property
    def key(self) -> Key:
        """The public key under the log's name."""
        return Key(self.origin, self.signer.public)

    @property
    def sealing(self) -> str:
        """The public key, in hex, that others seal bundles to."""
        private = X25519PrivateKey.from_private_bytes(self.opening)
        return private.public_key().public_bytes_raw().hex()


def fingerprint(key: Key) -> str:
    """Return what two people read to one another to know a key: its SHA-256 in six groups of four."""
    digest = hashlib.sha256(key.text().encode()).hexdigest()[:24]
    return " ".join(digest[at : at + 4] for at in range(0, 24, 4))


def identity(sealing: Sealing) -> Identity:
    """Return the station's keys; what is missing is made, and its public key put on record.

    Raises:
        RuleBroken: the key on record is another one than the key that is here.
        StorageUnfit: a key's file cannot be used.
    """
    signer = sealing.signer()
    return Identity(sealing.origin, signer, _opening(_path(sealing.folder)))


def _path(folder: Path) -> Path:
    return folder / "keys" / "bundles.x25519.pem"


def _opening(path: Path) -> bytes:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            made = X25519PrivateKey.generate()
            keep(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            path.chmod(0o600)
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise StorageUnfit("note.key_file", file=str(path), reason=str(fault)) from None
    if not isinstance(private, X25519PrivateKey):
        raise StorageUnfit("note.key_file", file=str(path), reason=type(private).__name__)
    return private.private_bytes_raw()
