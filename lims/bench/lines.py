"""The live bench: runs the lines of the laboratory's instruments and takes their readings in through the door."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from drivers import crew, registry
from drivers.errors import DriverError
from drivers.health import Health, LinkState
from drivers.journal import Journal
from drivers.profile import Live, Profile, Settings
from drivers.reading import Reading
from lims.app import Laboratory
from lims.bench import known, orders
from lims.bench.assays import Assays
from lims.bench.deliberate import Deliberate
from lims.bench.finding import Answer, find
from lims.bench.known import Known, Placed
from lims.door import Lims, Notice, question
from lims.queries import equipment
from lims.queries.orders import pending
from lims.records import readings as kept
from lims.records.equipment import Connection, Instrument
from lims.rules.identity import line_facts
from lims.services import measure, rebind
from lims.services.measure import Source
from lims.storage.unit import View
from lims.sync import freshness
from protocols.astm_orders import WORKLIST
from protocols.codec import Broken


@dataclass(frozen=True, slots=True)
class Line:
    """The line of one instrument as people see it.

    Attributes:
        id: of the instrument.
        name: for people.
        profile: id of its profile.
        state: `connecting`, `open`, `lost` or `stopped`.
        reason: a code why it stands there, or empty; `values` fill its sentence `error.<reason>`.
        values: see `reason`.
        since: when the state changed last.
        heard: when the device last said anything, or None.
        frames: whole events since the start.
        broken: broken ones since the start.
        failures: how often the line could not be opened or was lost.
        readings: readings taken in since the start.
        waiting: a code while readings cannot be taken in; they are kept in the journal.
        notes: codes of what differs from what was asked for.
        identity: what is known of the device at the other end.
    """

    id: str
    name: str
    profile: str
    state: str
    reason: str
    values: Mapping[str, object]
    since: datetime | None = None
    heard: datetime | None = None
    frames: int = 0
    broken: int = 0
    failures: int = 0
    readings: int = 0
    waiting: str = ""
    notes: tuple[str, ...] = ()
    identity: Mapping[str, str] = field(default_factory=dict)


@question(needs="station")
def placed(view: View) -> list[Placed]:
    """Return the instruments in use that are not plugged in at another station, with the last entry taken in."""
    last = {
        instrument: max(numbers)
        for kind in (kept.Reading, kept.Repeat, kept.Fault)
        for instrument, *numbers in view.rows(
            select(kind.instrument, func.max(kind.entry))
            .where(kind.site == view.site, kind.station == view.place.station)
            .group_by(kind.instrument)
        )
    }
    elsewhere = select(Connection.instrument).where(
        Connection.site == view.site, Connection.station != view.place.station
    )
    query = select(Instrument).where(
        Instrument.site == view.site, Instrument.active, Instrument.id.not_in(elsewhere)
    )
    return [
        Placed(row.id, row.name, row.profile, row.port, dict(row.settings), last.get(row.id, 0))
        for row in view.all(query)
    ]


class _Sink:
    """Takes readings in; the same key again changes nothing."""

    def __init__(self, lims: Lims) -> None:
        self._lims = lims
        self.simulated: frozenset[str] = frozenset()

    def opened(self, name: str, identity: Mapping[str, str]) -> None:
        if facts := line_facts(identity):
            self._lims.do(rebind.seen, name, facts)

    def reading(self, name: str, entry: int, place: int, received_at: datetime, reading: Reading) -> None:
        source = Source(name, entry, place, received_at, real=name not in self.simulated)
        self._lims.do(measure.take_in, source, reading)

    def broken(self, name: str, entry: int, received_at: datetime, broken: Broken) -> None:
        source = Source(name, entry, broken.offset, received_at, real=name not in self.simulated)
        self._lims.do(
            measure.hold_broken,
            source,
            reason=broken.reason,
            detail=broken.detail,
            data=broken.data.hex(" ").upper(),
        )


Watcher = Callable[[str, str, bytes, datetime], None]
"""Told of raw bytes: instrument, `<` or `>`, the bytes, when; called on the line's thread."""


