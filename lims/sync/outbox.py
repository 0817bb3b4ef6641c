"""What leaves a site: how much waits, and the next bundle of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from lims.config import Folder
from lims.door import Lims, question
from lims.errors import Invalid, NotFound
from lims.evidence import notes
from lims.evidence.entry import from_bytes
from lims.evidence.notes import Note
from lims.queries import proofs
from lims.records.checkpoints import CheckpointLeft
from lims.records.log import LogEntry, LogHead, Personal, SiteHead
from lims.records.peers import Home, ReceiptKept
from lims.records.types import parse_time
from lims.services import seal
from lims.services.leaving import Sealing
from lims.services.seal import Leaving
from lims.storage.incoming import outgoing
from lims.storage.unit import View
from lims.sync import bundle, files, journals, members, sealedfile
from lims.sync.bundle import Piece
from lims.sync.files import Stored
from lims.sync.identity import Identity, identity

ENTRIES = 2000
"""Most entries of one bundle: the county takes them in one transaction, and its desks wait as long."""
_COMMITMENT = re.compile(r'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Known:
    """What the last receipt says: arrivals held there, sizes of the signer's and the county's log, bytes of files."""

    last: int = 0
    size: int = 0
    base: int = 0
    files: Mapping[str, int] = field(default_factory=dict)


@question()
def known(view: View) -> Known:
    """Return what the county is known to hold of this site; nothing before its first receipt."""
    query = select(ReceiptKept).where(ReceiptKept.site == view.site).order_by(ReceiptKept.id)
    rows = view.all(query)
    if not rows:
        return Known()
    have: dict[str, int] = {}
    for row in rows:
        have |= {sha256: int(size) for sha256, size in row.files.items()}
    row = rows[-1]
    return Known(row.last, row.size, row.county_size, have)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not yet at the county.

    Attributes:
        county: its origin; empty where there is none.
        entries: acts that wait, the sending's own bookkeeping left out.
        bytes: of them.
        since: when the first of them was done.
        photos: files that wait, whole or in part.
        photo_bytes: bytes of them that wait.
        receipt: when the last receipt came.
        expired: kinds of sets whose time is over.
    """

    county: str
    entries: int
    bytes: int
    since: datetime | None
    photos: int
    photo_bytes: int
    receipt: datetime | None


@question()
def waiting(view: View) -> Waiting:
    """Return how much of this site is not yet at its county: number, age, size."""
    home = view.find(Home, "county")
    if home is None:
        return Waiting("", 0, 0, None, 0, 0, None)
    held = known(view)
    own = LogEntry.site == view.site, LogEntry.arrival >= held.last
    query = select(func.count(), func.coalesce(func.sum(func.length(LogEntry.data)), 0)).where(*own)
    count, size = view.rows(query)[0]
    count = max(0, int(count) - _bookkeeping(view, held))
    left = files.pending(files.own(view), held.files)
    last = view.all(select(func.max(ReceiptKept.at)).where(ReceiptKept.site == view.site))[0]
    return Waiting(
        home.origin,
        count,
        int(size) if count else 0,
        _since(view, held.last) if count else None,
        len(left),
        sum(one.size - held.files.get(one.sha256, 0) for one in left),
        last,
    )


def _bookkeeping(view: View, held: Known) -> int:
    """Count the entries that sending itself makes, else there would always be something to send."""
    left = select(func.count()).where(
        CheckpointLeft.site == view.site,
        CheckpointLeft.station == view.place.station,
        CheckpointLeft.way == "sync",
        CheckpointLeft.size >= held.size,
    )
    kept = select(func.count()).where(ReceiptKept.site == view.site, ReceiptKept.last >= held.last)
    return int(view.all(left)[0]) + (int(view.all(kept)[0]) if held.last else 0)


