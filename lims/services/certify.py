"""The slip: its content is frozen from the facts, hashed into the log, and replaced only by a higher version."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from lims import clock
from lims.door import verb
from lims.errors import RuleBroken
from lims.queries import slips, trace
from lims.records.equipment import Instrument
from lims.records.places import Site
from lims.records.results import Certificate, Result
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.reports.content import FORM, content_hash
from lims.rules import regulation
from lims.services.sample import moved
from lims.storage.unit import Unit, new_id

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

    Raises:
        RuleBroken: the sample is not reviewed, or a slip exists and no reason is given.
        Tampered: what the tables say of the sample is not what the log says.
    """
    row = unit.get(Sample, sample)
    slips.replayed(unit.view(), sample)
    earlier = unit.all(select(Certificate).where(Certificate.site == unit.site, Certificate.sample == sample))
    if earlier and not reason.strip():
        raise RuleBroken("slip.reason", number=sample, version=len(earlier))
    moved(row, "certified")
    unit.why = reason
    content = _content(unit, sample, len(earlier))
    slip = Certificate(
        id=new_id(),
        sample=sample,
        number=len(earlier) + 1,
        content=content,
        content_hash=content_hash(content),
        reason=reason,
        issued_by=unit.actor.account,
        issued_at=unit.now,
        seq=unit.next_seq(),
    )
    unit.put(slip, row)
    return slip.id


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else f"{clock.local(moment):%Y-%m-%d %H:%M} +08:00"


def _content(unit: Unit, sample: str, earlier: int) -> dict[str, Any]:
    trail = trace.sample(unit.view(), sample)
    approved = [one for one in trail.findings if one.state == "approved"]
    before = [one for one in trail.findings if one.state in {"repeat", "rejected"}]
    return {
        "form": FORM,
        "laboratory": unit.get(Site).name,
        "number": sample,
        "version": earlier + 1,
        "replaces": earlier,
        "sample": [[zh, en, text] for name, zh, en, text in trail.form if name in _PRINTED],
        "results": [_result(unit, one) for one in approved],
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
        ],
        "issued_by": unit.actor.name,
        "issued_at": _shown(unit.now),
    }


def _result(unit: Unit, one: trace.Finding) -> dict[str, Any]:
    method = regulation.method(one.method)
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
