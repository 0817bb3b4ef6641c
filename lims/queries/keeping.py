"""How well the laboratory is kept: its backups and drills, and whether the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lims.door import question
from lims.queries.audit import act_of
from lims.queries.people import names
from lims.records import keeping as records
from lims.records.log import LogEntry
from lims.records.settings import Setting
from lims.records.types import time_text
from lims.storage.unit import View

BACKUP_HOURS = 24
DRILL_DAYS = 31
"""After so long the next one is due; a laboratory's own rule may be stricter."""


TO = "backup.to"
HOURS = "backup.hours"
"""Names of settings: the folder that backups go to, and after how many hours the next is due."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where backups go (empty: nowhere yet) and after how many hours the next is due."""

    to: str
    hours: int


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup as it was noted."""

    id: str
    file: str
    medium: str
    second_medium: bool
    bytes: int
    sha256: str
    origin: str
    size: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill as it was filed; `fault` is empty when the laboratory came back whole."""

    id: str
    file: str
    size: int
    milliseconds: int
    fault: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """The newest backup and drill, and whether the next is due; restores count for the whole life of the log."""

    backup: Backup | None
    backup_due: bool
    drill: Drill | None
    drill_due: bool
    restores: int


@question()
def backups(view: View, *, count: int = 100) -> list[Backup]:
    """Return the backups that were made, the newest first."""
    known = names(view)
    query = select(records.Backup).where(records.Backup.site == view.site)
    return [
        Backup(
            row.id,
            row.file,
            row.medium,
            row.second_medium,
            row.bytes,
            row.sha256,
            row.origin,
            row.size,
            known(row.by),
            row.at,
        )
        for row in view.all(query.order_by(records.Backup.id.desc()).limit(count))
    ]


@question()
def drills(view: View, *, count: int = 100) -> list[Drill]:
    """Return the drills that were held, the newest first."""
    known = names(view)
    query = select(records.Drill).where(records.Drill.site == view.site)
    return [
        Drill(row.id, row.file, row.size, row.milliseconds, row.fault, known(row.by), row.at)
        for row in view.all(query.order_by(records.Drill.id.desc()).limit(count))
    ]


@question()
def plan(view: View) -> Plan:
    """Return what was set about backups."""
    to, hours = view.find(Setting, TO), view.find(Setting, HOURS)
    return Plan(to.value if to else "", int(hours.value) if hours else BACKUP_HOURS)


@question()
def overdue(view: View) -> bool:
    """Tell whether a backup is due; a log that began less than that time ago owes none yet."""
    first = select(LogEntry.data).where(LogEntry.site == view.site).order_by(LogEntry.arrival).limit(1)
    began = next((act_of("", 0, bytes(data)).at for data in view.all(first)), "")
    edge = time_text(view.now - timedelta(hours=plan(view).hours))
    return state(view).backup_due and bool(began) and began < edge


@question()
def state(view: View, *, hours: int | None = None, days: int = DRILL_DAYS) -> State:
    """Return how well the laboratory is kept; a failed drill leaves the next one due."""
    hours = plan(view).hours if hours is None else hours
    made, held = backups(view, count=1), drills(view, count=1)
    restores = view.all(select(records.Restore.id).where(records.Restore.site == view.site))
    return State(
        made[0] if made else None,
        not made or view.now - made[0].at > timedelta(hours=hours),
        held[0] if held else None,
        not held or bool(held[0].fault) or view.now - held[0].at > timedelta(days=days),
        len(restores),
    )
