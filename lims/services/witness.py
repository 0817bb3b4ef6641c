"""Witnessing: other logs' heads are co-signed only when they grew from the last one held; a conflict is kept."""

from dataclasses import dataclass

from sqlalchemy import select

from lims import clock
from lims.door import question, verb
from lims.errors import Invalid, NotFound, RuleBroken, Tampered
from lims.evidence import checkpoint, notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.hashing import algorithm
from lims.evidence.notes import Key, Note
from lims.evidence.witness import Request, parse, weigh
from lims.queries import proofs
from lims.records.checkpoints import Cosignature, HeadConflict, PeerLog, WitnessedHead
from lims.services.leaving import Sealing
from lims.storage.unit import Unit, View, new_id


@verb(needs="manager", cli="trust-log")
def trust(unit: Unit, key: str) -> str:
    """Trust another log's or witness's key (name+id+base64), as its people handed it over; return its id.

    Raises:
        Invalid: this is no key.
        RuleBroken: it is our own, or on record already.
    """
    read = notes.parse_key(key)
    if read.name == unit.place.origin:
        raise RuleBroken("witness.own")
    id_ = notes.key_id(read.name, read.public, read.kind).hex()
    known = unit.find(PeerLog, id_)
    if known is not None and known.active:
        raise RuleBroken("witness.known", name=read.name)
    unit.put(
        PeerLog(id=id_, name=read.name, key=read.text(), by=unit.actor.account, at=unit.now, active=True)
    )
    return id_


@verb(needs="manager", cli="distrust-log")
def distrust(unit: Unit, key: str) -> str:
    """Trust a key no longer, named by its id; it stays on record.

    Raises:
        NotFound: no such key.
    """
    row = unit.get(PeerLog, key)
    row.active = False
    unit.put(row)
    return row.id


def _keys(view: View, name: str) -> list[Key]:
    query = select(PeerLog.key).where(PeerLog.site == view.site, PeerLog.name == name, PeerLog.active)
    return [notes.parse_key(text) for text in view.all(query)]


def _held(view: View, origin: str) -> tuple[Checkpoint, str] | None:
    row = view.find(WitnessedHead, origin)
    return None if row is None else (Checkpoint(origin, row.size, bytes.fromhex(row.root)), row.note)


@verb(needs="station manager")
def weighed(unit: Unit, request: str) -> str:
    """Weigh another log's request: hold its head when it grew from the last, keep both heads when they conflict.

    Returns:
        The word of `lims.evidence.witness.weigh`.

    Raises:
        Invalid: it is no request.
    """
    read = parse(request)
    head = checkpoint.parse(read.note.body)
    held = _held(unit.view(), head.origin)
    name = head.origin.rsplit("/", 1)[-1]
    word = weigh(read, held[0] if held else None, _keys(unit.view(), head.origin), algorithm(name))
    if word == "accept":
        root = head.root.hex()
        row = WitnessedHead(origin=head.origin, size=head.size, root=root, note=read.note.text(), at=unit.now)
        unit.put(row)
    if word in {"conflict", "unproved"} and held:
        unit.put(_conflict(unit, head.origin, held[1], read))
    return word


def _conflict(unit: Unit, origin: str, held: str, request: Request) -> HeadConflict:
    return HeadConflict(
        id=new_id(),
        origin=origin,
        held=held,
        offered=request.note.text(),
        proof=" ".join(node.hex() for node in request.proof) or "/",
        at=unit.now,
    )


def cosign(sealing: Sealing, request: str) -> Note:
    """Co-sign another log's head as this station and return it with our signature beside its own.

    Raises:
        Invalid: it is no request, or its proof begins elsewhere than at the head we hold.
        Tampered: its heads conflict, or its proof does not join them; both heads are kept as evidence.
        RuleBroken: no key that we trust signed it.
    """
    signer = sealing.signer()
    word = sealing.lims.do(weighed, request)
    note = parse(request).note
    head = checkpoint.parse(note.body)
    match word:
        case "accept":
            return notes.cosign(note, sealing.origin, signer, int(clock.now().timestamp()))
        case "unsigned" | "other_log":
            raise RuleBroken("witness.unsigned", origin=head.origin)
        case "stale":
            held = sealing.lims.ask(holds, head.origin)
            raise Invalid("witness.stale", origin=head.origin, size=held.size if held else 0)
        case _:
            raise Tampered("witness.conflict", origin=head.origin, size=head.size)


@question()
def holds(view: View, origin: str) -> Checkpoint | None:
    """Return the newest head of another log that this site has co-signed, or None."""
    held = _held(view, origin)
    return held[0] if held else None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two signed heads of one log that do not belong to one history, as they are handed to whoever must decide."""

    id: str
    origin: str
    held: str
    offered: str
    proof: str
    at: str

    def text(self) -> str:
        """Return both heads as one file."""
        parts = (("held", self.held), ("offered", self.offered), ("proof", self.proof))
        told = "".join(f"\n== {name} ==\n{text}\n" for name, text in parts)
        return f"{self.origin}\n{self.at}\n{told}"


@question()
def conflicts(view: View) -> list[Conflict]:
    """Return every conflict this site has seen, the earliest first."""
    rows = view.all(select(HeadConflict).where(HeadConflict.site == view.site).order_by(HeadConflict.id))
    return [
        Conflict(row.id, row.origin, row.held, row.offered, row.proof, row.at.isoformat()) for row in rows
    ]


def ask(sealing: Sealing, witness: str) -> str:
    """Return the request that this station makes of a witness: its head now, proved from the last one it co-signed.

    Raises:
        LimsError: the head could not leave.
    """
    note = sealing.leave("witness", witness)
    size = checkpoint.parse(note.body).size
    old = sealing.lims.ask(cosigned_size, witness)
    proof = sealing.lims.ask(proofs.consistency, old, size)
    return Request(old, proof, note).text()


@question()
def cosigned_size(view: View, witness: str) -> int:
    """Return the size of our newest head that a witness has co-signed, 0 when it has none."""
    query = select(Cosignature.size).where(
        Cosignature.site == view.site,
        Cosignature.station == view.place.station,
        Cosignature.witness == witness,
    )
    return max(view.all(query), default=0)


@verb(needs="station manager")
def cosigned(unit: Unit, *, note: str, witness: str) -> str:
    """Keep one of our heads that a witness gave back with its signature.

    Raises:
        NotFound: we trust no key of this witness.
        RuleBroken: it is not our head, or the witness did not sign it.
    """
    read = notes.parse(note)
    head = checkpoint.parse(read.body)
    keys = _keys(unit.view(), witness)
    if not keys:
        raise NotFound("witness.unknown", name=witness)
    ours = head.origin == unit.place.origin and head.size <= unit.next_seq()
    if not ours or proofs.head(unit.view(), size=head.size) != head:
        raise RuleBroken("seal.not_ours", origin=head.origin)
    if not any(read.signed_by(key.as_witness()) for key in keys):
        raise RuleBroken("witness.unsigned", origin=witness)
    row = Cosignature(
        id=new_id(),
        station=unit.place.station,
        size=head.size,
        witness=witness,
        note=note,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def receive(sealing: Sealing, note: str, witness: str) -> None:
    """Keep a co-signed head in the log and outside it.

    Raises:
        LimsError: it is not ours, not signed by that witness, or could not be kept.
    """
    sealing.lims.do(cosigned, note=note, witness=witness)
    sealing.outside.keep(notes.parse(note))
