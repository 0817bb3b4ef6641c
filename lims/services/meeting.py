"""A handover as it happens at a desk: both parties prove who they are, what shows them is kept, then it is noted."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lims.config import Folder
from lims.door import Lims
from lims.errors import Invalid
from lims.rules.amount import Amount
from lims.services import attach, custody, identify
from lims.services.attach import Subject
from lims.services.custody import Handover, Outside, Party, Position, Stranger


@dataclass(frozen=True, slots=True)
class Ours:
    """One of ours, who types his own password."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody from outside: who, the signature he drew (PNG, empty for none), the photograph of him."""

    stranger: Stranger
    signature: bytes = b""
    photo: Path | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One handover before anybody is identified; fields as in `lims.services.custody.Handover`.

    `photo` is a file with a photograph of the bag and its seal.
    """

    giver: Ours | Visitor
    taker: Ours | Visitor
    place: str
    seal: str
    seal_state: str
    condition: str
    portion: str = ""
    position: Position | None = None
    temperature: Decimal | None = None
    quantity: Amount | None = None
    photo: Path | None = None


def hold(
    lims: Lims, folder: Folder, sample: str, meeting: Meeting, *, accepted: bool = True, reason: str = ""
) -> str:
    """Identify both parties, keep signature and photographs, note the handover; return its id.

    Raises:
        LimsError: what `identify.confirm`, `attach.file` or `custody.hand_over` refuse.
    """
    handover = _identified(lims, folder, sample, meeting)
    return lims.do(custody.hand_over, sample, handover, accepted=accepted, reason=reason)


def to_county(lims: Lims, folder: Folder, sample: str, meeting: Meeting) -> str:
    """Identify both parties as `hold` does and give a van's sample to its county; return the handover's id.

    Raises:
        LimsError: what `identify.confirm`, `attach.file` or `custody.to_county` refuse.
    """
    return lims.do(custody.to_county, sample, _identified(lims, folder, sample, meeting))


def _identified(lims: Lims, folder: Folder, sample: str, meeting: Meeting) -> Handover:
    giver, taker = (_party(lims, folder, one) for one in (meeting.giver, meeting.taker))
    photo = _photo(lims, folder, sample, meeting.photo) if meeting.photo else ""
    return Handover(
        giver,
        taker,
        meeting.place,
        meeting.seal,
        meeting.seal_state,
        meeting.condition,
        meeting.portion,
        meeting.position,
        meeting.temperature,
        meeting.quantity,
        photo,
    )


def _party(lims: Lims, folder: Folder, party: Ours | Visitor) -> Party:
    if isinstance(party, Ours):
        return identify.confirm(lims, party.login, party.password)
    who = lims.do(custody.outsider, party.stranger)
    signature = photo = ""
    if party.signature:
        subject = Subject("outsider", who, "signature")
        signature = attach.drawn(lims, folder, party.signature, "signature.png", subject)
    if party.photo:
        subject = Subject("outsider", who, "person_photo")
        photo = attach.file(lims, folder, party.photo, subject, personal=True)
    return Outside(who, signature, photo)


def _photo(lims: Lims, folder: Folder, sample: str, path: Path) -> str:
    return attach.file(lims, folder, path, Subject("sample", sample, "seal_photo"))


def position(text: str) -> Position | None:
    """Read a position such as `26.2, 119.54`, or nothing.

    Raises:
        Invalid: it is no pair of degrees.
    """
    if not text.strip():
        return None
    try:
        latitude, longitude = (Decimal(part.strip()) for part in text.replace("，", ",").split(","))
    except (ArithmeticError, ValueError):
        raise Invalid("meeting.position", text=text) from None
    return Position(latitude, longitude)
