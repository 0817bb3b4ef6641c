"""The database's file encrypted and plain again: converted into a new file, compared row by row, then put in place.

The key file names every key that may fit while a conversion is under way, so that a power cut at any instant leaves a
laboratory that opens: with the old key or with the new one, never with none.
"""

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from lims.errors import Invalid, NotAllowed, NotFound, StorageUnfit, Tampered
from lims.storage import keys
from lims.storage.engine import connect_sqlite
from lims.storage.files import keep_folder
from lims.storage.keys import Cost, Secret

Entry = Mapping[str, Any] | None
"""One key as it stands in the key file, wrapped; None stands for a file that is not encrypted."""


def _entries(folder: Path) -> list[Entry]:
    path = folder / keys.DATABASE
    if not path.exists():
        return [None]
    found = keys.read_file(path).get("keys")
    if not isinstance(found, list) or not found:
        raise Invalid("key.file", file=str(path))
    return found


def _open_entry(folder: Path, entry: Entry, secret: Secret) -> bytes | None:
    if entry is None:
        return None
    if secret.shares:
        if "recovery" not in entry:
            raise Invalid("key.no_shares", folder=str(folder))
        private = keys.private_half(keys.load_recovery(folder), secret)
        return keys.open_sealed(private, entry["recovery"])
    return keys.unwrap(entry["box"], secret.passphrase)


def is_encrypted(folder: Path) -> bool:
    """Tell whether the laboratory in a folder needs a passphrase to be opened."""
    return any(entry is not None for entry in _entries(folder))


def keys_of(folder: Path, secret: Callable[[], Secret]) -> list[bytes | None]:
    """Return the keys that may open the database in a folder, the likeliest first; None stands for a plain file.

    Args:
        folder: of the laboratory.
        secret: asked only when the file is encrypted.

    Raises:
        NotAllowed: the passphrase is missing or another one.
        Invalid: the key file or the shares cannot be used.
    """
    entries = _entries(folder)
    if entries == [None]:
        return [None]
    brought = secret()
    if not brought.passphrase and not brought.shares:
        raise NotAllowed("key.needed")
    found: list[bytes | None] = []
    refused: Exception | None = None
    for entry in entries:  # after a power cut the entries may answer to different passphrases
        try:
            found.append(_open_entry(folder, entry, brought))
        except NotAllowed as fault:
            refused = fault
    if refused is not None and all(key is None for key in found):
        raise refused
    return found


def _entry(folder: Path, key: bytes, passphrase: str, cost: Cost | None) -> Entry:
    entry: dict[str, Any] = {"box": keys.wrap(key, passphrase, cost)}
    if (folder / keys.RECOVERY).exists():
        entry["recovery"] = keys.seal_to(keys.load_recovery(folder).public, key)
    return entry


def set_passphrase(folder: Path, secret: Secret, passphrase: str, cost: Cost | None = None) -> None:
    """Let a new passphrase open the database; its key and the file stay as they are.

    Raises:
        NotAllowed: the old passphrase is another one.
        Invalid: the new one is too short, the shares cannot be used, or the file is not encrypted.
    """
    if not is_encrypted(folder):
        raise Invalid("key.plain", folder=str(folder))
    found = keys_of(folder, lambda: secret)
    entries = [None if key is None else _entry(folder, key, passphrase, cost) for key in found]
    keys.write_file(folder / keys.DATABASE, {"keys": entries})


def encrypt(database: Path, secret: Secret, passphrase: str, cost: Cost | None = None) -> None:
    """Encrypt a laboratory's database with a fresh key, or with another one when it is encrypted already.

    Nobody may have the laboratory open. The old file's bytes are written over before they are let go, where the
    system allows it; a disk that wears evenly (SSD) may keep them nevertheless.

    Args:
        database: its file.
        secret: what opens it now; empty for a plain one.
        passphrase: what is to open it from now on.
        cost: of guessing it.

    Raises:
        NotFound: there is no such file.
        NotAllowed: the old passphrase is another one.
        Invalid: the new one is too short.
        StorageUnfit: somebody has it open, or the disk is full; then nothing changed.
        Tampered: the new file does not hold what the old one does; the old one stands.
    """
    fresh = secrets.token_bytes(32)
    _convert(database, secret, fresh, _entry(database.parent, fresh, passphrase, cost))


