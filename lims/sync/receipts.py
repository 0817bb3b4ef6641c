"""The county's word: that it holds a bundle, proved by its own log, and what it wants next; one file for both ways.

A receipt is the entry by which the county took a bundle, with the proof that it stands in the county's log, under a
signed head that grew from the one the receiver knew. The same bundle gives the same receipt, whenever it is asked for.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select

from lims.config import Folder
from lims.door import Lims, question, verb
from lims.errors import Invalid, LimsError, NotFound, RuleBroken, Tampered
from lims.evidence import checkpoint, notes
from lims.evidence.canonical import Json, decode, encode
from lims.evidence.entry import Entry, from_bytes
from lims.evidence.hashing import algorithm
from lims.evidence.proofs import grown, included
from lims.evidence.tree import leaf_hash
from lims.queries import proofs
from lims.records.checkpoints import HeadConflict
from lims.records.keeping import Backup
from lims.records.log import LogEntry
from lims.records.peers import BundleTaken, Home, Member, ReceiptKept
from lims.records.types import parse_time, time_text
from lims.services import returns
from lims.services.leaving import Sealing
from lims.storage import keys
from lims.storage.incoming import arrived
from lims.storage.unit import Unit, View, new_id
from lims.sync import files, members, outbox, sealedfile, sets
from lims.sync.identity import Identity, identity
from lims.sync.outbox import Known

FORM = "kuaijian-reply-1"
SUFFIX = ".kjreply"


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a receipt: the county's entry and its place, the way to the root, and how the log grew."""

    seq: int
    entry: bytes
    inclusion: tuple[bytes, ...]
    growth: tuple[bytes, ...]
    base: int


@question()
def proof(view: View, bundle: str) -> Proof:
    """Return what proves that a bundle was taken.

    Raises:
        NotFound: it was not.
    """
    row = view.find(BundleTaken, bundle)
    if row is None:
        raise NotFound("sync.not_taken", id=bundle)
    tree = proofs.tree_of(view)
    query = select(LogEntry.data).where(
        LogEntry.site == view.site, LogEntry.station == view.place.station, LogEntry.seq == row.seq
    )
    entry = bytes(view.all(query)[0])
    base = row.base if row.base <= row.seq else 0
    growth = tuple(tree.consistency(base, row.seq + 1))
    return Proof(row.seq, entry, tuple(tree.inclusion(row.seq, row.seq + 1)), growth, base)


def receipt(lims: Lims, sealing: Sealing, bundle: str) -> dict[str, Json]:
    """Return the receipt of a bundle; for the same bundle always the same.

    Raises:
        NotFound: it was not taken here.
    """
    own = identity(sealing)
    told = lims.ask(proof, bundle)
    head = lims.ask(proofs.head, size=told.seq + 1)
    note = notes.sign(head.text(), own.origin, own.signer)
    sealing.outside.keep(note)
    return {
        "bundle": bundle,
        "seq": told.seq,
        "entry": base64.b64encode(told.entry).decode(),
        "inclusion": [node.hex() for node in told.inclusion],
        "growth": [node.hex() for node in told.growth],
        "base": told.base,
        "head": note.text(),
    }


@verb(needs="station")
def set_back(unit: Unit, arrival: int, less: Mapping[str, int]) -> str:
    """Note that the county holds less than its receipts said, since it was restored; return the note's id.

    What it lost is sent again; the receipts stay as they are.
    """
    newest = unit.one(
        select(ReceiptKept).where(ReceiptKept.site == unit.site).order_by(ReceiptKept.id.desc())
    )
    if newest is None:
        raise NotFound("sync.not_taken", id="/")
    row = ReceiptKept(
        id=new_id(),
        bundle="/",
        last=min(arrival, newest.last),
        size=outbox.size_at(unit.view(), min(arrival, newest.last)),
        county_seq=newest.county_seq,
        county_size=newest.county_size,
        county_root=newest.county_root,
        joined=False,
        note=newest.note,
        files=dict(less),
        at=unit.now,
    )
    unit.put(row)
    return row.id


# What the county says -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site stands at the county: entries held, its state, the last bundle, the size that a backup holds."""

    station: str
    of: str
    origin: str
    sealing: str
    state: str
    arrival: int
    newest: str
    backed_up: int


@question()
def standing(view: View, station: str) -> Standing:
    """Return how a station of another site stands here.

    Raises:
        NotFound: no such station, or it was never admitted.
    """
    row = view.find(Member, station)
    if row is None or row.sealing == "/":
        raise NotFound("member.unknown", id=station)
    query = select(BundleTaken.id).where(BundleTaken.site == view.site, BundleTaken.origin == row.origin)
    newest = view.all(query.order_by(BundleTaken.seq.desc()).limit(1))
    backups = select(func.max(Backup.size)).where(
        Backup.site == view.site, Backup.origin == view.place.origin
    )
    held = arrived(view.session.connection(), row.of)
    saved = view.all(backups)[0] or 0
    return Standing(
        row.id, row.of, row.origin, row.sealing, row.state, held, newest[0] if newest else "", saved
    )


