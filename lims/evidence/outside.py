"""Heads of a log that lie outside its database: the newest that left this computer, kept in one piece."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from lims.errors import Invalid, StorageUnfit
from lims.evidence import checkpoint, notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.notes import Note


@dataclass(frozen=True, slots=True)
class Outside:
    """The folder of one log's heads: `newest.note`, and each that left as `<size>.note`."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where the newest one lies."""
        return self.folder / "newest.note"

    def newest(self) -> tuple[Checkpoint, Note] | None:
        """Return the newest head known outside, or None where none ever left.

        Raises:
            StorageUnfit: the file is there and cannot be read as a head.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as fault:
            raise StorageUnfit("outside.unreadable", file=str(self.path), reason=str(fault)) from None
        try:
            note = notes.parse(text)
            return checkpoint.parse(note.body), note
        except Invalid as fault:
            raise StorageUnfit("outside.unreadable", file=str(self.path), reason=fault.code) from None

    def keep(self, note: Note, *, anew: bool = False) -> None:
        """Keep a head that left; the newest never goes back, unless a recovery begins `anew`.

        Raises:
            StorageUnfit: it could not be written; the former one stays whole.
        """
        head = checkpoint.parse(note.body)
        known = self.newest()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if anew and known is not None:
                self._write(self.folder / f"lost-{known[0].size:012d}.note", known[1].text())
            self._write(self.folder / f"{head.size:012d}.note", note.text())
            if anew or known is None or head.size >= known[0].size:
                self._write(self.path, note.text())
        except OSError as fault:
            raise StorageUnfit("outside.unwritable", file=str(self.path), reason=str(fault)) from None

    def set_aside(self) -> None:
        """Put a file that cannot be read as a head under another name; nothing is thrown away."""
        if self.path.exists():
            self.path.replace(self.path.with_suffix(f".unreadable-{time.time_ns()}"))

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_suffix(f".{os.getpid()}.new")
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        if os.name == "posix":
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def outside(folder: Path, origin: str) -> Outside:
    """Return where the heads of a log lie below a laboratory's folder."""
    return Outside(folder / "checkpoints" / re.sub(r"[^A-Za-z0-9_-]", "-", origin))
