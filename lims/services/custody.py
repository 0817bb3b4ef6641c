"""Handovers with both parties identified: ours by password, outsiders by paper, signature and photograph."""

from dataclasses import dataclass
from decimal import Decimal

from lims.door import verb
from lims.errors import Invalid, NotFound, Problem, RuleBroken
from lims.records.attachments import Attachment
from lims.records.custody import Custody, Outsider
from lims.records.peers import Home
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.rules import regulation
from lims.rules.amount import Amount, checked
from lims.rules.custody import masked_number
from lims.services.identify import Confirmed, proved
from lims.services.sample import moved
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not one of us, as he identified himself.

    Attributes:
        name: in full; kept apart from the log.
        organisation: whom he works for, "/" for himself.
        paper: a code of the vocabulary `paper_kind`.
        paper_number: in full or masked; only the masked form is kept.
        phone: kept apart from the log; "/" for none.
    """

    name: str
    organisation: str
    paper: str
    paper_number: str
    phone: str = "/"


@verb(needs="sampler technician manager")
def outsider(unit: Unit, stranger: Stranger) -> str:
    """Note a person from outside who takes part in handovers; return the id by which they name him.

    Raises:
        Invalid: an empty field, or a kind of paper outside its vocabulary.
    """
    given = {name: getattr(stranger, name).strip() for name in ("name", "organisation", "paper_number")}
    problems = [Problem("form.missing", name) for name, text in given.items() if not text]
    if stranger.paper not in regulation.codes("paper_kind"):
        problems.append(Problem("form.option", "paper", {"value": stranger.paper}))
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    row = Outsider(
        id=new_id(),
        name=unit.commit_personal(given["name"]),
        organisation=given["organisation"],
        phone=unit.commit_personal(stranger.phone.strip() or "/"),
        paper=stranger.paper,
        paper_number=unit.commit_personal(masked_number(given["paper_number"])),
        noted_by=unit.actor.account,
        noted_at=unit.now,
    )
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class Outside:
    """A party from outside: who, his drawn signature and his photograph (ids of attachments)."""

    outsider: str
    signature: str = ""
    photo: str = ""


Party = Confirmed | Outside


@dataclass(frozen=True, slots=True)
class Position:
    """Where it happened by GPS: degrees north and east (WGS 84), accuracy in metres."""

    latitude: Decimal
    longitude: Decimal
    accuracy: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover as both parties saw it.

    Attributes:
        giver: who gives.
        taker: who takes, or refuses to.
        place: where, in words.
        seal: the seal's number as read, "/" where there is none.
        seal_state: a code of the vocabulary `seal_state`.
        condition: a code of the vocabulary `condition`.
        portion: the part of the sample that is handed over; empty for the whole.
        position: where by GPS, None where there is none.
        temperature: in degrees Celsius, None where nobody measured.
        quantity: None where nobody measured.
        photo: attachment with a photograph; empty for none.
    """

    giver: Party
    taker: Party
    place: str
    seal: str
    seal_state: str
    condition: str
    portion: str = ""
    position: Position | None = None
    temperature: Decimal | None = None
    quantity: Amount | None = None
    photo: str = ""


@verb(needs="sampler technician manager")
def hand_over(unit: Unit, sample: str, handover: Handover, *, accepted: bool = True, reason: str = "") -> str:
    """Note a handover between two identified parties and return its id; a refused one is kept too.

    Raises:
        NotAllowed: one of ours did not prove who he is, or too long ago.
        RuleBroken: both are one person, none of ours takes part, an outsider lacks signature or photograph, a
            refusal has no reason, or the portion is no longer here.
        Invalid: an empty field, a word outside its vocabulary, or a figure that cannot be.
        NotFound: no such sample, portion, person or attachment.
    """
    row = unit.get(Sample, sample)
    if row.state in {"void", "rejected"}:
        raise RuleBroken("custody.state", number=sample, state=row.state)
    _check(handover)
    if not accepted and not reason.strip():
        raise RuleBroken("custody.reason", number=sample)
    giver = _party(unit, handover.giver, sample, must_sign=accepted)
    taker = _party(unit, handover.taker, sample, must_sign=accepted)
    if not (giver.account or taker.account):
        raise RuleBroken("custody.none_of_ours", number=sample)
    if (giver.account, giver.outsider) == (taker.account, taker.outsider):
        raise RuleBroken("custody.same_person", number=sample)
    portion = _portion(unit, sample, handover)
    _attachment(unit, handover.photo)
    unit.why = reason
    noted = _custody(unit, sample, handover, giver, taker)
    noted.accepted, noted.reason = accepted, reason
    unit.put(noted)
    if portion and accepted and _moves(portion, taker):
        unit.put(portion)
    return noted.id


