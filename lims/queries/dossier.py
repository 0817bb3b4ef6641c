"""Everything the logs of a site hold about some samples: the entries, their proofs, and what lies behind them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from lims.door import question
from lims.errors import Invalid, NotFound, RuleBroken
from lims.evidence import checkpoint, notes
from lims.evidence.bundle import Head, Held, Part
from lims.evidence.entry import Entry, from_bytes
from lims.evidence.notes import Key, Note
from lims.evidence.proofs import Tree
from lims.queries import proofs, search, sites
from lims.records.checkpoints import CheckpointLeft, StationKey
from lims.records.equipment import Instrument
from lims.records.log import LogEntry, LogHead
from lims.records.peers import BundleTaken, Member
from lims.records.readings import Fault, Reading, Repeat
from lims.records.samples import Sample
from lims.storage.log import Place
from lims.storage.unit import View

_LINKS = {
    "attachment_use": ("attachment",),
    "custody": ("id",),
    "portion": ("id",),
    "position": ("run",),
    "receipt": ("id",),
    "result": ("id", "reading", "run"),
    "seal": ("id",),
    "seal_fact": ("id", "seal"),
    "verdict": ("id", "result"),
}
"""Columns of a sample's rows that name further rows which belong to it."""

_SHARED = ("run", "instrument")
"""Tables whose rows serve several samples: only the rows themselves and a run's controls belong to each."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A reading whose raw bytes belong to a sample: where they lie in the instrument's journal."""

    reading: str
    station: str
    instrument: str
    entry: int


