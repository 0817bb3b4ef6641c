"""How the laboratory keeps what it has: backups that were made, drills that were held, restores that happened."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Record


class Backup(Record):
    """One backup that was written, read back and found whole.

    `origin`, `size` and `root` say what the log had come to; `sha256` is the hash of the sealed file; `medium` is the
    folder it was written to and `second_medium` whether that was another disk than the laboratory's.
    """

    __tablename__ = "backup"
    __table_args__ = (Index(None, "site", "at"),)
    id: Mapped[Key]
    file: Mapped[str] = mapped_column(String(200))
    medium: Mapped[str] = mapped_column(Text)
    second_medium: Mapped[bool]
    bytes: Mapped[int]
    sha256: Mapped[Code]
    origin: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    root: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]


class Drill(Record):
    """One restore that was tried out: of which file, how far it reached, how long it took, and what came out.

    `fault` is empty when the restored laboratory was whole, else the code of what was wrong.
    """

    __tablename__ = "drill"
    __table_args__ = (Index(None, "site", "at"),)
    id: Mapped[Key]
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[Code]
    size: Mapped[int]
    root: Mapped[Code]
    milliseconds: Mapped[int]
    fault: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]


class Restore(Record):
    """The mark that a restore leaves in the log for ever: from which file, and what the log had come to in it."""

    __tablename__ = "restore"
    id: Mapped[Key]
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[Code]
    origin: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    root: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]
