"""A sample's way: drawn with its form, received or refused, handed over, voided."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from lims import clock
from lims.door import verb
from lims.errors import Conflict, Invalid, Problem, RuleBroken
from lims.records.custody import Custody
from lims.records.places import Business, Township
from lims.records.samples import Receipt, Sample
from lims.rules import form, regulation, spelling
from lims.rules.numbering import number
from lims.rules.workflow import move
from lims.services import handing
from lims.storage.unit import Unit, new_id

_AHEAD_SECONDS = 300


@verb(needs="sampler station", signs="采样")
def draw(unit: Unit, filled: Mapping[str, str]) -> str:
    """Save a sampling form and return the sample's number.

    Args:
        unit: the act.
        filled: field name to text, as `lims.rules.form` names them; "/" where there is nothing to say.

    Raises:
        Invalid: with one problem for each field that is wrong; nothing is saved.
    """
    tidied = form.tidy(filled)
    towns = unit.all(select(Township.code).where(Township.site == unit.site))
    problems = form.problems(tidied, towns)
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    drawn_at = datetime.fromisoformat(tidied["drawn_at"])
    if (drawn_at - unit.now).total_seconds() > _AHEAD_SECONDS:
        raise Invalid("form.problems", [Problem("form.future", "drawn_at")], count=1)
    _standing(unit, tidied["township"], clock.local(drawn_at).date())
    kept = {
        name: unit.commit_personal(text) if form.fields()[name].kind == "personal" else text
        for name, text in tidied.items()
    }
    sample = _sample(unit, kept, drawn_at)
    unit.put(_business(unit, kept, sample), sample)
    return sample.id


def _standing(unit: Unit, township: str, day: date) -> None:
    town = unit.find(Township, township)
    if town is not None and town.since is not None and day < town.since:
        early = Problem("township.early", "township", {"name": town.name, "since": town.since.isoformat()})
        raise Invalid("form.problems", [early], count=1)
    if town is not None and town.until is not None and town.until < day:
        ended = Problem("township.ended", "township", {"name": town.name, "until": town.until.isoformat()})
        raise Invalid("form.problems", [ended], count=1)


def _next_number(unit: Unit, day: datetime) -> str:
    local = clock.local(day).date()
    prefix = f"{unit.place.station}{local:%y%m%d}"
    last = unit.one(
        select(func.max(Sample.id)).where(
            Sample.site == unit.site, Sample.id >= prefix, Sample.id < prefix + "~"
        )
    )
    counter = int(last[10:14]) + 1 if last else 1
    if counter > 9999:
        raise RuleBroken("sample.counter", station=unit.place.station, day=local.isoformat())
    return number(unit.place.station, local, counter)


def _sample(unit: Unit, kept: dict[str, str], drawn_at: datetime) -> Sample:
    return Sample(
        id=_next_number(unit, unit.now),
        kind=kept["kind"],
        food=kept["food"],
        product_group=kept["product_group"],
        stage=kept["stage"],
        township=kept["township"],
        business=None,
        business_name=kept["business_name"],
        drawn_at=drawn_at,
        drawn_on=clock.local(drawn_at).date(),
        drawn_by=unit.actor.account,
        seal=kept["seal"],
        form=kept,
        state="drawn",
        version=1,
    )


def _business(unit: Unit, kept: dict[str, str], sample: Sample) -> Business:
    query = select(Business).where(
        Business.site == unit.site,
        Business.name == kept["business_name"],
        Business.township == kept["township"],
        Business.stall == kept["stall"],
    )
    known = unit.one(query)
    business = known or Business(id=new_id(), name=kept["business_name"], stall=kept["stall"])
    business.pinyin = spelling.initials(kept["business_name"])[:200]
    business.township = kept["township"]
    business.address = kept["business_address"]
    business.credit_code = kept["credit_code"]
    business.no_code_reason = ""
    business.contact = kept["contact"]
    business.phone = kept["phone"]
    sample.business = business.id
    return business


def moved(sample: Sample, to: str) -> Sample:
    """Move a sample's state along the table and count its version.

    Raises:
        RuleBroken: when the table has no such move.
    """
    sample.state = move(sample.id, sample.state, to)
    sample.version += 1
    return sample


def _expect(sample: Sample, version: int | None) -> None:
    if version is not None and sample.version != version:
        raise Conflict("sample.changed", number=sample.id)


def _check_words(**words: str) -> None:
    wrong = [
        Problem("form.option", name, {"value": word})
        for name, word in words.items()
        if word not in regulation.codes(name)
    ]
    if wrong:
        raise Invalid("form.problems", wrong, count=len(wrong))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen when a sample came in; "/" where nothing was measured.

    Attributes:
        condition: a code of the vocabulary `condition`.
        seal_state: a code of the vocabulary `seal_state`.
        seal: the seal's number as read on the bag.
        temperature: in degrees Celsius, as text with its unit.
        quantity: with its unit.
    """

    condition: str
    seal_state: str
    seal: str
    temperature: str = "/"
    quantity: str = "/"


