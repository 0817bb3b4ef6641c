"""Keys in files: wrapped by a passphrase (argon2id) and by the laboratory's recovery key, which lives in shares.

A backup is sealed to the recovery key's public half, so it can be made by night with no secret at hand; opening one
takes the passphrase, or two of the three shares. What fetches the passphrase is handed in as a `PassphraseSource`:
the environment, or the keyring of the person's account (`lims.storage.keyrings`).
"""

import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lims.errors import Invalid, NotAllowed, StorageUnfit
from lims.storage import shares
from lims.storage.files import keep

Box = Mapping[str, Any]
"""A wrapped secret as it stands in a file: hexadecimal texts and the costs of its passphrase."""

LEAST = 12
"""Characters of a passphrase."""

RECOVERY = "recovery.key"
DATABASE = "database.key"
_ONCE = bytes(12)  # the nonce of a key that seals one thing only
_MOST_MEMORY = 1 << 20  # KiB that a file may ask for, so that a changed one cannot exhaust the computer


@dataclass(frozen=True, slots=True)
class Cost:
    """What guessing a passphrase costs: argon2id passes, memory in KiB, lanes (RFC 9106, section 4, second choice)."""

    passes: int = 3
    memory: int = 65536
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """What a person brings to open a key: the passphrase, or shares of the recovery key."""

    passphrase: str = field(default="", repr=False)
    shares: Sequence[str] = field(default=(), repr=False)


class PassphraseSource(Protocol):
    """Where the passphrase of a laboratory's database comes from: an environment, a person, a system's keyring."""

    def __call__(self, folder: Path) -> str:
        """Return the passphrase for the laboratory in `folder`, or an empty text when there is none here."""


def from_environment(folder: Path) -> str:
    """Return the passphrase in the variable KUAIJIAN_PASSPHRASE; the same for every laboratory."""
    del folder
    return os.environ.get("KUAIJIAN_PASSPHRASE", "")


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode()
    return hash_secret_raw(text, salt, cost.passes, cost.memory, cost.lanes, 32, Type.ID)


def wrap(secret: bytes, passphrase: str, cost: Cost | None = None) -> Box:
    """Wrap a secret by a passphrase.

    Raises:
        Invalid: the passphrase is shorter than twelve characters.
    """
    if len(passphrase) < LEAST:
        raise Invalid("key.short", least=LEAST)
    cost, salt, nonce = cost or Cost(), secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, secret, b"")
    costs = {"passes": cost.passes, "memory": cost.memory, "lanes": cost.lanes}
    return {"kdf": "argon2id", **costs, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}


def unwrap(box: Box, passphrase: str) -> bytes:
    """Return the secret behind a passphrase.

    Raises:
        NotAllowed: it is another passphrase.
        Invalid: the box is not one of ours.
    """
    try:
        cost = Cost(int(box["passes"]), int(box["memory"]), int(box["lanes"]))
        salt, nonce, sealed = (bytes.fromhex(box[name]) for name in ("salt", "nonce", "sealed"))
    except (KeyError, TypeError, ValueError):
        raise Invalid("key.file", file="") from None
    if box.get("kdf") != "argon2id" or not 8 <= cost.memory <= _MOST_MEMORY:
        raise Invalid("key.file", file="")
    try:
        return AESGCM(_stretched(passphrase, salt, cost)).decrypt(nonce, sealed, b"")
    except InvalidTag:
        raise NotAllowed("key.passphrase") from None


# The recovery key ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recovery:
    """The laboratory's recovery key: its public half, and the private one wrapped by the passphrase."""

    public: bytes
    box: Box

    @property
    def name(self) -> bytes:
        """Four bytes by which shares know the key they belong to."""
        return hashlib.sha256(self.public).digest()[:4]

    def plain(self) -> dict[str, Any]:
        """Return what stands in a file."""
        return {"public": self.public.hex(), "box": dict(self.box)}


def recovery_from(plain: Mapping[str, Any], file: str) -> Recovery:
    """Read a recovery key from what stands in a file.

    Raises:
        Invalid: it is none.
    """
    try:
        found = Recovery(bytes.fromhex(plain["public"]), dict(plain["box"]))
    except (KeyError, TypeError, ValueError):
        raise Invalid("key.file", file=file) from None
    if len(found.public) != 32:
        raise Invalid("key.file", file=file)
    return found


