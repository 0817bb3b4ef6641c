"""The keyring of a person's own account: Windows Credential Manager, Secret Service, KWallet, through `keyring`."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lims.errors import StorageUnfit
from lims.storage import keys

SERVICE = "kuaijian"
"""Under which name everything of ours lies in a keyring."""
DATABASE = "database"


@dataclass(frozen=True)
class Keyring:
    """Secrets in one keyring, in base64, each under its name."""

    backend: Any
    """A backend of the library `keyring`."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name.

        Raises:
            StorageUnfit: the keyring refuses, such as a locked one.
        """
        from keyring.errors import KeyringError  # noqa: PLC0415 - slow to import, and wanted by few

        try:
            self.backend.set_password(SERVICE, name, base64.b64encode(secret).decode())
        except KeyringError as fault:
            raise StorageUnfit("keyring.refused", reason=str(fault)) from None

    def get(self, name: str) -> bytes | None:
        """Return a secret, or None.

        Raises:
            StorageUnfit: the keyring refuses, or holds something that is none of ours.
        """
        from keyring.errors import KeyringError  # noqa: PLC0415 - the same

        try:
            found = self.backend.get_password(SERVICE, name)
            return None if found is None else base64.b64decode(found, validate=True)
        except (KeyringError, binascii.Error) as fault:
            raise StorageUnfit("keyring.refused", reason=str(fault)) from None


def system() -> Keyring | None:
    """Return this account's keyring, or None where the system offers none."""
    import keyring  # noqa: PLC0415 - the same

    backend = keyring.get_keyring()
    return Keyring(backend) if backend.priority >= 1 else None


def passphrase_of(folder: Path) -> str:
    """Return the passphrase of a laboratory's database: from the environment, else from this account's keyring."""
    if said := keys.from_environment(folder):
        return said
    store = system()
    secret = store.get(f"{DATABASE}-{folder.resolve()}") if store else None
    return secret.decode() if secret else ""


def remember(folder: Path, passphrase: str) -> bool:
    """Keep the passphrase of a laboratory's database in this account's keyring; False where there is none."""
    store = system()
    if store is not None:
        store.put(f"{DATABASE}-{folder.resolve()}", passphrase.encode())
    return store is not None
