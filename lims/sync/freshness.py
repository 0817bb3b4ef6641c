"""What other desks and programs did, heard within a second: a server tells, a file is looked at.

An act of this program that is seen before it was told may be told twice; nothing follows from that but a look.

Everybody who listens to the laboratory's door hears of it, as of what happened here; and whether the server is away.
"""

import contextlib
import threading

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from lims.door import Lims, Notice
from lims.errors import Invalid
from lims.evidence.entry import from_bytes
from lims.records.log import LogEntry
from lims.storage.log import CHANNEL

PAUSE = 0.5
"""Seconds between two looks at a file, and between two tries to reach a server that is away."""
AWAY, BACK, MUCH = "server.away", "server.back", "server.much"
"""Names of the notices that tell that the database cannot be reached, and that it can again."""
SILENCE = 10_000
"""Milliseconds after which a line that answers nothing is taken for dead."""
_MOST = 500


class Freshness:
    """Listens in a thread of its own.

    Args:
        lims: the station's door; its listeners are told.
    """

    def __init__(self, lims: Lims) -> None:
        self._lims = lims
        self._engine = lims.store.engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="freshness", daemon=True)
        self._seen = -1
        self._own: set[int] = set()
        self._deaf = lims.listen(self._mine)
        self.away = False

    def start(self) -> None:
        """Begin to listen; what was written before is not told."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._deaf()
        self._stop.set()
        self._thread.join(5)

    def _mine(self, notice: Notice) -> None:
        """Remember what this program did itself and has told already."""
        if not notice.station:
            self._own.add(notice.seq)

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._engine.dialect.name == "postgresql":
                with contextlib.suppress(psycopg.Error):
                    self._hear()
                    continue
            self._look()
            self._stop.wait(PAUSE)

    def _hear(self) -> None:
        """Wait for the server's word until told to stop, or until the server is gone."""
        _, address = self._engine.dialect.create_connect_args(self._engine.url)  # one host or several
        told = {
            **address,
            "autocommit": True,
            "connect_timeout": 5,
            "tcp_user_timeout": SILENCE,
            "client_encoding": "UTF8",
        }
        with psycopg.connect(**told) as line:
            line.execute(f"LISTEN {CHANNEL}")
            self._look()
            while not self._stop.is_set():
                heard = [one.payload for one in line.notifies(timeout=PAUSE, stop_after=1)]
                if self._lims.store.place.site in heard:
                    self._look()
                elif not heard:
                    line.execute("SELECT 1")  # a line that died in silence shows here

    def _look(self) -> None:
        try:
            told = self._newer()
        except SQLAlchemyError:
            self._turn(away=True)
            return
        self._turn(away=False)
        for notice in told:
            self._lims.listeners.tell(notice)

    def _turn(self, *, away: bool) -> None:
        if away != self.away:
            self.away = away
            self._lims.listeners.tell(Notice(AWAY if away else BACK, (), -1, "/"))

    def _newer(self) -> list[Notice]:
        """Return what other stations wrote since the last look, a limited number of entries at a time."""
        place = self._lims.store.place
        with self._engine.connect() as connection:
            newest = connection.scalar(select(func.max(LogEntry.arrival)).where(LogEntry.site == place.site))
            last = -1 if newest is None else int(newest)
            if self._seen < 0 or last - self._seen > _MOST:
                first, self._seen = self._seen, last
                return [] if first < 0 else [Notice(MUCH, (), -1, "/")]
            query = (
                select(LogEntry.station, LogEntry.seq, LogEntry.data)
                .where(LogEntry.site == place.site, LogEntry.arrival > self._seen, LogEntry.arrival <= last)
                .order_by(LogEntry.arrival)
            )
            rows = connection.execute(query).all()
        self._seen = last
        others = [row for row in rows if row[0] != place.station or row[1] not in self._own]
        self._own.clear()
        return [_notice(station, seq, bytes(data)) for station, seq, data in others]


def _notice(station: str, seq: int, data: bytes) -> Notice:
    try:
        entry = from_bytes(data)
    except Invalid:
        return Notice(MUCH, (), seq, station)
    touched = tuple((change.table, str(change.row.get("id", ""))) for change in entry.changes)
    return Notice(entry.verb, touched, seq, station)