def new_recovery(passphrase: str, cost: Cost | None = None) -> tuple[Recovery, list[str]]:
    """Make a recovery key; return it and the three shares of which two open it, to be given to three people.

    Raises:
        Invalid: the passphrase is too short.
    """
    private = X25519PrivateKey.generate()
    secret = private.private_bytes_raw()
    found = Recovery(private.public_key().public_bytes_raw(), wrap(secret, passphrase, cost))
    return found, shares.made(secret, found.name)


def private_half(recovery: Recovery, secret: Secret) -> bytes:
    """Return the private half by the passphrase or by shares.

    Raises:
        NotAllowed: the passphrase is another one, or nothing was brought.
        Invalid: the shares are too few, wrong, or of another key.
    """
    if secret.shares:
        found = shares.joined(secret.shares, recovery.name)
        if X25519PrivateKey.from_private_bytes(found).public_key().public_bytes_raw() != recovery.public:
            raise Invalid("key.other_share", share=secret.shares[0][:11])
        return found
    if not secret.passphrase:
        raise NotAllowed("key.needed")
    return unwrap(recovery.box, secret.passphrase)


def _sealing(shared: bytes, ephemeral: bytes, public: bytes) -> AESGCM:
    made = HKDF(SHA256(), 32, salt=None, info=b"kuaijian seal 1" + ephemeral + public).derive(shared)
    return AESGCM(made)


def seal_to(public: bytes, secret: bytes) -> Box:
    """Seal a secret so that only the private half opens it: X25519, HKDF-SHA256, AES-256-GCM."""
    one = X25519PrivateKey.generate()
    ephemeral = one.public_key().public_bytes_raw()
    shared = one.exchange(X25519PublicKey.from_public_bytes(public))
    sealed = _sealing(shared, ephemeral, public).encrypt(_ONCE, secret, b"")
    return {"ephemeral": ephemeral.hex(), "sealed": sealed.hex()}


def open_sealed(private: bytes, box: Box) -> bytes:
    """Open what was sealed to the public half.

    Raises:
        Invalid: it was sealed to another key, or is damaged.
    """
    own = X25519PrivateKey.from_private_bytes(private)
    try:
        ephemeral, sealed = bytes.fromhex(box["ephemeral"]), bytes.fromhex(box["sealed"])
        shared = own.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        return _sealing(shared, ephemeral, own.public_key().public_bytes_raw()).decrypt(_ONCE, sealed, b"")
    except (InvalidTag, KeyError, TypeError, ValueError):
        raise Invalid("key.file", file="") from None


# Files --------------------------------------------------------------------------------------------------------


def read_file(path: Path) -> dict[str, Any]:
    """Read a key file.

    Raises:
        StorageUnfit: it cannot be read.
        Invalid: it is none of ours.
    """
    try:
        found = json.loads(path.read_bytes())
    except OSError as fault:
        raise StorageUnfit("key.unreadable", file=str(path), reason=fault.strerror or "") from None
    except ValueError:
        raise Invalid("key.file", file=str(path)) from None
    if not isinstance(found, dict):
        raise Invalid("key.file", file=str(path))
    return found


def write_file(path: Path, plain: Mapping[str, Any]) -> None:
    """Write a key file, whole or not at all.

    Raises:
        StorageUnfit: it cannot be written.
    """
    try:
        keep(path, json.dumps(plain, sort_keys=True, indent=1).encode())
        path.chmod(0o600)
    except OSError as fault:
        raise StorageUnfit("key.unwritable", file=str(path), reason=fault.strerror or "") from None


def load_recovery(folder: Path) -> Recovery:
    """Return the recovery key of the laboratory in a folder.

    Raises:
        NotAllowed: none was made yet.
        Invalid: the file is damaged.
    """
    path = folder / RECOVERY
    if not path.exists():
        raise NotAllowed("key.no_recovery", folder=str(folder))
    return recovery_from(read_file(path), str(path))
