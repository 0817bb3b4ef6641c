"""Seals of the log: the station's key on record, each head that leaves, and the ceremony after a loss."""

from dataclasses import dataclass

from sqlalchemy import select

from lims.door import verb
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.evidence import checkpoint, notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.notes import Note
from lims.queries import proofs
from lims.records.checkpoints import CheckpointLeft, Recovery, StationKey
from lims.records.people import Account, Grant
from lims.rules.form import SLASH
from lims.storage.unit import Unit, new_id

WAYS = ("slip", "export", "sync", "shift", "witness", "timestamp", "recovery")
"""How a head can leave the computer."""


@verb(needs="station manager")
def station_key(unit: Unit, *, public: str, second: str = SLASH) -> str:
    """Put this station's public key on record; return its id.

    The first one the station puts itself; another one takes the place of the former only by a manager together
    with a second person.

    Raises:
        Invalid: this is no public key.
        NotAllowed: the key is replaced and no second person takes part.
    """
    if len(public) != 64 or any(c not in "0123456789abcdef" for c in public):
        raise Invalid("note.key")
    own = unit.all(
        select(StationKey).where(
            StationKey.site == unit.site,
            StationKey.station == unit.place.station,
            StationKey.ended_at.is_(None),
        )
    )
    if own and (unit.actor.account == "station" or second in {SLASH, unit.actor.account}):
        raise NotAllowed("seal.two_people")
    if second != SLASH:
        unit.get(Account, second)
    for former in own:
        former.ended_at = unit.now
        unit.put(former)
    name = unit.place.origin
    id_ = notes.key_id(name, bytes.fromhex(public)).hex()
    row = StationKey(
        id=id_,
        station=unit.place.station,
        name=name,
        algorithm="ed25519",
        public=public,
        issued_by=unit.actor.account,
        second=None if second == SLASH else second,
        at=unit.now,
        ended_at=None,
    )
    unit.put(row)
    return id_


@dataclass(frozen=True, slots=True)
class Leaving:
    """A signed head that leaves: its note, which way, and with what (a slip's id, a file's hash)."""

    note: str
    way: str
    what: str = SLASH


@verb(needs="station sampler technician reviewer signatory manager administrator")
def left(unit: Unit, leaving: Leaving) -> str:
    """Record that a head left the computer.

    Raises:
        Invalid: the note is no head, or the way is unknown.
        RuleBroken: the head is not one of this log, or not signed by its present key.
    """
    note = notes.parse(leaving.note)
    head = checkpoint.parse(note.body)
    if leaving.way not in WAYS:
        raise Invalid("seal.way", way=leaving.way)
    _own(unit, head, note)
    row = CheckpointLeft(
        id=new_id(),
        station=unit.place.station,
        size=head.size,
        root=head.root.hex(),
        note=leaving.note,
        way=leaving.way,
        what=leaving.what[:200],
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def _own(unit: Unit, head: Checkpoint, note: Note) -> None:
    view = unit.view()
    key = proofs.present_key(view)
    if head.origin != unit.place.origin or head.size > unit.next_seq():
        raise RuleBroken("seal.not_ours", origin=head.origin)
    if proofs.head(view, size=head.size) != head or key is None or not note.signed_by(key):
        raise RuleBroken("seal.not_ours", origin=head.origin)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What two people state when they go on although the log does not extend a head known outside.

    Attributes:
        note: the outside head as it lies outside; empty when its file cannot be read.
        administrator: account of the second person.
        reason: what happened, as far as it is known.
    """

    note: str
    administrator: str
    reason: str


@verb(needs="manager")
def recover(unit: Unit, ceremony: Ceremony) -> str:
    """Leave the mark of a recovery: the outside head, the missing range, both names and the reason, for ever.

    Raises:
        NotAllowed: the second person is the manager himself, or no active administrator.
        RuleBroken: no reason is given, or the log does extend that head.
    """
    if not ceremony.reason.strip():
        raise RuleBroken("seal.reason")
    _administrator(unit, ceremony.administrator)
    head = checkpoint.parse(notes.parse(ceremony.note).body) if ceremony.note else None
    found = proofs.standing(unit.view(), head or Checkpoint(unit.place.origin, 0, unit.place.hash(b"")))
    if head is not None and found.word == "extends":
        raise RuleBroken("seal.no_need", size=head.size)
    lost = head is not None and found.word == "shorter"
    unit.why = ceremony.reason
    row = Recovery(
        id=new_id(),
        station=unit.place.station,
        note=ceremony.note,
        outside_size=head.size if head else 0,
        outside_root=head.root.hex() if head else SLASH,
        found_size=found.size,
        found_root=found.root.hex(),
        missing_from=found.size if lost else None,
        missing_to=head.size - 1 if head and lost else None,
        manager=unit.actor.account,
        administrator=ceremony.administrator,
        reason=ceremony.reason,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def _administrator(unit: Unit, account: str) -> None:
    query = (
        select(Account.id)
        .join(Grant, (Grant.site == Account.site) & (Grant.account == Account.id))
        .where(
            Account.site == unit.site,
            Account.id == account,
            Account.active,
            Grant.role == "administrator",
            Grant.active,
        )
    )
    if account == unit.actor.account or unit.one(query) is None:
        raise NotAllowed("seal.administrator")
