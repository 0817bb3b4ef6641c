"""Takes bundles in: in one transaction each, never twice, never over what is held, never with a hole before it.

The same bundle again gives the same receipt. Another history of a log stops that site until a person decides. A bundle
that comes too early lies beside the database until what is missing has come.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from lims.config import Folder
from lims.door import Lims, question, verb
from lims.errors import LimsError, NotAllowed, NotFound, RuleBroken, StorageUnfit, Tampered
from lims.evidence import notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.proofs import grown
from lims.records.peers import BundleHeld, BundleTaken, Fork, Member, Quarantined
from lims.rules import practice
from lims.services.leaving import Sealing
from lims.storage import incoming, log
from lims.storage.incoming import Divided, Grown, Parted, arrived
from lims.storage.log import Place
from lims.storage.unit import Unit, View, new_id
from lims.sync import bundle, files, sealedfile
from lims.sync.bundle import Opened, Piece
from lims.sync.identity import identity

DECISIONS = ("held", "ended")
"""What a person can decide about a fork: the site goes on from what is held, or this log is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a bundle.

    Attributes:
        word: `taken`, `again` (it was taken before), `gap` (it waits for what is missing), `fork` (another history;
            nothing was taken), `stopped` (the site waits for a person's decision).
        id: of the bundle.
        of: the site it came from.
        first: its first arrival.
        last: the arrival after its last.
        wanted: the arrival that is asked for next.
        quarantined: how many of its entries could not be brought into the tables.
    """

    word: str
    id: str
    of: str
    first: int
    last: int
    wanted: int
    quarantined: int = 0


def _members(view: Unit | View, piece: Piece) -> list[Member]:
    """Return the stations of a bundle as they are on record, its signer first."""
    found = []
    if any(practice.is_site(one) for one in (piece.site, piece.origin, *piece.origins.values())):
        raise RuleBroken("practice.bundle", site=piece.site)
    for station, origin in piece.origins.items():
        row = view.find(Member, station)
        if row is None or row.of != piece.site or row.origin != origin:
            raise Tampered("sync.station", station=station)
        found.append(row)
    found.sort(key=lambda row: row.origin != piece.origin)
    return found


def _check(found: list[Member], opened: Opened) -> None:
    if not found or found[0].origin != opened.piece.origin:
        raise Tampered("sync.station", station=opened.piece.origin)
    for row in found:
        if row.state == "revoked":
            raise NotAllowed("sync.revoked", station=row.id, name=row.name)
    if found[0].state == "chartered":
        raise NotAllowed("sync.not_admitted", station=found[0].id, name=found[0].name)
    if not bundle.signed_by(opened, notes.parse_key(found[0].key)):
        raise Tampered("sync.unsigned", station=found[0].id)


@question(needs="station")
def check(view: View, opened: Opened) -> None:
    """Make sure that a bundle comes from a station that is admitted and not revoked, signed by its key.

    Raises:
        NotAllowed: it is revoked, or was never admitted.
        Tampered: it is not what it says.
    """
    _check(_members(view, opened.piece), opened)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bundle with what its files have come to: bytes here, by SHA-256."""

    opened: Opened
    files: dict[str, int] = field(default_factory=dict)


@verb(needs="station")
def take(unit: Unit, came: Arrival) -> Outcome:
    """Take one bundle in, all of it or nothing, and note what became of it.

    Raises:
        NotAllowed: the station is revoked, or was never admitted.
        Tampered: it is not what it says, or its heads do not fit its entries.
    """
    opened, piece = came.opened, came.opened.piece
    held_by = _members(unit, piece)
    _check(held_by, opened)
    held = arrived(unit.connection, piece.site)
    if unit.find(BundleTaken, opened.id):
        return _outcome("again", opened, held)
    if any(row.state == "stopped" for row in held_by):
        return _hold(unit, opened, held, "stopped")
    if piece.first > held:
        return _hold(unit, opened, held, "gap")
    where = incoming.parted(unit.connection, piece.site, piece.first, piece.entries)
    result = where or _grow(unit, piece)
    if isinstance(result, Parted):
        return _fork(unit, opened, held_by, result)
    _note(unit, came, result)
    return _outcome("taken", opened, result.arrival, len(result.refused))


def _outcome(word: str, opened: Opened, wanted: int, quarantined: int = 0) -> Outcome:
    piece = opened.piece
    return Outcome(word, opened.id, piece.site, piece.first, piece.last, wanted, quarantined)


def _grow(unit: Unit, piece: Piece) -> Grown | Parted:
    nested = unit.connection.begin_nested()
    try:
        found = incoming.take(unit.connection, piece.site, piece.first, piece.entries, dict(piece.origins))
        _prove(unit, piece)
    except Divided as fault:
        nested.rollback()
        return fault.where
    except BaseException:
        nested.rollback()
        raise
    nested.commit()
    return found


def _prove(unit: Unit, piece: Piece) -> None:
    """Make sure that the signed head and the proof are those of the entries."""
    station = next(code for code, origin in piece.origins.items() if origin == piece.origin)
    place = Place(piece.site, station, piece.origin)
    head = piece.checkpoint
    try:
        ours = log.checkpoint(unit.connection, place, head.size)
        before = log.checkpoint(unit.connection, place, piece.old)
    except LimsError:
        raise Tampered("sync.head", origin=piece.origin, size=head.size) from None
    joined = piece.old == 0 or grown(
        place.hash, (before.size, head.size), (before.root, head.root), piece.proof
    )
    if ours != head or not joined:
        raise Tampered("sync.head", origin=piece.origin, size=head.size)
    incoming.add_personal(unit.connection, place, piece.personal)


def _note(unit: Unit, came: Arrival, found: Grown) -> None:
    opened, piece = came.opened, came.opened.piece
    head: Checkpoint = piece.checkpoint
    unit.put(
        BundleTaken(
            id=opened.id,
            of=piece.site,
            origin=piece.origin,
            first=piece.first,
            last=piece.last,
            size=head.size,
            root=head.root.hex(),
            base=piece.base,
            note=piece.head.text(),
            files=came.files,
            seq=unit.next_seq(),
            by=unit.actor.account,
            at=unit.now,
        )
    )
    for one in found.refused:
        unit.put(
            Quarantined(
                id=f"{one.station}-{one.seq}",
                of=piece.site,
                station=one.station,
                seq=one.seq,
                fault=one.fault,
                state="open",
                at=unit.now,
            )
        )
    waited = unit.find(BundleHeld, opened.id)
    if waited is not None:
        waited.state = "taken"
        unit.put(waited)


def _hold(unit: Unit, opened: Opened, held: int, why: str) -> Outcome:
    if unit.find(BundleHeld, opened.id) is None:
        piece = opened.piece
        row = BundleHeld(
            id=opened.id,
            of=piece.site,
            first=piece.first,
            last=piece.last,
            wanted=held,
            why=why,
            state="waiting",
            at=unit.now,
        )
        unit.put(row)
    return _outcome(why, opened, held)


def _fork(unit: Unit, opened: Opened, held_by: list[Member], where: Parted) -> Outcome:
    piece = opened.piece
    unit.put(
        Fork(
            id=new_id(),
            of=piece.site,
            station=where.station,
            seq=where.seq,
            held_leaf=where.held.hex() or "/",
            offered_leaf=where.offered.hex() or "/",
            offered_note=piece.head.text(),
            bundle=opened.id,
            state="open",
            decision="/",
            reason="/",
            by="/",
            at=unit.now,
        )
    )
    for row in held_by:
        row.state = "stopped"
        unit.put(row)
    return _hold(unit, opened, arrived(unit.connection, piece.site), "fork")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a fork: one of `DECISIONS`, and why."""

    word: str
    reason: str


@verb(needs="manager")
def decide(unit: Unit, fork: str, decision: Decision) -> str:
    """Decide about a fork, both histories of which stay for ever; return the fork's id.

    Raises:
        NotFound: no such fork.
        RuleBroken: it was decided before, another word, or no reason.
    """
    row = unit.get(Fork, fork)
    if row.state != "open":
        raise RuleBroken("sync.decided", fork=fork)
    if decision.word not in DECISIONS or not decision.reason.strip():
        raise RuleBroken("sync.reason")
    unit.why = decision.reason
    row.state, row.decision, row.reason = "decided", decision.word, decision.reason
    row.by, row.at = unit.actor.account, unit.now
    unit.put(row)
    others = [one for one in _open_forks(unit, row.of) if one.id != fork]
    after = "revoked" if decision.word == "ended" else "stopped" if others else "admitted"
    for one in unit.all(select(Member).where(Member.site == unit.site, Member.of == row.of)):
        if one.state == "stopped":
            one.state, one.reason = after, decision.reason
            unit.put(one)
    for held in unit.all(select(BundleHeld).where(BundleHeld.site == unit.site, BundleHeld.of == row.of)):
        if held.state == "waiting" and held.why == "fork":
            held.state = "kept"
            unit.put(held)
    return row.id


def _open_forks(unit: Unit, of: str) -> list[Fork]:
    query = select(Fork).where(Fork.site == unit.site, Fork.of == of, Fork.state == "open")
    return list(unit.all(query))


@verb(needs="manager station")
def project_again(unit: Unit, of: str) -> int:
    """Bring a site's whole log into the tables once more; return how many entries still cannot be.

    For after an upgrade, when quarantined entries may be understood.
    """
    rows = {
        (row.station, row.seq): row
        for row in unit.all(select(Quarantined).where(Quarantined.site == unit.site, Quarantined.of == of))
    }
    if not rows:
        raise NotFound("quarantined.unknown", id=of)
    still = {(one.station, one.seq) for one in incoming.project_again(unit.connection, of)}
    for place, row in rows.items():
        row.state = "open" if place in still else "settled"
        unit.put(row)
    return len(still)


# With the disk ------------------------------------------------------------------------------------------------


def receive(lims: Lims, sealing: Sealing, data: bytes, name: str) -> list[Outcome]:
    """Take a bundle as it came, and those that waited for it; return what became of each, this one first.

    Args:
        lims: the station's own door.
        sealing: its seals; the folder lies there too.
        data: the file's bytes.
        name: what people call the file.

    Raises:
        Invalid: it is no bundle, or is sealed to somebody else.
        Tampered: a byte is wrong, or it is not what it says; nothing was taken.
        NotAllowed: the station is revoked, or was never admitted.
        StorageUnfit: the disk cannot keep it.
    """
    own = identity(sealing)
    folder = Folder(sealing.folder)
    found = [_one(lims, folder, bundle.opened(data, name, own), data)]
    while found[0].word in {"taken", "again"} and (more := _next(lims, folder, found[0].of)):
        held = more.read_bytes()
        outcome = _one(lims, folder, bundle.opened(held, more.name, own), held)
        found.append(outcome)
        if outcome.word not in {"taken", "again"}:
            break
    return found


def _waiting(folder: Folder, id_: str) -> Path:
    return folder.root / "incoming" / f"{id_}{bundle.SUFFIX}"


def _one(lims: Lims, folder: Folder, opened: Opened, data: bytes) -> Outcome:
    lims.ask(check, opened)
    site = opened.piece.site
    path = _waiting(folder, opened.id)
    sealedfile.write(path, data)
    try:
        had = files.put(folder, opened.piece.chunks, _whole(lims, folder, site))
    except OSError as fault:
        raise StorageUnfit("sync.unwritable", file=str(path), reason=fault.strerror or "") from None
    try:
        outcome = lims.do(take, Arrival(opened, had))
    except LimsError:
        path.unlink(missing_ok=True)
        raise
    files.finish(folder, lims.ask(files.of_site, site))
    if outcome.word in {"taken", "again"}:
        path.unlink(missing_ok=True)
    return outcome


def _whole(lims: Lims, folder: Folder, site: str) -> dict[str, str]:
    known = lims.ask(files.of_site, site)
    return {one.sha256: one.stored for one in known if (folder.attachments / one.stored).is_file()}


@question()
def next_waiting(view: View, of: str) -> list[str]:
    """Return the ids of bundles that waited for what has come now."""
    held = arrived(view.session.connection(), of)
    query = (
        select(BundleHeld.id)
        .where(
            BundleHeld.site == view.site,
            BundleHeld.of == of,
            BundleHeld.state == "waiting",
            BundleHeld.why != "fork",
            BundleHeld.first <= held,
        )
        .order_by(BundleHeld.first, BundleHeld.last)
    )
    return list(view.all(query))


def _next(lims: Lims, folder: Folder, of: str) -> Path | None:
    paths = [_waiting(folder, id_) for id_ in lims.ask(next_waiting, of)]
    return next((path for path in paths if path.is_file()), None)
