"""What can be proved of this station's log: heads, proofs between them, and whether it extends a head from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lims.door import question
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.notes import Key, Note
from lims.evidence.proofs import Tree, tree
from lims.queries.people import names
from lims.records.checkpoints import CheckpointLeft, StationKey
from lims.records.log import LogEntry, LogHead
from lims.records.places import Site
from lims.storage.log import checkpoint
from lims.storage.unit import View


@question()
def head(view: View, *, size: int | None = None) -> Checkpoint:
    """Return the head of this station's log after `size` entries (now, when None).

    Raises:
        NotFound: the log is shorter.
    """
    return checkpoint(view.session.connection(), view.place, size)


def tree_of(view: View) -> Tree:
    """Return the tree over the stored leaves of this station's log."""
    query = (
        select(LogEntry.leaf)
        .where(LogEntry.site == view.site, LogEntry.station == view.place.station)
        .order_by(LogEntry.seq)
    )
    return tree(view.place.hash, [bytes(leaf) for leaf in view.all(query)])


@question()
def inclusion(view: View, seq: int, size: int) -> list[bytes]:
    """Return the proof that entry `seq` is among the first `size`.

    Raises:
        Invalid: it is not.
    """
    return tree_of(view).inclusion(seq, size)


@question()
def consistency(view: View, size1: int, size2: int) -> list[bytes]:
    """Return the proof that the log at `size1` is a beginning of the log at `size2`.

    Raises:
        Invalid: the log is shorter, or the sizes are the wrong way round.
    """
    return tree_of(view).consistency(size1, size2)


@dataclass(frozen=True, slots=True)
class Standing:
    """How this log stands to a head from outside.

    Attributes:
        word: `extends`; `shorter` (entries are missing at its end), `differs` (it is another history),
            `torn` (its own head does not fit its entries), `other_log` (the head is of another log).
        size: entries that are here.
        root: their root.
    """

    word: str
    size: int
    root: bytes


@question()
def standing(view: View, outside: Checkpoint) -> Standing:
    """Tell whether the log of this station extends a head that somebody else holds: a slip, a page, a witness."""
    found = tree_of(view)
    own = Standing("extends", found.size, found.root())
    if outside.origin != view.place.origin:
        return Standing("other_log", own.size, own.root)
    if found.size < outside.size:
        return Standing("shorter", own.size, own.root)
    if found.root(outside.size) != outside.root:
        return Standing("differs", own.size, own.root)
    kept = view.find(LogHead, view.place.station)
    if kept is None or kept.size != found.size or _last(view) + 1 != found.size or not _fits(view, own):
        return Standing("torn", own.size, own.root)
    return own


def _last(view: View) -> int:
    query = (
        select(LogEntry.seq)
        .where(LogEntry.site == view.site, LogEntry.station == view.place.station)
        .order_by(LogEntry.seq.desc())
        .limit(1)
    )
    return next(iter(view.all(query)), -1)


def _fits(view: View, own: Standing) -> bool:
    return head(view).root == own.root


@question()
def station_keys(view: View) -> list[Key]:
    """Return every key this station has signed heads with, the present one last."""
    query = (
        select(StationKey)
        .where(StationKey.site == view.site, StationKey.station == view.place.station)
        .order_by(StationKey.at)
    )
    return [Key(row.name, bytes.fromhex(row.public)) for row in view.all(query)]


@question()
def present_key(view: View) -> Key | None:
    """Return the key this station signs heads with now, or None before it has one."""
    query = select(StationKey).where(
        StationKey.site == view.site, StationKey.station == view.place.station, StationKey.ended_at.is_(None)
    )
    row = next(iter(view.all(query)), None)
    return Key(row.name, bytes.fromhex(row.public)) if row else None


def signed_by_station(view: View, note: Note) -> bool:
    """Tell whether a note carries the signature of a key this station has or had."""
    return any(note.signed_by(key) for key in station_keys(view))


@dataclass(frozen=True, slots=True)
class Left:
    """A head that left: how large the log was, which way it went and with what, by whom."""

    size: int
    root: str
    way: str
    what: str
    by: str
    at: datetime
    note: str


@question()
def left(view: View, *, count: int = 500) -> list[Left]:
    """Return the heads that left this station, the newest first."""
    known = names(view)
    query = (
        select(CheckpointLeft)
        .where(CheckpointLeft.site == view.site, CheckpointLeft.station == view.place.station)
        .order_by(CheckpointLeft.id.desc())
        .limit(count)
    )
    return [
        Left(row.size, row.root, row.way, row.what, known(row.by), row.at, row.note)
        for row in view.all(query)
    ]


@question()
def each_entry(view: View, size: int, take: Callable[[bytes], None]) -> int:
    """Hand the bytes of the first `size` entries of this station's log to `take`, in order; return how many."""
    query = (
        select(LogEntry.data)
        .where(LogEntry.site == view.site, LogEntry.station == view.place.station, LogEntry.seq < size)
        .order_by(LogEntry.seq)
        .execution_options(yield_per=1000)
    )
    count = 0
    for data in view.session.scalars(query):
        take(bytes(data))
        count += 1
    return count


@question()
def laboratory(view: View) -> str:
    """Return the laboratory's name as it is printed."""
    row = view.find(Site)
    return row.name if row else view.site


@question()
def slips_since(view: View, size: int) -> int:
    """Return how many slips left this station after its log had `size` entries."""
    query = select(func.count()).where(
        CheckpointLeft.site == view.site,
        CheckpointLeft.station == view.place.station,
        CheckpointLeft.way == "slip",
        CheckpointLeft.size > size,
    )
    return next(iter(view.all(query)), 0)
