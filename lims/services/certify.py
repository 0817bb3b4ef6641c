"""The slip: its content is frozen from the facts, hashed into the log, and replaced only by a higher version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lims import clock
from lims.door import question, verb
from lims.errors import Invalid, RuleBroken
from lims.queries import disputes, methods, nonconforming, slips, trace
from lims.queries.run_facts import run_facts
from lims.records.equipment import Instrument
from lims.records.places import Site
from lims.records.results import Certificate, Result
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.records.settings import Setting
from lims.reports.content import FORM, content_hash
from lims.services.plan import setting
from lims.services.sample import moved
from lims.storage.unit import Unit, View, new_id

ALONE = "works_alone"
"""Name of the setting of a station, followed by a dot and its code."""

_PRINTED = frozenset(
    [
        "business_name",
        "credit_code",
        "township",
        "business_address",
        "stall",
        "stage",
        "place_kind",
        "drawn_at",
        "food",
        "product_group",
        "sample_source",
        "brand",
        "specification",
        "batch",
        "dated_on",
        "quantity",
        "storage",
        "producer_name",
        "origin",
        "seal",
        "second_sampler",
    ]
)


@verb(needs="signatory", signs="批准")
def issue(unit: Unit, sample: str, *, reason: str = "") -> str:
    """Issue the slip of a reviewed sample and return its id; a second one needs a reason and names the first.

    While a positive case of the sample is open the slip says so, and that it is no final word.

    Raises:
        RuleBroken: the sample is not reviewed, a result of it is held because of nonconforming work, a slip exists
            and no reason is given, or the station works with one person and the result is not negative.
        Tampered: what the tables say of the sample is not what the log says.
    """
    row = unit.get(Sample, sample)
    slips.replayed(unit.view(), sample)
    earlier = _earlier(unit, sample)
    final = [one for one in earlier if not one.content.get("preliminary")]
    if final and not reason.strip():
        raise RuleBroken("slip.reason", number=sample, version=len(earlier))
    moved(row, "certified")
    if nonconforming.held_sample(unit.view(), sample):
        raise RuleBroken("slip.held", number=sample)
    unit.why = reason
    content = _content(unit, sample, len(earlier), ("approved",))
    if waiting := disputes.open_items(unit.view(), sample):
        content["open_cases"] = waiting
    if alone(unit.view()) and any(one["word"] != "negative" for one in content["results"]):
        raise RuleBroken("slip.alone", number=sample)
    slip = _slip(unit, sample, content, reason)
    unit.put(slip, row)
    return slip.id


@verb(needs="technician", cli="preliminary", signs="检测")
def preliminary(unit: Unit, sample: str) -> str:
    """Issue the paper of a screening that nobody reviewed yet, marked 初筛待复核, and return its id.

    It moves the sample nowhere: the final slip follows when a second person has reviewed the result.

    Raises:
        RuleBroken: no result of the sample waits for review.
        Tampered: what the tables say of the sample is not what the log says.
    """
    row = unit.get(Sample, sample)
    slips.replayed(unit.view(), sample)
    if row.state != "tested":
        raise RuleBroken("slip.not_tested", number=sample, state=row.state)
    content = _content(unit, sample, len(_earlier(unit, sample)), ("to_review",))
    slip = _slip(unit, sample, {**content, "preliminary": True}, "")
    unit.put(slip)
    return slip.id


@verb(needs="manager", cli="works-alone")
def work_alone(unit: Unit, answer: str) -> str:
    """Set whether this station works with one person, as a van may: `yes` or `no`.

    Then it gives out preliminary papers, and no final slip of a result that is not negative.

    Raises:
        Invalid: another answer.
    """
    if answer not in {"yes", "no"}:
        raise Invalid("slip.alone_answer", answer=answer)
    return setting(unit, f"{ALONE}.{unit.place.station}", answer)


@question()
def alone(view: View) -> bool:
    """Tell whether this station works with one person."""
    found = view.find(Setting, f"{ALONE}.{view.place.station}")
    return found is not None and found.value == "yes"


def _earlier(unit: Unit, sample: str) -> Sequence[Certificate]:
    return unit.all(select(Certificate).where(Certificate.site == unit.site, Certificate.sample == sample))


def _slip(unit: Unit, sample: str, content: dict[str, Any], reason: str) -> Certificate:
    return Certificate(
        id=new_id(),
        sample=sample,
        number=content["version"],
        content=content,
        content_hash=content_hash(content),
        reason=reason,
        issued_by=unit.actor.account,
        issued_at=unit.now,
        seq=unit.next_seq(),
    )


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else f"{clock.local(moment):%Y-%m-%d %H:%M} +08:00"


def _content(unit: Unit, sample: str, earlier: int, states: Sequence[str]) -> dict[str, Any]:
    trail = trace.sample(unit.view(), sample)
    shown = [one for one in trail.findings if one.state in states]
    before = [one for one in trail.findings if one.state in {"repeat", "rejected"}]
    return {
        "form": FORM,
        "laboratory": unit.get(Site).name,
        "number": sample,
        "version": earlier + 1,
        "replaces": earlier,
        "sample": [[zh, en, text] for name, zh, en, text in trail.form if name in _PRINTED],
        "results": [_result(unit, one) for one in shown],
        "first_results": [_result(unit, one) for one in before],
        "trail": [
            {
                "at": _shown(fact.at),
                "what": fact.what,
                "who": fact.who,
                "where": fact.where,
                "detail": [[name, text] for name, text in fact.detail.items() if text],
            }
            for fact in trail.facts
            if not fact.what.startswith("case.")
        ],
        "titles": {id_: list(title) for id_, title in trail.titles.items()},
        "issued_by": unit.actor.name,
        "issued_at": _shown(unit.now),
    }


def _result(unit: Unit, one: trace.Finding) -> dict[str, Any]:
    method = one.rule or methods.current(unit.view(), one.method)
    instrument = unit.get(Instrument, one.instrument)
    run = unit.one(
        select(Run)
        .join(Result, (Result.site == Run.site) & (Result.run == Run.id))
        .where(Run.site == unit.site, Result.reading == one.reading)
    )
    return {
        "item": one.item,
        "method": method.title[0],
        "standard": method.standard,
        "value": one.value,
        "unit": one.unit,
        "word": one.word,
        "clause": method.clause,
        "source": method.source,
        "verified": method.verified,
        "instrument": f"{instrument.name} ({instrument.profile})",
        "serial": instrument.serial,
        "evidence": instrument.evidence,
        "lot": run.lot if run else "",
        "control": run.validity if run else "",
        "limit": _limit(one.basis),
        "override": run_facts(unit.view(), run.id).override if run else "",
        "tested_at": _shown(one.received_at),
        "tester": one.tester,
        "device_call": one.call,
        "flags": " ".join(one.flags),
        "doubts": " ".join(one.doubts),
        "reviewer": one.reviewer,
        "reviewed_at": _shown(one.reviewed_at),
        "display": one.display,
        "reading": one.reading,
    }


def _limit(basis: Mapping[str, object]) -> str:
    """Return the limit that judged, as it is printed; empty where none did."""
    if not basis.get("limit"):
        return ""
    figure = " ".join(str(basis[name]) for name in ("limit_value", "limit_unit") if basis[name])
    return " ".join(part for part in (str(basis["limit_standard"]), figure) if part)