def _since(view: View, first: int) -> datetime | None:
    query = select(LogEntry.data).where(LogEntry.site == view.site, LogEntry.arrival >= first)
    data = next(iter(view.all(query.order_by(LogEntry.arrival).limit(1))), None)
    return parse_time(from_bytes(bytes(data)).at) if data else None


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that lies ready: its file, its id, the arrivals in it, its bytes."""

    file: Path
    id: str
    first: int
    last: int
    bytes: int


def make(
    lims: Lims,
    sealing: Sealing,
    to: Path,
    *,
    since: Known | None = None,
    entries: int = ENTRIES,
    photo_bytes: int = 4 << 20,
) -> Made:
    """Make the next bundle for the county and return it; the same piece made again is the same bundle.

    Args:
        lims: the station's door.
        sealing: its seals.
        to: the folder it is written to.
        since: what the county holds, where it said so itself; None for what the last receipt says.
        entries: most entries in it.
        photo_bytes: most bytes of attachments in it.

    Raises:
        NotFound: this site has no county.
        StorageUnfit: the medium is full, read-only or gone.
    """
    home = lims.ask(members.home)
    if home is None:
        raise NotFound("sync.no_home")
    own = identity(sealing)
    journals.keep(lims, Folder(sealing.folder))
    piece = _piece(lims, Folder(sealing.folder), own, since or lims.ask(known), (entries, photo_bytes))
    id_, data = bundle.made(piece, own, home.origin, home.sealing)
    file = to / f"{lims.store.place.station}-{piece.first:08d}-{piece.last:08d}-{id_[:12]}{bundle.SUFFIX}"
    if not lims.ask(has_left, id_):
        lims.do(seal.left, Leaving(piece.head.text(), "sync", id_))
    sealing.outside.keep(piece.head)
    sealedfile.write(file, data)
    return Made(file, id_, piece.first, piece.last, len(data))


@question()
def has_left(view: View, bundle_id: str) -> bool:
    """Tell whether a bundle was made before."""
    query = select(CheckpointLeft.id).where(
        CheckpointLeft.site == view.site, CheckpointLeft.way == "sync", CheckpointLeft.what == bundle_id
    )
    return bool(view.all(query))


def _piece(lims: Lims, folder: Folder, own: Identity, held: Known, most: tuple[int, int]) -> Piece:
    place = lims.store.place
    found = outgoing(lims.store.engine, place.site, held.last, most[0])
    size = lims.ask(size_at, held.last + len(found))
    old = lims.ask(size_at, held.last)
    head = lims.ask(proofs.head, size=size)
    if size == 0:
        raise Invalid("sync.nothing")
    wanted = files.pending(lims.ask(files.own), held.files)
    return Piece(
        site=place.site,
        origin=place.origin,
        first=held.last,
        entries=found,
        origins=lims.ask(origins),
        head=_signed(head.text(), own),
        old=old,
        proof=lims.ask(proofs.consistency, old, size),
        base=held.base,
        personal=lims.ask(personal, found),
        chunks=tuple(files.cut(folder, wanted, held.files, most[1])),
    )


def _signed(text: str, own: Identity) -> Note:
    return notes.sign(text, own.origin, own.signer)


@question()
def size_at(view: View, arrival: int) -> int:
    """Return how many entries this station's log had when its site had so many."""
    query = select(func.count()).where(
        LogEntry.site == view.site, LogEntry.station == view.place.station, LogEntry.arrival < arrival
    )
    return int(view.all(query)[0])


@question()
def origins(view: View) -> dict[str, str]:
    """Return the origin of every log of this site, by station."""
    rows = view.rows(select(LogHead.station, LogHead.origin).where(LogHead.site == view.site))
    return dict(rows)


@question()
def arrival(view: View) -> int:
    """Return how many entries this site has."""
    return next(iter(view.all(select(SiteHead.arrival).where(SiteHead.site == view.site))), 0)


@question()
def personal(view: View, entries: Sequence[tuple[str, bytes]]) -> list[tuple[str, str, str]]:
    """Return the personal texts behind the commitments in entries, as (commitment, salt, text)."""
    named = sorted({hit for _, data in entries for hit in _COMMITMENT.findall(data.decode("utf-8"))})
    found: list[tuple[str, str, str]] = []
    for at in range(0, len(named), 500):
        query = select(Personal.commitment, Personal.salt, Personal.text).where(
            Personal.site == view.site, Personal.commitment.in_(named[at : at + 500])
        )
        found += [(one, salt, text) for one, salt, text in view.rows(query)]
    return sorted(found)


def left_over(lims: Lims, held: Known) -> list[Stored]:
    """Return the attachments that the county does not have whole."""
    return files.pending(lims.ask(files.own), held.files)


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt as it is kept: what the county held then, the size of its own log, and whether that log grew."""

    id: str
    bundle: str
    last: int
    county_size: int
    joined: bool
    at: datetime


@question()
def receipts(view: View, *, count: int = 200) -> list[Kept]:
    """Return the receipts that came, the newest first."""
    query = select(ReceiptKept).where(ReceiptKept.site == view.site).order_by(ReceiptKept.id.desc())
    rows = view.all(query.limit(count))
    return [Kept(row.id, row.bundle, row.last, row.county_size, row.joined, row.at) for row in rows]