def reply(lims: Lims, sealing: Sealing, station: str, bundle: str = "") -> bytes:
    """Return what a station takes home: a receipt, what is wanted next, and the sets in force; sealed to it.

    Args:
        lims: the county's own door.
        sealing: its seals.
        station: whose reply it is.
        bundle: whose receipt is in it; empty for the newest that was taken.

    Raises:
        NotFound: no such station, or that bundle was not taken.
    """
    own = identity(sealing)
    stands = lims.ask(standing, station)
    id_ = bundle or stands.newest
    told: dict[str, Json] = {
        "form": FORM,
        "to": stands.origin,
        "arrival": stands.arrival,
        "state": stands.state,
        "files": {**_missing(lims, Folder(sealing.folder), stands.of)},
        "backed_up": stands.backed_up,
        "receipt": receipt(lims, sealing, id_) if id_ else None,
        "sets": [*lims.ask(sets.newest)],
        "given_back": [{**asdict(one), "at": time_text(one.at)} for one in lims.ask(returns.owed, stands.of)],
    }
    data = encode(told)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    note = notes.sign(f"{FORM}\n{own.origin}\n{digest}\n", own.origin, own.signer)
    key = hashlib.sha256(b"reply" + own.opening + data).digest()
    box = keys.seal_to(bytes.fromhex(stands.sealing), key)
    header = {"form": FORM, "to": stands.origin, "from": own.origin, "key": dict(box)}
    return sealedfile.sealed_bytes([note.text().encode(), sealedfile.fold(data)], key, header)


def _missing(lims: Lims, folder: Folder, of: str) -> dict[str, int]:
    found = {}
    for one in lims.ask(files.of_site, of):
        here = files.here(folder, one.sha256, one.stored)
        if here < one.size:
            found[one.sha256] = here
    return found


# What a site makes of it --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it came."""

    bundle: str
    seq: int
    entry: bytes
    inclusion: tuple[bytes, ...]
    growth: tuple[bytes, ...]
    base: int
    head: str


def _receipt(told: Mapping[str, Any]) -> Receipt:
    return Receipt(
        str(told["bundle"]),
        int(told["seq"]),
        base64.b64decode(told["entry"], validate=True),
        tuple(bytes.fromhex(node) for node in told["inclusion"]),
        tuple(bytes.fromhex(node) for node in told["growth"]),
        int(told["base"]),
        str(told["head"]),
    )


@verb(needs="station")
def keep(unit: Unit, came: Receipt) -> str:
    """Keep the county's receipt after proving it; return its id, or nothing when it is known.

    Where the county's log did not grow from the head known before, both are kept as a conflict for ever, and the
    receipt is kept as not joined: what is sent goes on, since data comes first.

    Raises:
        Tampered: the county did not sign it, its entry is not in its log, or it speaks of another history of ours.
        NotFound: this site has no county.
    """
    home = unit.find(Home, "county")
    if home is None:
        raise NotFound("sync.no_home")
    head = checkpoint.parse(notes.parse(came.head).body)
    again = select(ReceiptKept.id).where(
        ReceiptKept.site == unit.site,
        ReceiptKept.bundle == came.bundle,
        ReceiptKept.county_size == head.size,
        ReceiptKept.county_root == head.root.hex(),
    )
    if unit.one(again):
        return ""
    row = _proved(unit, home, came)
    held = _conflicting(unit, came, int(str(row["base"])))
    if held:
        unit.put(_conflict(unit, home.origin, held, came))
    kept = ReceiptKept(
        id=new_id(),
        bundle=came.bundle,
        last=int(str(row["last"])),
        size=int(str(row["size"])),
        county_seq=came.seq,
        county_size=head.size,
        county_root=head.root.hex(),
        joined=not held,
        note=came.head,
        files=cast("dict[str, Any]", decode(str(row["files"]).encode())),
        at=unit.now,
    )
    unit.put(kept)
    return kept.id


def _proved(unit: Unit, home: Home, came: Receipt) -> Mapping[str, object]:
    """Return the county's row about our bundle, once its entry, its place and its head are proved."""
    wrong = Tampered("sync.receipt", bundle=came.bundle[:12])
    note = notes.parse(came.head)
    head = checkpoint.parse(note.body)
    if head.origin != home.origin or not note.signed_by(notes.parse_key(home.key)):
        raise wrong
    hash_ = algorithm(home.origin.rsplit("/", 1)[-1])
    leaf = leaf_hash(hash_, came.entry)
    if included(hash_, leaf, (came.seq, head.size), came.inclusion) != head.root:
        raise wrong
    entry: Entry = from_bytes(came.entry)
    rows = [one.row for one in entry.changes if one.table == "bundle_taken"]
    if len(rows) != 1 or (rows[0]["id"], rows[0]["of"]) != (came.bundle, unit.site):
        raise wrong
    row = rows[0]
    size, last = int(str(row["size"])), int(str(row["last"]))
    if row["origin"] == unit.place.origin:
        if size > unit.next_seq() or last > outbox.arrival(unit.view()):
            raise Tampered("sync.ahead", held=size, here=unit.next_seq())
        if proofs.head(unit.view(), size=size).root.hex() != row["root"]:
            raise Tampered("sync.other_history", size=size)
    return row


