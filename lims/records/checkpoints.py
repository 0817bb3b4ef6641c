"""What the log says of its own seals: keys, heads that left, heads seen of other logs, time stamps, recoveries."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record


class StationKey(Record):
    """A station's public key (Ed25519, hex), under whose name and id its heads are signed.

    `second` is the other person who took part when the key took the place of an earlier one.
    """

    __tablename__ = "station_key"
    id: Mapped[Key]
    station: Mapped[Code]
    name: Mapped[Name]
    algorithm: Mapped[Code]
    public: Mapped[Name]
    issued_by: Mapped[Code]
    second: Mapped[Code | None]
    at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class CheckpointLeft(Record):
    """A signed head that left the computer: with a slip, an export, a sync, at a shift's end."""

    __tablename__ = "checkpoint_left"
    __table_args__ = (Index(None, "site", "station", "size"),)
    id: Mapped[Key]
    station: Mapped[Code]
    size: Mapped[int]
    root: Mapped[Name]
    note: Mapped[str] = mapped_column(Text)
    way: Mapped[Code]
    what: Mapped[Name]
    by: Mapped[Code]
    at: Mapped[Moment]


class Recovery(Record):
    """The mark that stays for ever: the log did not extend a head known outside, and two people went on."""

    __tablename__ = "recovery"
    id: Mapped[Key]
    station: Mapped[Code]
    note: Mapped[str] = mapped_column(Text)
    outside_size: Mapped[int]
    outside_root: Mapped[Name]
    found_size: Mapped[int]
    found_root: Mapped[Name]
    missing_from: Mapped[int | None]
    missing_to: Mapped[int | None]
    manager: Mapped[Code]
    administrator: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class PeerLog(Record):
    """Another log or witness whose key this site trusts; `name` is the origin it signs under."""

    __tablename__ = "peer_log"
    id: Mapped[Key]
    name: Mapped[Name]
    key: Mapped[Name]
    by: Mapped[Code]
    at: Mapped[Moment]
    active: Mapped[bool]


class WitnessedHead(Record):
    """The newest head of another log that this station has co-signed."""

    __tablename__ = "witnessed_head"
    origin: Mapped[Key]
    size: Mapped[int]
    root: Mapped[Name]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class HeadConflict(Record):
    """Two signed heads of one log that no growth joins: both are kept as evidence."""

    __tablename__ = "head_conflict"
    id: Mapped[Key]
    origin: Mapped[Name]
    held: Mapped[str] = mapped_column(Text)
    offered: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class Cosignature(Record):
    """One of our heads as a witness gave it back, with its signature beside ours."""

    __tablename__ = "cosignature"
    __table_args__ = (Index(None, "site", "station", "size"),)
    id: Mapped[Key]
    station: Mapped[Code]
    size: Mapped[int]
    witness: Mapped[Name]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class TimeStamp(Record):
    """An RFC 3161 token over one of our heads, in base64, with the moment it states."""

    __tablename__ = "time_stamp"
    __table_args__ = (Index(None, "site", "station", "size"),)
    id: Mapped[Key]
    station: Mapped[Code]
    size: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    service: Mapped[Name]
    token: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[Moment]
    at: Mapped[Moment]