def decrypt(database: Path, secret: Secret) -> None:
    """Make a laboratory's database a plain file again; raises as `encrypt` does."""
    _convert(database, secret, None, None)


def _convert(database: Path, secret: Secret, key: bytes | None, entry: Entry) -> None:
    folder = database.parent
    if not database.exists():
        raise NotFound("laboratory.none", where=str(database))
    draft = database.with_name(database.name + ".draft")
    old = _entries(folder)
    with closing(_alone(database, keys_of(folder, lambda: secret))) as connection:
        try:
            _export(connection, draft, key)
            _keep(draft)
            keys.write_file(folder / keys.DATABASE, {"keys": [entry, *old]})
            _replace(connection, draft, database)
        except (sqlcipher.Error, OSError) as fault:
            raise StorageUnfit("storage.failed", fault=str(fault)) from None
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    if entry is None:
        (folder / keys.DATABASE).unlink()
        keep_folder(folder)
    else:
        keys.write_file(folder / keys.DATABASE, {"keys": [entry]})


def _alone(database: Path, found: list[bytes | None]) -> Any:  # noqa: ANN401 - the library has no types
    """Return a connection that is the only one of all processes, the write-ahead log taken in and gone."""
    for key in found:
        connection = connect_sqlite(database, key)
        connection.isolation_level = None
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlcipher.Error as fault:
            connection.close()
            if "not a database" in str(fault):
                continue
            raise StorageUnfit("key.in_use", where=str(database), fault=str(fault)) from None
        return connection
    raise StorageUnfit("storage.key", where=str(database), fault="")


def _export(connection: Any, draft: Path, key: bytes | None) -> None:  # noqa: ANN401 - the library has no types
    """Write every table into a new file and compare both, schema and rows."""
    draft.unlink(missing_ok=True)
    text = "" if key is None else f"x'{key.hex()}'"
    connection.execute("ATTACH DATABASE ? AS made KEY ?", (str(draft), text))
    connection.execute("SELECT sqlcipher_export('made')")
    broken = list(_differing(connection))
    sound = connection.execute("PRAGMA made.integrity_check").fetchall()
    connection.execute("DETACH DATABASE made")
    if broken or sound != [("ok",)]:
        raise Tampered("key.differs", table=", ".join(broken) or str(sound[0][0]))


def _differing(connection: Any) -> Iterator[str]:  # noqa: ANN401 - the library has no types
    """Yield the tables of `made` that lack a row of `main` or have one more, the schema's own among them."""
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        ).fetchall()
        if not name.startswith("sqlite_")
    ]
    columns = dict.fromkeys(tables, "*") | {"sqlite_master": "type, name, tbl_name, sql"}
    for name, wanted in columns.items():
        one, other = (f'SELECT {wanted} FROM {each}."{name}"' for each in ("main", "made"))  # noqa: S608 - our own schema
        for less in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}"):
            if connection.execute(f"{less} LIMIT 1").fetchone():
                yield name


def _keep(draft: Path) -> None:
    with draft.open("r+b") as file:
        os.fsync(file.fileno())


def _replace(connection: Any, draft: Path, database: Path) -> None:  # noqa: ANN401 - the library has no types
    if sys.platform == "win32":
        connection.close()  # an open file cannot be replaced there
        draft.replace(database)
        return
    with database.open("r+b") as old:  # closed after the last use of the connection: closing drops its locks
        size = os.fstat(old.fileno()).st_size
        draft.replace(database)
        keep_folder(database.parent)
        for _ in range(0, size, 1 << 20):  # whoever opened the old file in between finds nothing in it
            old.write(bytes(1 << 20))
        os.fsync(old.fileno())
        old.truncate(0)
        connection.close()
