"""Sites that work apart and come together: who belongs to the county, what came in, what waits, what went out."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record


class Member(Record):
    """A station of another site that this county founded; `id` is its code, which begins its sample numbers.

    `state` is `chartered` (its key is not known yet), `admitted`, `stopped` (a fork waits for a person) or
    `revoked`; `key` is its public key as C2SP writes it, `sealing` the one that files to it are sealed to,
    `certificate` the one it shows on the net, each `/` before it is admitted.
    """

    __tablename__ = "member"
    id: Mapped[Key]
    of: Mapped[Code]
    origin: Mapped[Name]
    name: Mapped[Name]
    state: Mapped[Code]
    key: Mapped[str] = mapped_column(Text)
    sealing: Mapped[Name]
    certificate: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class BundleTaken(Record):
    """A bundle that was taken: `id` is the hash of its manifest, `first` to `last` the arrivals it brought.

    `size` and `root` are those of the log that signed it; `base` is the size of our log that its maker knew;
    `files` says how many bytes of each attachment (by SHA-256) are here now.
    """

    __tablename__ = "bundle_taken"
    __table_args__ = (Index(None, "site", "of", "last"),)
    id: Mapped[Key]
    of: Mapped[Code]
    origin: Mapped[Name]
    first: Mapped[int]
    last: Mapped[int]
    size: Mapped[int]
    root: Mapped[Name]
    base: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    files: Mapped[Object]
    seq: Mapped[int]
    by: Mapped[Code]
    at: Mapped[Moment]


class BundleHeld(Record):
    """A bundle that lies beside the database: `why` is `gap` or `fork`, `wanted` the arrival that is asked for."""

    __tablename__ = "bundle_held"
    id: Mapped[Key]
    of: Mapped[Code]
    first: Mapped[int]
    last: Mapped[int]
    wanted: Mapped[int]
    why: Mapped[Code]
    state: Mapped[Code]
    at: Mapped[Moment]


class Fork(Record):
    """Two histories of one log: what is held and what was offered at one place; both stay for ever.

    `state` is `open` until a person decided; `decision` is `held` (go on from what is held) or `ended`.
    """

    __tablename__ = "fork"
    id: Mapped[Key]
    of: Mapped[Code]
    station: Mapped[Code]
    seq: Mapped[int]
    held_leaf: Mapped[Name]
    offered_leaf: Mapped[Name]
    offered_note: Mapped[str] = mapped_column(Text)
    bundle: Mapped[Code]
    state: Mapped[Code]
    decision: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Quarantined(Record):
    """An entry of another site that is in its log here but could not be brought into the tables, and why."""

    __tablename__ = "quarantined"
    id: Mapped[Key]
    of: Mapped[Code]
    station: Mapped[Code]
    seq: Mapped[int]
    fault: Mapped[str] = mapped_column(Text)
    state: Mapped[Code]
    at: Mapped[Moment]


class Home(Record):
    """The county that founded this site: its log, its key, the key that bundles are sealed to, its address."""

    __tablename__ = "home"
    id: Mapped[Key]
    origin: Mapped[Name]
    key: Mapped[str] = mapped_column(Text)
    sealing: Mapped[Name]
    certificate: Mapped[str] = mapped_column(Text)
    url: Mapped[Name]
    at: Mapped[Moment]


class ReceiptKept(Record):
    """The county's word that it holds this site up to `last`; `joined` when its log grew from the one known before."""

    __tablename__ = "receipt_kept"
    __table_args__ = (Index(None, "site", "last"),)
    id: Mapped[Key]
    bundle: Mapped[Code]
    last: Mapped[int]
    size: Mapped[int]
    county_seq: Mapped[int]
    county_size: Mapped[int]
    county_root: Mapped[Name]
    joined: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    files: Mapped[Object]
    at: Mapped[Moment]


class SetIssued(Record):
    """A signed, versioned set that flows down: people, plan or settings; `id` is kind and version."""

    __tablename__ = "set_issued"
    id: Mapped[Key]
    kind: Mapped[Code]
    version: Mapped[int]
    until: Mapped[Moment]
    digest: Mapped[Code]
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class SetTaken(Record):
    """The newest set of one kind that this site works by; `id` is its kind."""

    __tablename__ = "set_taken"
    id: Mapped[Key]
    version: Mapped[int]
    until: Mapped[Moment]
    digest: Mapped[Code]
    at: Mapped[Moment]


class Pruned(Record):
    """An attachment whose bytes left this computer because the county holds them in a verified backup."""

    __tablename__ = "pruned"
    id: Mapped[Key]
    sha256: Mapped[Code]
    size: Mapped[int]
    county_size: Mapped[int]
    by: Mapped[Code]
    at: Mapped[Moment]
