"""How the laboratory is kept: backups are made and noted, drills tried and filed, restores marked for ever."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lims.door import Lims, verb
from lims.errors import Invalid, LimsError, NotFound
from lims.evidence.checkpoint import Checkpoint
from lims.queries import keeping as questions
from lims.records import keeping as records
from lims.records.settings import Setting
from lims.storage import archive, backup, keys, restore
from lims.storage.backup import Made, Step
from lims.storage.keys import Cost, Secret
from lims.storage.restore import Restored
from lims.storage.soundness import contains
from lims.storage.store import open_store
from lims.storage.unit import Unit, new_id

RECOVERY = "recovery_key"
ENCRYPTION = "encryption"
"""Names of settings: the recovery key in force, and whether the database's file is encrypted."""
LONGEST = 168
"""Hours after which a backup is due at the latest: a week."""


@verb(needs="station manager administrator")
def backed_up(unit: Unit, made: Made, head: Checkpoint) -> str:
    """Note a backup that was written, read back and found whole; return the fact's id."""
    row = records.Backup(
        id=new_id(),
        file=made.file.name,
        medium=str(made.file.parent),
        second_medium=made.second_medium,
        bytes=made.size,
        sha256=made.sha256,
        origin=head.origin,
        size=head.size,
        root=head.root.hex(),
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class Tried:
    """A drill as it went.

    Attributes:
        file: name of the backup.
        sha256: of it as it was read, in hex; empty when it could not be.
        size: how many entries of this station's log came back, 0 when none did.
        root: over them, in hex; empty when none did.
        milliseconds: from the file to a verified laboratory.
        fault: code of what was wrong; empty when the laboratory came back whole.
    """

    file: str
    sha256: str
    size: int
    root: str
    milliseconds: int
    fault: str


@verb(needs="station manager administrator")
def drilled(unit: Unit, tried: Tried) -> str:
    """File a drill, passed or failed; return the fact's id."""
    row = records.Drill(
        id=new_id(),
        file=tried.file,
        sha256=tried.sha256,
        size=tried.size,
        root=tried.root,
        milliseconds=tried.milliseconds,
        fault=tried.fault,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@verb(needs="station")
def restored(unit: Unit, file: str, sha256: str, head: Checkpoint) -> str:
    """Mark in the log, for ever, that it went on from a backup; return the fact's id."""
    row = records.Restore(
        id=new_id(),
        file=file,
        sha256=sha256,
        origin=head.origin,
        size=head.size,
        root=head.root.hex(),
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@verb(needs="station manager administrator")
def kept_by(unit: Unit, name: str, value: str) -> str:
    """Note which recovery key is in force, or whether the file is encrypted; return the setting's name."""
    unit.put(Setting(name=name, value=value, by=unit.actor.account, at=unit.now))
    return name


@verb(needs="manager administrator")
def planned(unit: Unit, to: str, hours: int) -> str:
    """Set where backups go and after how many hours the next is due; return the folder.

    Raises:
        Invalid: no folder is named, or the hours are none or more than a week.
    """
    folder = to.strip()
    if not folder or not 1 <= hours <= LONGEST:
        raise Invalid("backup.plan", folder=folder, hours=hours, most=LONGEST)
    for name, value in ((questions.TO, folder), (questions.HOURS, str(hours))):
        unit.put(Setting(name=name, value=value, by=unit.actor.account, at=unit.now))
    return folder


# What takes the disk as well as the log ------------------------------------------------------------------------


def new_recovery_key(lims: Lims, folder: Path, passphrase: str, cost: Cost | None = None) -> list[str]:
    """Make the laboratory's recovery key and return its three shares, of which two open every later backup.

    Backups that were made before open with the former key only.

    Raises:
        Invalid: the passphrase is too short.
        StorageUnfit: the key's file cannot be written.
    """
    recovery, shares = keys.new_recovery(passphrase, cost)
    keys.write_file(folder / keys.RECOVERY, recovery.plain())
    lims.do(kept_by, RECOVERY, recovery.public.hex())
    return shares


def opened_by(passphrase: str, *shares: str) -> Secret:
    """Return what opens a backup: the recovery key's passphrase, or two of its three shares."""
    return Secret(passphrase, shares)


def has_recovery(folder: Path) -> bool:
    """Tell whether a recovery key was made, without which there is no backup."""
    return (folder / keys.RECOVERY).is_file()


def back_up(lims: Lims, folder: Path, to: Path, step: Step | None = None) -> Made:
    """Write a backup to a medium and note it; the laboratory goes on meanwhile. Needs no secret.

    `step` is told of the progress and may raise to give it up.

    Raises:
        NotAllowed: no recovery key was made yet.
        StorageUnfit: the medium is full, read-only or gone, or the database is broken.
        Tampered: the log or the tables are not what was written, or what was read back differs.
    """
    made = backup.make(lims.store, folder, to, keys.load_recovery(folder), step=step or backup.silent)
    lims.do(backed_up, made, _own(lims, made.heads))
    return made


def in_time(lims: Lims, folder: Path, step: Step | None = None) -> bool:
    """Make the backup that is due where a folder was set; return whether one is still overdue afterwards.

    Raises:
        LimsError: why it could not be made.
    """
    plan = lims.ask(questions.plan)
    if plan.to and lims.ask(questions.state).backup_due and has_recovery(folder):
        back_up(lims, folder, Path(plan.to), step)
    return lims.ask(questions.overdue)


def _own(lims: Lims, heads: Sequence[Checkpoint]) -> Checkpoint:
    return next(head for head in heads if head.origin == lims.store.place.origin)


def bring_back(
    file: Path, folder: Path, secret: Secret, *, database: str = "", known: Sequence[Checkpoint] = ()
) -> Restored:
    """Restore a laboratory on a computer that has nothing but the program, and mark it in its log.

    Raises as `lims.storage.restore.restore` does.
    """
    found = restore.restore(file, folder, secret, database=database, known=known)
    station = found.origin.split("/")[1]
    store = open_store(database or folder / archive.DATABASE, station, [found.key])
    try:
        Lims(store).do(restored, file.name, found.sha256, found.head)
    finally:
        store.close()
    return found


def drill(lims: Lims, file: Path | None, secret: Secret) -> Tried:
    """Restore a backup into a folder of its own, verify all of it, compare it with the live log, and file the drill.

    Args:
        lims: the laboratory that is kept.
        file: the backup; None for the newest that was noted.
        secret: what opens it.

    Raises:
        LimsError: why the laboratory did not come back; the drill is filed as failed then,
            except where the secret was wrong.
    """
    file = file or _newest(lims)
    begun = time.monotonic()
    found: Restored | None = None
    fault: LimsError | None = None
    archive.key_of(file, secret)  # a mistyped passphrase is no finding about the backup
    with tempfile.TemporaryDirectory(prefix="kuaijian-drill-") as aside:
        try:
            found = restore.restore(file, Path(aside) / "laboratory", secret)
            contains(lims.store.engine, found.head)
        except LimsError as refused:
            fault = refused
    tried = Tried(
        file.name,
        found.sha256 if found else archive.hash_of(file),
        found.head.size if found else 0,
        found.head.root.hex() if found else "",
        round((time.monotonic() - begun) * 1000),
        fault.code if fault else "",
    )
    lims.do(drilled, tried)
    if fault:
        raise fault
    return tried


def _newest(lims: Lims) -> Path:
    known = lims.ask(questions.backups, count=1)
    if not known:
        raise NotFound("backup.none_made")
    file = Path(known[0].medium) / known[0].file
    if not file.is_file():
        raise NotFound("backup.none", file=str(file))
    return file


@dataclass(frozen=True, slots=True)
class OnMedium:
    """A backup that was noted, as its medium has it now: `fault` is empty, `absent`, `changed` or `unreadable`."""

    file: str
    medium: str
    fault: str


def on_media(lims: Lims, count: int = 10) -> list[OnMedium]:
    """Compare the newest backups with what their media hold, byte by byte; needs no secret.

    A medium that is kept elsewhere shows as absent; one that something encrypted or altered shows as changed.
    """
    return [
        OnMedium(one.file, one.medium, _fault(Path(one.medium) / one.file, one.sha256))
        for one in lims.ask(questions.backups, count=count)
    ]


def _fault(path: Path, sha256: str) -> str:
    try:
        return "" if archive.hash_of(path) == sha256 else "changed"
    except FileNotFoundError:
        return "absent"
    except OSError:
        return "unreadable"