@verb(needs="sampler technician manager")
def to_county(unit: Unit, sample: str, handover: Handover) -> str:
    """Give a whole sample of a van to its county, which alone writes about it from then on; return the handover's id.

    The county becomes its keeper when it receives the bag, once this act has come with a bundle.

    Raises:
        NotFound: no county founded this site, or as `hand_over`.
        RuleBroken: it is in an open run, void, refused or handed over already, a portion is named, or as `hand_over`.
        NotAllowed: as `hand_over`.
        Invalid: as `hand_over`.
    """
    row = unit.get(Sample, sample)
    if unit.find(Home, "county") is None:
        raise NotFound("sync.no_home")
    if row.state == "testing":
        raise RuleBroken("custody.running", number=sample)
    if handover.portion:
        raise RuleBroken("custody.whole", number=sample)
    to = moved(row, "handed")
    noted = hand_over(unit, sample, handover)
    unit.put(to)
    return noted


def _moves(portion: Portion, taker: "_Known") -> bool:
    """Note on a portion whether it is with us or with somebody from outside; tell whether that changed."""
    state = "held" if taker.account else "handed_out"
    changed = portion.state != state
    portion.state, portion.version = state, portion.version + changed
    return changed


def _check(handover: Handover) -> None:
    problems = [
        Problem("form.missing", name)
        for name in ("place", "seal", "seal_state", "condition")
        if not getattr(handover, name).strip()
    ]
    problems += [
        Problem("form.option", name, {"value": getattr(handover, name)})
        for name in ("seal_state", "condition")
        if getattr(handover, name).strip() and getattr(handover, name) not in regulation.codes(name)
    ]
    where, warm = handover.position, handover.temperature
    if where and not (
        abs(where.latitude) <= 90
        and abs(where.longitude) <= 180
        and (where.accuracy is None or where.accuracy >= 0)
    ):
        problems.append(Problem("custody.position", "position"))
    if warm is not None and not (warm.is_finite() and -100 <= warm <= 100):
        problems.append(Problem("custody.temperature", "temperature", {"value": str(warm)}))
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    if handover.quantity:
        checked(handover.quantity)


@dataclass(frozen=True, slots=True)
class _Known:
    """A party once it is identified."""

    name: str
    account: str | None = None
    proof: str | None = None
    outsider: str | None = None
    signature: str | None = None
    photo: str | None = None


def _party(unit: Unit, party: Party, sample: str, *, must_sign: bool) -> _Known:
    if isinstance(party, Confirmed):
        account = proved(unit, party)
        return _Known(account.name, account.id, party.proof)
    row = unit.get(Outsider, party.outsider)
    if must_sign and not (party.signature and party.photo):
        raise RuleBroken("custody.unsigned", number=sample)
    _attachment(unit, party.signature)
    _attachment(unit, party.photo)
    return _Known("", None, None, row.id, party.signature or None, party.photo or None)


def _attachment(unit: Unit, id_: str) -> None:
    if id_ and unit.find(Attachment, id_) is None:
        raise NotFound("attachment.unknown", id=id_)


def _portion(unit: Unit, sample: str, handover: Handover) -> Portion | None:
    if not handover.portion:
        return None
    portion = unit.get(Portion, handover.portion)
    if portion.sample != sample or portion.state in {"used", "disposed"}:
        raise RuleBroken("portion.gone", portion=portion.id, state=portion.state)
    return portion


def _custody(unit: Unit, sample: str, handover: Handover, giver: _Known, taker: _Known) -> Custody:
    where, quantity = handover.position, handover.quantity
    return Custody(
        id=new_id(),
        sample=sample,
        portion=handover.portion or None,
        giver=giver.name,
        giver_account=giver.account,
        giver_proof=giver.proof,
        giver_outsider=giver.outsider,
        giver_signature=giver.signature,
        giver_photo=giver.photo,
        taker=taker.name,
        taker_account=taker.account,
        taker_proof=taker.proof,
        taker_outsider=taker.outsider,
        taker_signature=taker.signature,
        taker_photo=taker.photo,
        place=handover.place,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        accuracy=where.accuracy if where else None,
        seal=handover.seal,
        seal_state=handover.seal_state,
        condition=handover.condition,
        temperature=handover.temperature,
        quantity=quantity.value if quantity else None,
        unit=quantity.unit if quantity else None,
        photo=handover.photo or None,
        noted_by=unit.actor.account,
        at=unit.now,
    )