@dataclass(slots=True)
class Found:
    """What was found for one sample: places in the logs, readings, slips and files.

    Attributes:
        number: of the sample.
        entries: station to places in its log, in order.
        raws: readings with their place in the journal.
        slips: slip's id to its content as it is hashed.
        attachments: ids of files that are not personal.
        links: ids of rows that belong to it.
        shared: ids of runs and instruments that it shares with other samples.
    """

    number: str
    entries: dict[str, list[int]] = field(default_factory=dict)
    raws: list[Raw] = field(default_factory=list)
    slips: dict[str, bytes] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The samples, and for each station the entries that a bundle needs, keys of people among them."""

    samples: Sequence[Found]
    needed: Mapping[str, Sequence[int]]


@question()
def gather(view: View, numbers: Sequence[str]) -> Gathered:
    """Find every entry that touches the samples, in all logs of the sites that tell of them.

    Raises:
        NotFound: there is no such sample.
    """
    samples = [Found(number) for number in dict.fromkeys(numbers)]
    telling: dict[str, None] = {}
    for one in samples:
        sites.holding(view, one.number).get(Sample, one.number)
        telling |= dict.fromkeys(sites.telling(view, one.number))
    _link_all(view, telling, samples)
    needed: set[tuple[str, int]] = set()
    keys: dict[str, tuple[str, int]] = {}
    wanted = re.compile(b"|".join(_patterns(samples)))
    for station, seq, data in _entries(view, telling):
        if wanted.search(data) is None:
            continue
        entry = from_bytes(data)
        keys |= {str(row["id"]): (station, seq) for row in _rows(entry, "person_key")}
        if _taken(samples, station, entry):
            needed.add((station, seq))
            needed |= {keys[str(row["key"])] for row in _rows(entry, "signature") if str(row["key"]) in keys}
    stations = sorted({station for station, _ in needed})
    return Gathered(
        samples, {name: sorted(seq for station, seq in needed if station == name) for name in stations}
    )


def _taken(samples: Sequence[Found], station: str, entry: Entry) -> bool:
    """Put an entry to each sample that it touches, or whose entry it signs; tell whether there is one."""
    own = [one for one in samples if _touches(entry, one) or _signs(entry, one, station)]
    for one in own:
        _take(one, station, entry)
    return bool(own)


def _link_all(view: View, telling: Iterable[str], samples: Sequence[Found]) -> None:
    for site in telling:
        for one in samples:
            _link(view.at(site), one)


def _entries(view: View, telling: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
    query = (
        select(LogEntry.station, LogEntry.seq, LogEntry.data)
        .where(LogEntry.site.in_(telling))
        .order_by(LogEntry.site, LogEntry.arrival)
        .execution_options(yield_per=1000)
    )
    with view.session.execute(query) as rows:
        for station, seq, data in rows:
            yield station, seq, bytes(data)


def _patterns(samples: Sequence[Found]) -> list[bytes]:
    """Return what an entry that belongs to a sample holds; ids of runs and instruments in the rows they name."""
    names = {name for one in samples for name in (one.number, *one.links)}
    rows = {f'"{column}":"{name}"' for one in samples for name in one.shared for column in ("id", "run")}
    kept = [b'"sign.attest"', b'"person_key"']
    return [*kept, *(re.escape(name.encode()) for name in sorted(names | rows))]


def _link(view: View, one: Found) -> None:
    """Read the entries that name the sample and note the ids of its own rows."""
    query = select(LogEntry.data).where(LogEntry.site == view.site, search.holds(view, one.number))
    for data in view.all(query.order_by(LogEntry.arrival)):
        for change in from_bytes(bytes(data)).changes:
            if change.table == "run":
                one.shared.add(str(change.row["instrument"]))
            if one.number not in change.row.values():
                continue
            for column in _LINKS.get(change.table, ()):
                value = str(change.row.get(column) or "/")
                (one.shared if column == "run" else one.links).add(value)
    one.links.discard("/")
    one.shared.discard("/")


def _rows(entry: Entry, table: str) -> list[Mapping[str, object]]:
    return [change.row for change in entry.changes if change.table == table]


def _touches(entry: Entry, one: Found) -> bool:
    for change in entry.changes:
        values = {value for value in change.row.values() if isinstance(value, str)}
        if one.number in values or not values.isdisjoint(one.links):
            return True
        if change.table in _SHARED and change.row["id"] in one.shared:
            return True
        if change.table == "result" and change.row["run"] in one.shared and change.row["role"] != "sample":
            return True
    return False


def _signs(entry: Entry, one: Found, station: str) -> bool:
    return any(
        row["station"] == station and row["seq"] in one.entries.get(station, [])
        for row in _rows(entry, "signature")
    )


def _take(one: Found, station: str, entry: Entry) -> None:
    one.entries.setdefault(station, []).append(entry.seq)
    for row in _rows(entry, "reading"):
        raw = Raw(str(row["id"]), str(row["station"]), str(row["instrument"]), int(str(row["entry"])))
        one.raws.append(raw)
    for row in _rows(entry, "certificate"):
        if row["sample"] == one.number:
            one.slips[str(row["id"])] = str(row["content"]).encode()
    one.attachments += [str(row["id"]) for row in _rows(entry, "attachment") if not row["personal"]]


@question()
def parts(view: View, gathered: Gathered, note: Note) -> list[Part]:
    """Return the logs' parts of a bundle: this station's under its head `note` first, others under the head they left.

    A van's part stands under the head that it signed for its last bundle.

    Raises:
        RuleBroken: another station holds entries beyond the last head that left it, or has no key yet.
    """
    own = view.place.station
    stations = [own, *sorted(set(gathered.needed) - {own})]
    return [_part(_of(view, one), one, gathered, note if one == own else None) for one in stations]


def _of(view: View, station: str) -> View:
    """Return the snapshot as the site of a station reads it: this one, or one that it founded."""
    known = None if view.find(LogHead, station) else view.find(Member, station)
    return view.at(known.of) if known else view


def _part(view: View, station: str, gathered: Gathered, note: Note | None) -> Part:
    note = note or _newest(view, station)
    at = View(view.session, _place(view, station), view.actor, view.now)
    head, tree_ = checkpoint.parse(note.body), proofs.tree_of(at)
    key, key_entry = _key(view, station, note)
    seqs = sorted({*gathered.needed.get(station, ()), key_entry})
    if head.size > tree_.size or seqs[-1] >= head.size or tree_.root(head.size) != head.root:
        raise RuleBroken("bundle.unsealed", station=station)
    rows = view.session.execute(
        select(LogEntry.seq, LogEntry.data)
        .where(LogEntry.site == view.site, LogEntry.station == station, LogEntry.seq.in_(seqs))
        .order_by(LogEntry.seq)
    )
    held = [Held(seq, bytes(data), tree_.inclusion(seq, head.size)) for seq, data in rows]
    heads = _heads(view, station, gathered, (tree_, head.size))
    return Part(head.origin, key.text(), key_entry, note, heads, held)


def _place(view: View, station: str) -> Place:
    row = view.find(LogHead, station)
    if row is None:
        raise NotFound("station.unknown", station=station)
    return Place(view.site, station, row.origin)


def _newest(view: View, station: str) -> Note:
    query = (
        select(CheckpointLeft.note)
        .where(CheckpointLeft.site == view.site, CheckpointLeft.station == station)
        .order_by(CheckpointLeft.size.desc())
        .limit(1)
    )
    carried = select(BundleTaken.note).where(
        BundleTaken.of == view.site, BundleTaken.origin == _place(view, station).origin
    )
    carried = carried.order_by(BundleTaken.size.desc()).limit(1)
    found = next(iter([*view.all(carried), *view.all(query)]), None)
    if found is None:
        raise RuleBroken("bundle.unsealed", station=station)
    return notes.parse(found)


def _key(view: View, station: str, note: Note) -> tuple[Key, int]:
    """Return the key that signed a note and the entry that put it on record."""
    rows = view.all(select(StationKey).where(StationKey.site == view.site, StationKey.station == station))
    key = next(
        (one for one in (Key(r.name, bytes.fromhex(r.public)) for r in rows) if note.signed_by(one)), None
    )
    if key is None:
        raise RuleBroken("bundle.unsealed", station=station)
    query = (
        select(LogEntry.seq, LogEntry.data)
        .where(LogEntry.site == view.site, LogEntry.station == station)
        .order_by(LogEntry.seq)
        .execution_options(yield_per=1000)
    )
    public = key.public.hex()
    with view.session.execute(query) as logged:
        for seq, data in logged:
            if public.encode() in bytes(data) and _puts(bytes(data), public):
                return key, seq
    raise RuleBroken("bundle.unsealed", station=station)


def _puts(data: bytes, public: str) -> bool:
    try:
        return any(row["public"] == public for row in _rows(from_bytes(data), "station_key"))
    except Invalid:
        return False


def _heads(view: View, station: str, gathered: Gathered, top: tuple[Tree, int]) -> list[Head]:
    """Return the heads of the samples' slips and those that left, each with its proof up to the bundle's head."""
    tree_, size = top
    ways = {seq + 1: "slip" for seq in _slip_entries(view, station, gathered)}
    query = (
        select(CheckpointLeft.size, CheckpointLeft.way)
        .where(CheckpointLeft.site == view.site, CheckpointLeft.station == station)
        .order_by(CheckpointLeft.size)
    )
    ways = {count: way for count, way in view.rows(query) if 0 < count <= size and way != "slip"} | ways
    return [
        Head(count, tree_.root(count), way, tree_.consistency(count, size))
        for count, way in sorted(ways.items())
    ]


def _slip_entries(view: View, station: str, gathered: Gathered) -> list[int]:
    seqs = sorted({seq for one in gathered.samples for seq in one.entries.get(station, ())})
    rows = view.session.execute(
        select(LogEntry.seq, LogEntry.data).where(
            LogEntry.site == view.site, LogEntry.station == station, LogEntry.seq.in_(seqs)
        )
    )
    return [seq for seq, data in rows if _rows(from_bytes(bytes(data)), "certificate")]


@question()
def journal_before(view: View, instrument: str, entry: int) -> tuple[str, int]:
    """Return an instrument's profile, and the last journal entry that completed something before `entry`.

    Raises:
        NotFound: no such instrument.
    """
    row = view.find(Instrument, instrument)
    if row is None:
        raise NotFound("instrument.unknown", id=instrument)
    last = 0
    for kind in (Reading, Repeat, Fault):
        query = select(func.max(kind.entry)).where(
            kind.site == view.site,
            kind.station == view.place.station,
            kind.instrument == instrument,
            kind.entry < entry,
        )
        last = max(last, next(iter(view.all(query)), None) or 0)
    return row.profile, last
