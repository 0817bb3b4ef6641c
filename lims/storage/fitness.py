"""Whether a place and a database library keep what is committed; said plainly before anything is written."""

import os
import re
import shutil
import sys
from pathlib import Path

from sqlalchemy import Connection, text

from lims.errors import StorageUnfit

LEAST_FREE = 50 * 1024 * 1024
"""Bytes that must be free before the laboratory opens for writing."""

_MOUNTS = Path("/proc/self/mounts")
_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "davfs", "afs"}

_NETWORK_DRIVE = 4
"""What Windows calls the kind of a drive that lies on another computer: DRIVE_REMOTE of `GetDriveTypeW`."""

_WANTED = {
    "journal_mode": {"wal"},
    "synchronous": {"2", "3"},
    "foreign_keys": {"1"},
    "trusted_schema": {"0"},
    "mmap_size": {"0", ""},
}


def sqlite_keeps_commits(version: str) -> bool:
    """Tell whether this SQLite has the repair of the WAL reset race (3.51.3, or 3.50.7, or 3.44.6)."""
    number = tuple(int(part) for part in version.split("."))
    if number[:2] == (3, 50):
        return number >= (3, 50, 7)
    if number[:2] == (3, 44):
        return number >= (3, 44, 6)
    return number >= (3, 51, 3)


def check_sqlite(connection: Connection) -> None:
    """Refuse a library or settings that can lose a committed row.

    Raises:
        StorageUnfit: naming the version or the setting.
    """
    version = str(connection.scalar(text("SELECT sqlite_version()")))
    if not sqlite_keeps_commits(version):
        raise StorageUnfit("storage.sqlite_version", version=version)
    for name, wanted in _WANTED.items():
        found = connection.scalar(text(f"PRAGMA {name}"))
        if str("" if found is None else found).lower() not in wanted:
            raise StorageUnfit("storage.sqlite_setting", name=name, value=str(found))


def check_postgres(connection: Connection) -> None:
    """Refuse a server that answers a commit before it is on its disk, or that cannot hold Chinese text.

    Raises:
        StorageUnfit: naming the setting.
    """
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        value = str(connection.scalar(text(f"SHOW {name}")))
        if value == "off":
            raise StorageUnfit("storage.postgres_setting", name=name, value=value)
    encoding = str(connection.scalar(text("SHOW server_encoding")))
    if encoding != "UTF8":
        raise StorageUnfit("storage.postgres_setting", name="server_encoding", value=encoding)


def filesystem(folder: Path, mounts: str) -> str:
    """Return the kind of the file system a folder lies on, by the text of `/proc/self/mounts`."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, mount, found, *_ = (_octal(part) for part in line.split(" "))
        inside = mount == "/" or str(folder) == mount or str(folder).startswith(mount + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def _octal(text: str) -> str:
    """Return a field of the table with its blanks, which are written there as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def check_folder(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Refuse a folder that is not on a local disk, cannot be written or is full.

    Args:
        folder: where a laboratory is to lie.
        mounts: the table that tells on Linux which file systems there are.

    Raises:
        StorageUnfit: saying which of these it is.
    """
    folder = folder.resolve()
    if sys.platform == "linux":
        kind = filesystem(folder, mounts.read_text("utf-8"))
        if kind in _REMOTE:
            raise StorageUnfit("storage.remote", folder=str(folder), kind=kind)
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there

        if ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _NETWORK_DRIVE:
            raise StorageUnfit("storage.remote", folder=str(folder), kind="SMB")
    if not os.access(folder, os.W_OK):
        raise StorageUnfit("storage.readonly", folder=str(folder))
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise StorageUnfit("storage.full", folder=str(folder), free=free // 1024 // 1024)