@verb(needs="technician sampler", signs="签收")
def receive(
    unit: Unit, sample: str, seen: Seen, *, accept: bool = True, reason: str = "", version: int | None = None
) -> str:
    """Take a sample in at the laboratory, or refuse it with a reason; return the receipt's id.

    One that a van of ours handed over is ours from then on; refused, it is given back to the van.

    Raises:
        RuleBroken: a van keeps it and did not hand it over, it was received, refused or voided before, it is
            accepted in a bad state or with another seal without a reason, or a refusal has no reason.
        Invalid: a word outside its vocabulary.
        Conflict: somebody changed the sample after it was read.
    """
    came = handing.arriving(unit, sample)
    row = came or unit.get(Sample, sample)
    _expect(row, version)
    _check_words(condition=seen.condition, seal_state=seen.seal_state)
    fits = seen.condition == "good" and seen.seal_state == "intact" and seen.seal == row.seal
    refused = "returned" if came else "rejected"
    moved(row, "received" if accept else refused)
    if not reason.strip() and not (accept and fits):
        raise RuleBroken("receipt.reason", number=sample, seal=row.seal, found=seen.seal)
    unit.why = reason
    receipt = Receipt(
        id=new_id(),
        sample=sample,
        accepted=accept,
        reason=reason,
        by=unit.actor.account,
        at=unit.now,
        **asdict(seen),
    )
    if came:
        unit.put(_business(unit, came.form, came))
        if not accept:
            unit.put(handing.refused(unit, sample, reason))
    unit.put(row, receipt)
    if came:
        unit.put(*handing.parts(unit, sample))
    return receipt.id


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover between two people; `condition` and `seal_state` are codes of their vocabularies."""

    giver: str
    taker: str
    place: str
    seal: str
    seal_state: str
    condition: str


@verb(needs="sampler technician manager")
def hand_over(unit: Unit, sample: str, handover: Handover, *, accepted: bool = True, reason: str = "") -> str:
    """Note a handover between two people and return its id; a refused one is kept too, with its reason.

    Raises:
        RuleBroken: giver and taker are the same, or a refusal has no reason.
        Invalid: an empty field, or a word outside its vocabulary.
    """
    unit.get(Sample, sample)
    empty = [Problem("form.missing", name) for name, text in asdict(handover).items() if not text.strip()]
    if empty:
        raise Invalid("form.problems", empty, count=len(empty))
    _check_words(condition=handover.condition, seal_state=handover.seal_state)
    if handover.giver == handover.taker:
        raise RuleBroken("custody.same_person", number=sample)
    if not accepted and not reason.strip():
        raise RuleBroken("custody.reason", number=sample)
    unit.why = reason
    row = Custody(
        id=new_id(), sample=sample, accepted=accepted, reason=reason, at=unit.now, **asdict(handover)
    )
    unit.put(row)
    return row.id


@verb(needs="manager", cli="void", signs="作废")
def void(unit: Unit, sample: str, *, reason: str) -> str:
    """Void a sample that was drawn by mistake; it stays on record and counts no more.

    Raises:
        RuleBroken: no reason, or a slip was issued already.
    """
    if not reason.strip():
        raise RuleBroken("sample.reason", number=sample)
    unit.why = reason
    unit.put(moved(unit.get(Sample, sample), "void"))
    return sample