_CHANGE_ORDERS = frozenset(
    {
        "measure.start_run",
        "measure.close_run",
        "measure.take_in",
        "measure.assign",
        freshness.BACK,
        freshness.MUCH,
    }
)
"""Acts after which other orders may be pending, and what stands for acts that nobody could be told of."""


def _takes_orders(one: Placed) -> bool:
    known = registry.profiles().get(one.profile)
    return known is not None and known.orders


class Bench:
    """The running lines of one station; every call returns at once.

    Args:
        laboratory: whose instruments they are.
        pauses: seconds between a failure of a line and the next try.
    """

    def __init__(self, laboratory: Laboratory, pauses: Sequence[float] = crew.PAUSES) -> None:
        self._laboratory, self._lims = laboratory, laboratory.lims
        self._sink = _Sink(self._lims)
        self._lock = threading.Lock()
        self._placed: dict[str, Placed] = {}
        self._listeners: list[Callable[[Line], None]] = []
        self._watchers: list[Watcher] = []
        self._refused: dict[str, DriverError] = {}
        self._told: dict[str, str] = {}
        self.assays = Assays(self)
        self.deliberate = Deliberate(self)
        self._crew = crew.Crew(
            laboratory.folder.journal,
            self._sink,
            changed=self._changed,
            live=self._live,
            seen=self.assays.seen,
            pauses=pauses,
        )
        self._stop_listening = self._lims.listen(self._noticed)

    def start(self) -> None:
        """Start a line for every instrument in use, and stop those of instruments that went out of use.

        While the server is away since before this program's start, the instruments are those of its last start.
        """
        away = self._laboratory.away
        wanted = {one.id: one for one in (self._remembered() if away else self._lims.ask(placed))}
        self._sink.simulated = frozenset(id_ for id_, one in wanted.items() if one.settings.get("simulated"))
        with self._lock:
            gone = [id_ for id_, one in self._placed.items() if not _same(one, wanted.get(id_))]
            new = [one for id_, one in wanted.items() if id_ in gone or id_ not in self._placed]
            self._placed = wanted
        for id_ in gone:
            self._crew.stop(id_)
        for one in new:
            self._begin(one)
        if not away:
            self._remember(tuple(wanted.values()))
            self._tell_orders()

    def _remembered(self) -> Sequence[Placed]:
        found = known.read(self._laboratory.folder.journal)
        return found.instruments if found is not None else ()

    def _remember(self, instruments: tuple[Placed, ...]) -> None:
        """Keep beside the journals what this computer needs to start while the server is away."""
        engine, place = self._lims.store.engine, self._lims.store.place
        if engine.dialect.name == "postgresql":
            name = self._lims.ask(equipment.owner)
            address = known.address(str(engine.url.render_as_string(hide_password=False)))
            known.write(self._laboratory.folder.journal, Known(address, place, name, instruments))

    def _begin(self, one: Placed) -> None:
        self._refused.pop(one.id, None)
        self._told.pop(one.id, None)
        try:
            profile = registry.profile(one.profile)
            settings = {name: value for name, value in one.settings.items() if name != "simulated"}
            self._crew.start(crew.Post(one.id, profile, one.port, settings, one.after))
        except DriverError as fault:
            self._refused[one.id] = fault

    def stop(self) -> None:
        """Stop all lines; what is not taken in yet stays in the journals for the next start."""
        self._stop_listening()
        self._crew.close()

    def lines(self) -> tuple[Line, ...]:
        """Return the state of every line, by id; never blocks."""
        health = self._crew.health()
        with self._lock:
            placed_ = sorted(self._placed.values(), key=lambda one: one.id)
        return tuple(self._line(one, health.get(one.id)) for one in placed_)

    def listen(self, listener: Callable[[Line], None]) -> Callable[[], None]:
        """Hear of every change of a line, on the line's thread; returns what stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """See the raw bytes of both directions, on the line's thread; returns what stops it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def ask(self, instrument: str, command: str, *, confirmed: bool = False) -> None:
        """Have a device asked for something when its line is free.

        Raises:
            DriverError: the line does not run, or the command erases and was not confirmed.
        """
        self._crew.ask(instrument, command, confirmed=confirmed)

    def profile(self, instrument: str) -> Profile | None:
        """Return what an instrument is, or None when it is not in use here."""
        with self._lock:
            one = self._placed.get(instrument)
        return registry.profiles().get(one.profile) if one else None

    def journal(self, instrument: str) -> Journal:
        """Return the journal of a running line, for reading.

        Raises:
            DriverError: the line does not run.
        """
        return self._crew.journal(instrument)

    def find(self) -> list[Answer]:
        """Ask the ports that no line uses who hangs there; blocks for seconds, worker threads make it."""
        with self._lock:
            used = [one.port.removeprefix("serial:") for one in self._placed.values()]
        return find(used=used)

    def live(self, instrument: str) -> tuple[Live, Settings] | None:
        """Return what an assay must know of a bare board, and its settings; None for every other instrument."""
        with self._lock:
            one = self._placed.get(instrument)
        profile = registry.profiles().get(one.profile) if one else None
        if one is None or profile is None or profile.live is None:
            return None
        return profile.live, {**profile.defaults, **one.settings}

    def restart(self, instrument: str) -> None:
        """End a line and begin it anew, in a thread of its own; what was under way on it is void."""
        with self._lock:
            one = self._placed.get(instrument)
        if one is not None:
            threading.Thread(target=self._restarted, args=(one,), daemon=True).start()

    def _restarted(self, one: Placed) -> None:
        self._crew.stop(one.id)
        self.assays.lost(one.id)
        self._begin(one)

    def _noticed(self, notice: Notice) -> None:
        if notice.verb in {"equip.instrument", "equip.connect"}:
            self.start()
        elif notice.verb in _CHANGE_ORDERS:
            self._tell_orders()

    def _tell_orders(self) -> None:
        """Tell each analyser that takes orders which ones are pending, where that has changed."""
        with self._lock:
            takers = [
                one for one in self._placed.values() if _takes_orders(one) and one.id not in self._refused
            ]
        if not takers:
            return
        waiting = self._lims.ask(pending)
        for one in takers:
            worklist = orders.worklist(waiting.get(one.id, {}), one.settings)
            if self._told.get(one.id) != worklist:
                self._told[one.id] = worklist
                self._crew.ask(one.id, f"{WORKLIST} {worklist}")

    def _changed(self, health: Health) -> None:
        if health.state in (LinkState.LOST, LinkState.STOPPED):
            self.assays.lost(health.name)
        with self._lock:
            one = self._placed.get(health.name)
        if one is not None:
            line = self._line(one, health)
            for listener in tuple(self._listeners):
                listener(line)

    def _live(self, instrument: str, direction: str, data: bytes, at: datetime) -> None:
        for watcher in tuple(self._watchers):
            watcher(instrument, direction, data, at)

    def _line(self, one: Placed, health: Health | None) -> Line:
        fault = self._refused.get(one.id)
        if health is None or fault is not None:
            code, values = (fault.code, fault.values) if fault else ("", {})
            return Line(one.id, one.name, one.profile, "stopped", code, values)
        return Line(
            one.id,
            one.name,
            one.profile,
            health.state.value,
            health.reason,
            health.values,
            health.since,
            health.heard,
            health.frames,
            health.broken,
            health.failures,
            health.readings,
            health.waiting,
            health.notes,
            health.identity,
        )


def _same(one: Placed, other: Placed | None) -> bool:
    return other is not None and (one.profile, one.port, dict(one.settings)) == (
        other.profile,
        other.port,
        dict(other.settings),
    )
