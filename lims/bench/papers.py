"""What leaves a desk as a file: a sample's life, a bundle of evidence, the page of a shift; and the daily check."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lims import clock
from lims.app import Laboratory
from lims.bench import describing, dossier, life
from lims.bench.traffic import Traffic
from lims.config import Folder
from lims.door import Lims
from lims.errors import Invalid, LimsError
from lims.queries.audit import Audit
from lims.services import keeping, oversight


@dataclass(frozen=True)
class Papers:
    """The files of one laboratory that a desk makes; every call may block."""

    laboratory: Laboratory

    def life(self, lims: Lims, number: str, language: str) -> Path:
        """Write the paper of one sample's whole life and return where it lies."""
        return self._write(f"{number}-life.pdf", life.page(self.laboratory, lims, number, language))

    def bundle(self, lims: Lims, number: str) -> Path:
        """Write a bundle of evidence about one sample, with the verifier in it, and return where it lies."""
        target = self._place(f"{number}-{self._moment()}.zip")
        dossier.export(self.laboratory, lims, [number], target)
        return target

    def shift(self, lims: Lims) -> Path:
        """End a shift: the log's head leaves on one page to print, sign and file; return where it lies."""
        return self._write(f"shift-{self._moment()}.pdf", dossier.shift(self.laboratory, lims))

    def description(self, lims: Lims, instrument: str) -> Path:
        """Write an instrument's description for other laboratories and return where it lies."""
        return describing.export(lims, instrument, self._place(f"{instrument}-{self._moment()}.toml"))

    def daily(self, progress: Callable[[int], None]) -> Audit | None:
        """Check the whole log where that was not done today; None when it was, or while nothing may be written."""
        return None if self.laboratory.barred else oversight.daily(self.laboratory.lims, progress)

    @cached_property
    def traffic(self) -> Traffic:
        """What goes between a van and its county."""
        return Traffic(self.laboratory)

    def keep(self, progress: Callable[[int, int], None]) -> bool:
        """Make the backup that is due where a folder was set; return whether one is still overdue."""
        if self.laboratory.barred:
            return False
        return keeping.in_time(self.laboratory.lims, self.laboratory.folder.root, progress)

    @property
    def folder(self) -> Folder:
        """The laboratory's folder on this computer."""
        return self.laboratory.folder

    @property
    def barred(self) -> LimsError | None:
        """Why nothing may be written until two people recover the log; None when all is well."""
        return None if self.laboratory.newer or self.laboratory.away else self.laboratory.barred

    @property
    def newer(self) -> LimsError | None:
        """Why the laboratory may be read and not changed: a newer program wrote it; None otherwise."""
        return self.laboratory.barred if self.laboratory.newer else None

    def recover(self, manager: tuple[str, str], administrator: tuple[str, str], reason: str) -> None:
        """Go on after a loss; see `lims.services.leaving.Sealing.recover`."""
        self.laboratory.sealing.recover(manager, administrator, reason)

    def _moment(self) -> str:
        return f"{clock.local(clock.now()):%Y%m%d-%H%M%S}"

    def _place(self, name: str) -> Path:
        folder = self.laboratory.folder.reports
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _write(self, name: str, data: bytes) -> Path:
        target = self._place(name)
        try:
            target.write_bytes(data)
        except OSError as fault:
            raise Invalid("bundle.unwritable", file=str(target), reason=fault.strerror or "") from None
        return target
