"""Who held a sample: handovers with both parties identified, people from outside, seals and what became of them."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site
from lims.records.types import DecimalText


class Outsider(Record):
    """Somebody who is not one of us; name, telephone and masked number of the paper are kept apart as commitments."""

    __tablename__ = "outsider"
    id: Mapped[Key]
    name: Mapped[Code]
    organisation: Mapped[Name]
    phone: Mapped[Code]
    paper: Mapped[Code]
    paper_number: Mapped[Code]
    noted_by: Mapped[Code]
    noted_at: Mapped[Moment]


class Custody(Record):
    """One handover: who gave, who took, where, when, under which seal; a refused one is a fact too.

    A party is one of ours (`_account`, `_proof` is the check of the password) or from outside (`_outsider`,
    with signature and photograph as attachments); with neither it is a name that somebody typed.
    """

    __tablename__ = "custody"
    __table_args__ = (
        of_site("sample", "sample"),
        of_site("outsider", "giver_outsider"),
        of_site("outsider", "taker_outsider"),
        Index(None, "site", "sample"),
        CheckConstraint(
            "giver_account IS NULL OR taker_account IS NULL OR giver_account <> taker_account",
            name="two_parties",
        ),
    )
    id: Mapped[Key]
    sample: Mapped[Code]
    portion: Mapped[Code | None]
    giver: Mapped[Name]
    giver_account: Mapped[Code | None]
    giver_proof: Mapped[Code | None]
    giver_outsider: Mapped[Code | None]
    giver_signature: Mapped[Code | None]
    giver_photo: Mapped[Code | None]
    taker: Mapped[Name]
    taker_account: Mapped[Code | None]
    taker_proof: Mapped[Code | None]
    taker_outsider: Mapped[Code | None]
    taker_signature: Mapped[Code | None]
    taker_photo: Mapped[Code | None]
    place: Mapped[Name]
    latitude: Mapped[Decimal | None] = mapped_column(DecimalText)
    longitude: Mapped[Decimal | None] = mapped_column(DecimalText)
    accuracy: Mapped[Decimal | None] = mapped_column(DecimalText)
    seal: Mapped[Code]
    seal_state: Mapped[Code]
    condition: Mapped[Code]
    temperature: Mapped[Decimal | None] = mapped_column(DecimalText)
    quantity: Mapped[Decimal | None] = mapped_column(DecimalText)
    unit: Mapped[Code | None]
    photo: Mapped[Code | None]
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[Code | None]
    at: Mapped[Moment]


class GivenBack(Record):
    """A sample that the county gave back to the site that handed it over (`to`), said once by each of the two.

    `id` names the one handing over that it answers: the number and the version that the sample had then.
    """

    __tablename__ = "given_back"
    __table_args__ = (Index(None, "site", "sample"), Index(None, "site", "to"))
    id: Mapped[Key]
    sample: Mapped[Code]
    to: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Seal(Record):
    """One numbered seal as it stands now: `issued` to somebody, `applied`, `broken` or `lost`."""

    __tablename__ = "seal"
    __table_args__ = (Index(None, "site", "sample"),)
    id: Mapped[Key]
    state: Mapped[Code]
    issued_to: Mapped[Code]
    issued_by: Mapped[Code]
    issued_at: Mapped[Moment]
    sample: Mapped[Code | None]
    portion: Mapped[Code | None]


class SealFact(Record):
    """What happened to a seal: `applied`, `intact`, `found_broken`, `cut` by us with a reason, or `lost`.

    The database too refuses a second application of one number.
    """

    __tablename__ = "seal_fact"
    __table_args__ = (
        of_site("seal", "seal"),
        Index(None, "site", "sample"),
        Index(
            "uq_seal_fact_applied",
            "site",
            "seal",
            unique=True,
            sqlite_where=text("what = 'applied'"),
            postgresql_where=text("what = 'applied'"),
        ),
    )
    id: Mapped[Key]
    seal: Mapped[Code]
    what: Mapped[Code]
    sample: Mapped[Code | None]
    portion: Mapped[Code | None]
    place: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    photo: Mapped[Code | None]
    by: Mapped[Code]
    at: Mapped[Moment]
