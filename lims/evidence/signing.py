"""Electronic signatures: what is signed, who can sign, and a software provider whose keys rest on the PIN."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from lims.errors import Invalid, NotAllowed

PREFIX = b"KUAIJIAN-SIGN-1\0"
MEANINGS = ("采样", "检测", "复核", "批准", "作废", "告知", "签收")
"""What a signature can mean; its word is signed with the bytes."""

LONG_ENOUGH = 12
"""Characters of a passphrase where no keyring holds a second secret."""

COST = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 1}
"""What a guess at a PIN costs: argon2id passes, memory in KiB, lanes (RFC 9106, section 4, second choice)."""


def statement(leaf: bytes, meaning: str, key: str, nonce: str) -> bytes:
    """Return the bytes that are signed: prefix, entry's leaf hash, meaning, key id and nonce, each on its own.

    The nonce makes two signatures over the same entry differ; the key id binds the certificate to the act.
    """
    parts = (leaf.hex(), meaning, key, nonce)
    return PREFIX + json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def key_id(public: bytes) -> str:
    """Return the id of a public key: the first 16 hex characters of its SHA-256."""
    digest = Hash(SHA256())
    digest.update(public)
    return digest.finalize().hex()[:16]


def verify(public: str, signature: str, data: bytes) -> bool:
    """Tell whether a signature (hex) over `data` was made with the key whose public part (hex) is given."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature as it is shown and printed: who, when, what it means, with which key, and whether it holds."""

    meaning: str
    name: str
    at: datetime
    key: str
    station: str
    seq: int
    holds: bool


class Signer(Protocol):
    """A key that its owner has just opened; it signs and is let go."""

    @property
    def key(self) -> str:
        """Id of the key."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""


class Provider(Protocol):
    """Where private keys live: files of ours, or certified hardware behind the same three calls."""

    @property
    def algorithm(self) -> str:
        """Name of the signature algorithm, as it stands on record."""

    def create(self, account: str, pin: str) -> str:
        """Make a key for an account and return its public part in hex."""

    def open(self, account: str, pin: str) -> Signer:
        """Open an account's key for one act."""

    def has(self, account: str) -> bool:
        """Tell whether this computer holds a key of the account."""


class SecretStore(Protocol):
    """A keyring of the person's own account on this computer."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name."""

    def get(self, name: str) -> bytes | None:
        """Return a secret, or None."""


@dataclass(frozen=True)
class _Open:
    """An opened software key."""

    key: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032) over `data`."""
        return self.private.sign(data)


@dataclass(frozen=True)
class SoftwareKeys:
    """Keys in files, wrapped by the PIN (argon2id, AES-256-GCM) and by a secret in the keyring where there is one.

    Who controls the computer while the person signs is not kept out by this; certified hardware is.

    Attributes:
        folder: where the wrapped keys lie, one file an account, readable by its owner alone.
        store: the keyring, or None; then the PIN must be a passphrase of twelve characters.
    """

    folder: Path
    store: SecretStore | None = None
    algorithm: str = "ed25519"

    def create(self, account: str, pin: str) -> str:
        """Make a key, wrap it and return its public part in hex.

        Raises:
            Invalid: the PIN is too short for the way it is kept.
        """
        least = 6 if self.store else LONG_ENOUGH
        if len(pin) < least:
            raise Invalid("sign.pin_short", least=least)
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        shared = secrets.token_bytes(32) if self.store else b""
        if self.store:
            self.store.put(f"kuaijian-key-{account}", shared)
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        sealed = AESGCM(_wrapping(pin, salt, shared)).encrypt(nonce, private.private_bytes_raw(), public)
        held = {"salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex(), "public": public.hex()}
        held |= {"shared": "01"} if shared else {}
        self._write(account, json.dumps(held).encode())
        return public.hex()

    def open(self, account: str, pin: str) -> _Open:
        """Open an account's key with its PIN.

        Raises:
            NotAllowed: no key is here, the keyring has lost its part, or the PIN is wrong.
        """
        path = self._path(account)
        if not path.exists():
            raise NotAllowed("sign.no_key")
        held = {name: bytes.fromhex(text) for name, text in json.loads(path.read_text("ascii")).items()}
        shared = (self.store.get(f"kuaijian-key-{account}") if self.store else b"") or b""
        if "shared" in held and not shared:
            raise NotAllowed("sign.keyring_lost")
        try:
            raw = AESGCM(_wrapping(pin, held["salt"], shared)).decrypt(
                held["nonce"], held["sealed"], held["public"]
            )
        except InvalidTag:
            raise NotAllowed("sign.pin_wrong") from None
        return _Open(key_id(held["public"]), Ed25519PrivateKey.from_private_bytes(raw))

    def has(self, account: str) -> bool:
        """Tell whether this computer holds a key of the account."""
        return self._path(account).exists()

    def _path(self, account: str) -> Path:
        return self.folder / f"{account}.key"

    def _write(self, account: str, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._path(account).with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(account))


def _wrapping(pin: str, salt: bytes, shared: bytes) -> bytes:
    return hash_secret_raw(pin.encode() + shared, salt, hash_len=32, type=Type.ID, **COST)
