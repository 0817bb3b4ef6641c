"""Who signed what: each person's public key, and the signatures over entries of the log."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Record, of_site


class PersonKey(Record):
    """A person's public key (Ed25519, hex); a later one takes the place of an earlier, which stays on record.

    `second` is the other person who took part when a key was issued anew.
    """

    __tablename__ = "person_key"
    __table_args__ = (of_site("account", "account"), Index(None, "site", "account"))
    id: Mapped[Key]
    account: Mapped[Code]
    algorithm: Mapped[Code]
    public: Mapped[Code] = mapped_column()
    issued_by: Mapped[Code]
    second: Mapped[Code | None]
    issued_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Signature(Record):
    """One signature: over the leaf of entry `seq` of `station`, the meaning, the key and a nonce."""

    __tablename__ = "signature"
    __table_args__ = (of_site("person_key", "key"), Index(None, "site", "station", "seq"))
    id: Mapped[Key]
    station: Mapped[Code]
    seq: Mapped[int]
    key: Mapped[Code]
    account: Mapped[Code]
    meaning: Mapped[Code]
    nonce: Mapped[Code]
    value: Mapped[str] = mapped_column()
    at: Mapped[Moment]
