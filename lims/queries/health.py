"""How the database stands, in figures and codes alone: what a repairman may see, since no person is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from lims.door import question
from lims.errors import Invalid
from lims.evidence.entry import from_bytes
from lims.records.catalogue import metadata
from lims.records.log import LogEntry, LogHead
from lims.records.readings import Fault
from lims.records.settings import Setting
from lims.storage.unit import View

PLAIN = ("quota.", "password.", "signature.", "retention.", "sync.")
"""Beginnings of the names of settings whose values are figures, codes or addresses."""


@dataclass(frozen=True, slots=True)
class LogSize:
    """A station's log: its origin and how many entries it has."""

    site: str
    station: str
    origin: str
    size: int


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry without its content: when, which station, which verb, which build; `unreadable` where it is none."""

    at: str
    station: str
    seq: int
    verb: str
    build: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Bytes of a device that were not accepted, without the bytes."""

    at: datetime
    instrument: str
    reason: str
    length: int


@dataclass(frozen=True, slots=True)
class Health:
    """What is known.

    Attributes:
        engine: name and version of the database.
        rows: of each table.
        logs: of every station.
        deeds: the newest entries of this site, the newest first.
        refusals: the newest broken bytes, the newest first.
        settings: names of the laboratory's settings, with those values that cannot name anybody.
    """

    engine: str
    rows: Mapping[str, int]
    logs: tuple[LogSize, ...]
    deeds: tuple[Deed, ...]
    refusals: tuple[Refusal, ...]
    settings: Mapping[str, str]


@question()
def health(view: View, *, count: int = 100) -> Health:
    """Return how the database stands."""
    tables = metadata().tables
    rows = {name: view.all(select(func.count()).select_from(tables[name]))[0] for name in sorted(tables)}
    heads = view.rows(
        select(LogHead.site, LogHead.station, LogHead.origin, func.count(LogEntry.seq))
        .join(LogEntry, (LogEntry.site == LogHead.site) & (LogEntry.station == LogHead.station), isouter=True)
        .group_by(LogHead.site, LogHead.station, LogHead.origin)
        .order_by(LogHead.site, LogHead.station)
    )
    refused = view.all(select(Fault).where(Fault.site == view.site).order_by(Fault.id.desc()).limit(count))
    return Health(
        _engine(view),
        rows,
        tuple(LogSize(*head) for head in heads),
        tuple(_deeds(view, count)),
        tuple(
            Refusal(row.received_at, row.instrument, row.reason, len(row.data) // 3 + 1) for row in refused
        ),
        _settings(view),
    )


def _engine(view: View) -> str:
    name = view.session.connection().dialect.name
    asked = "SELECT version()" if name == "postgresql" else "SELECT sqlite_version()"
    return f"{name} {view.session.scalar(text(asked))}"


def _deeds(view: View, count: int) -> list[Deed]:
    query = (
        select(LogEntry.station, LogEntry.seq, LogEntry.data)
        .where(LogEntry.site == view.site)
        .order_by(LogEntry.arrival.desc())
        .limit(count)
    )
    return [_deed(station, seq, bytes(data)) for station, seq, data in view.rows(query)]


def _deed(station: str, seq: int, data: bytes) -> Deed:
    try:
        entry = from_bytes(data)
    except Invalid:
        return Deed("", station, seq, "unreadable", "")
    return Deed(entry.at, station, seq, entry.verb, entry.build)


def _settings(view: View) -> dict[str, str]:
    rows = view.all(select(Setting).where(Setting.site == view.site).order_by(Setting.name))
    return {row.name: row.value if row.name.startswith(PLAIN) else "…" for row in rows}