def _conflicting(unit: Unit, came: Receipt, base: int) -> str:
    """Return the county's head that we knew when we made the bundle and from which its log did not grow, or nothing.

    The base stands in the bundle's own manifest, so the county cannot choose another one.
    """
    if base == 0:
        return ""
    query = select(ReceiptKept).where(ReceiptKept.site == unit.site, ReceiptKept.county_size == base)
    known = unit.one(query.order_by(ReceiptKept.id.desc()))
    if known is None:
        return ""  # this computer was set back since: its own log says what it knew
    head = checkpoint.parse(notes.parse(came.head).body)
    hash_ = algorithm(head.origin.rsplit("/", 1)[-1])
    roots = bytes.fromhex(known.county_root), head.root
    joined = came.base == base and grown(hash_, (base, head.size), roots, came.growth)
    return "" if joined else known.note


def _conflict(unit: Unit, origin: str, held: str, came: Receipt) -> HeadConflict:
    growth = " ".join(node.hex() for node in came.growth) or "/"
    return HeadConflict(id=new_id(), origin=origin, held=held, offered=came.head, proof=growth, at=unit.now)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a reply brought.

    Attributes:
        state: how the county calls this station now: `admitted`, `stopped`, `revoked`.
        held: what it holds; the next bundle begins there.
        backed_up: size of its log that a verified backup holds.
        sets: kinds of sets that are newer now.
        given_back: numbers of the samples that the county gave back and that are this site's again.
        receipt: whether a receipt came that was not known.
        at: the moment it was taken.
    """

    state: str
    held: Known
    backed_up: int
    sets: tuple[str, ...]
    given_back: tuple[str, ...]
    receipt: bool
    at: datetime


def accept(lims: Lims, sealing: Sealing, data: bytes, name: str) -> Accepted:
    """Take a reply from the county and return what it brought.

    Raises:
        Invalid: it is no reply, or is sealed to somebody else.
        Tampered: a byte is wrong, the county did not sign it, or it holds more of our log than is here: then this
            computer was set back, and it writes nothing until two people recover it.
    """
    home = lims.ask(members.home)
    if home is None:
        raise NotFound("sync.no_home")
    told = _opened(data, name, identity(sealing), home)
    try:
        return _accept(lims, told)
    except Tampered as fault:
        if fault.code in {"sync.ahead", "sync.other_history"}:
            lims.store.writer.bar(fault)
        raise


def _opened(data: bytes, name: str, own: Identity, home: Home) -> dict[str, Any]:
    header, bound, file = sealedfile.header_of(data, name, FORM)
    if header.get("to") != own.origin:
        raise Invalid("sync.not_for_us", file=name, to=str(header.get("to")), here=own.origin)
    try:
        key = keys.open_sealed(own.opening, cast("Mapping[str, Any]", header.get("key")))
    except (LimsError, TypeError):
        raise Tampered("sync.damaged", file=name) from None
    try:
        text, folded = sealedfile.opened(file, key, header, bound, name)
        note, body = notes.parse(text.decode()), sealedfile.unfold(folded)
    except ValueError:
        raise Invalid("sync.form", what="reply") from None
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if note.body != f"{FORM}\n{home.origin}\n{digest}\n" or not note.signed_by(notes.parse_key(home.key)):
        raise Tampered("sync.damaged", file=name)
    return cast("dict[str, Any]", decode(body))


def _accept(lims: Lims, told: Mapping[str, Any]) -> Accepted:
    try:
        came = None if told["receipt"] is None else _receipt(told["receipt"])
        held, files_ = int(told["arrival"]), {str(name): int(size) for name, size in told["files"].items()}
        texts = [str(text) for text in told["sets"]]
        back = [returns.Back(**{**one, "at": parse_time(one["at"])}) for one in told.get("given_back", ())]
        state, saved = str(told["state"]), int(told["backed_up"])
    except (KeyError, TypeError, ValueError):
        raise Invalid("sync.form", what="reply") from None
    here = lims.ask(outbox.arrival)
    if held > here:
        raise Tampered("sync.ahead", held=held, here=here)
    new = bool(came and lims.do(keep, came))
    ours = [number for number in (lims.do(returns.take_back, one) for one in back) if number]
    changed = [kind for kind in (_set(lims, text) for text in texts) if kind]
    known = lims.ask(outbox.known)
    less = {sha256: size for sha256, size in files_.items() if size < known.files.get(sha256, 0)}
    if held < known.last or less:
        lims.do(set_back, held, less)
    return Accepted(
        state, lims.ask(outbox.known), saved, tuple(changed), tuple(ours), new, lims.ask(members.now)
    )


def _set(lims: Lims, text: str) -> str:
    try:
        return lims.do(sets.take, text)
    except RuleBroken:
        return ""  # the county went back to an older one: the newer one stays in force
