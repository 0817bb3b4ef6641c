"""One sample's trail: every fact about it in the order it happened, with who and where."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import case_facts, custody_facts, gaps, gone, methods, places, sites
from lims.queries.fact import Fact
from lims.queries.people import Names, names
from lims.queries.run_facts import RunFacts, run_facts
from lims.records.custody import GivenBack
from lims.records.readings import Reading
from lims.records.results import Certificate, Result, Review, Verdict
from lims.records.runs import Position, Run
from lims.records.samples import Receipt, Sample
from lims.rules import form
from lims.rules.custody import Gap
from lims.rules.methods import Method
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on a sample with the reading behind it, the run it came from and what a second person said.

    `journal` is where the raw bytes lie: the station and the place in the instrument's journal; `rule` is the edition
    of the method that judged.
    """

    verdict: str
    item: str
    method: str
    value: str
    unit: str
    word: str
    state: str
    doubts: tuple[str, ...]
    basis: dict[str, object]
    tester: str
    at: datetime
    reading: str
    instrument: str
    position: str
    said: dict[str, str]
    flags: tuple[str, ...]
    call: str
    received_at: datetime
    device_time: str
    reviewer: str = ""
    reviewed_at: datetime | None = None
    display: str = ""
    reason: str = ""
    run: str = ""
    journal: tuple[str, int] = ("", 0)
    rule: Method | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """A sample with its form in the paper's order, its facts, findings and gaps of custody, the earliest first.

    `runs` tells of each run it was in what stood behind it; `van` is the name of the site that keeps it, where
    that is another than this; `titles` are those of its methods by their ids, (Chinese, English).
    """

    number: str
    state: str
    version: int
    food: str
    form: tuple[tuple[str, str, str, str], ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    slips: tuple[tuple[str, int], ...]
    gaps: tuple[Gap, ...] = ()
    runs: Mapping[str, RunFacts] = field(default_factory=dict)
    van: str = ""
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@question()
def sample(view: View, number: str) -> Trail:
    """Return the trail of one sample, of this site or of one that it founded.

    Raises:
        NotFound: no sample has this number.
    """
    vans, here = sites.vans(view), view
    view = sites.holding(view, number)
    row = view.get(Sample, number)
    facts: list[Fact] = []
    runs: dict[str, RunFacts] = {}
    told: list[Finding] = []
    titles: dict[str, tuple[str, str]] = {}
    for site in sites.telling(view, number):
        there = view.at(site)
        some = [*_facts(there, there.get(Sample, number)), *_given_back(here, number, names(here))]
        known = {(fact.what, fact.id) for fact in facts}
        some += gone.facts(there, some, names(there))
        facts += [fact for fact in some if (fact.what, fact.id) not in known]
        runs |= {fact.id: run_facts(there, fact.id) for fact in some if fact.what == "run_started"}
        told += findings(there, number)
        titles |= methods.titles(there)
    slips = view.all(select(Certificate).where(Certificate.site == view.site, Certificate.sample == number))
    return Trail(
        number=row.id,
        state=row.state,
        version=row.version,
        food=row.food,
        form=tuple(_form(view, row)),
        facts=tuple(sorted(facts, key=lambda fact: fact.at)),
        findings=tuple(told),
        slips=tuple((slip.id, slip.number) for slip in slips),
        gaps=tuple(gaps.of_sample(view, row)),
        runs=runs,
        van=vans.get(row.site, ""),
        titles={id_: title for id_, title in titles.items() if id_ in _methods(facts)},
    )


def _methods(facts: Iterable[Fact]) -> frozenset[str]:
    return frozenset(fact.detail["method"] for fact in facts if "method" in fact.detail)


def _facts(view: View, row: Sample) -> Iterator[Fact]:
    """Yield what one site says of a sample, in no order."""
    known, number = names(view), row.id
    yield Fact(row.drawn_at, "drawn", known(row.drawn_by), row.business_name, {"seal": row.seal}, row.id)
    yield from _receipts(view, number, known)
    yield from custody_facts.facts(view, row, known)
    yield from case_facts.facts(view, number, known)
    yield from _runs(view, number, known)
    yield from _verdicts(view, number)
    yield from _reviews(view, number, known)
    yield from _slips(view, number, known)


def _form(view: View, row: Sample) -> Iterator[tuple[str, str, str, str]]:
    towns = places.names(view)
    for part in form.sections():
        for one in part.fields:
            text = str(row.form.get(one.name, ""))
            if one.kind == "personal":
                text = view.personal(text)
            if one.kind == "time":
                text = f"{clock.local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M} +08:00"
            options = {option.code: option.zh for option in one.options}
            known = options | towns if one.name == "township" else options
            yield one.name, one.label[0], one.label[1], known.get(text, text)


def _receipts(view: View, number: str, known: Names) -> Iterator[Fact]:
    for row in view.all(select(Receipt).where(Receipt.site == view.site, Receipt.sample == number)):
        detail = {
            "condition": row.condition,
            "temperature": row.temperature,
            "seal": row.seal,
            "seal_state": row.seal_state,
            "quantity": row.quantity,
            "reason": row.reason,
        }
        yield Fact(row.at, "received" if row.accepted else "rejected", known(row.by), "", detail, row.id)


def _given_back(view: View, number: str, known: Names) -> Iterator[Fact]:
    query = select(GivenBack).where(GivenBack.site == view.site, GivenBack.sample == number)
    for row in view.all(query):
        yield Fact(row.at, "given_back", known(row.by), "", {"reason": row.reason}, row.id)


def _runs(view: View, number: str, known: Names) -> Iterator[Fact]:
    query = (
        select(Run, Position.position)
        .join(Position, (Position.site == Run.site) & (Position.run == Run.id))
        .where(Run.site == view.site, Position.sample == number)
    )
    for run, position in view.rows(query):
        detail = {"method": run.method, "lot": run.lot, "position": position}
        yield Fact(run.started_at, "run_started", known(run.operator), run.instrument, detail, run.id)
        if run.closed_at is not None:
            ended = {"validity": run.validity, "why": run.why}
            yield Fact(run.closed_at, "run_closed", known(run.closed_by), run.instrument, ended, run.id)


def _verdicts(view: View, number: str) -> Iterator[Fact]:
    for one in findings(view, number):
        read = {"value": one.value, "unit": one.unit, "call": one.call, "flags": " ".join(one.flags)}
        yield Fact(one.received_at, "read", one.instrument, one.position, read, one.reading)
        judged = {
            "word": one.word, "item": one.item, "value": one.value, "method": one.method,
            "doubts": " ".join(one.doubts),
        }  # fmt: skip
        yield Fact(one.at, "verdict", one.tester, "", judged, one.verdict)


def _reviews(view: View, number: str, known: Names) -> Iterator[Fact]:
    query = (
        select(Review)
        .join(Verdict, (Verdict.site == Review.site) & (Verdict.id == Review.verdict))
        .where(Review.site == view.site, Verdict.sample == number)
    )
    for row in view.all(query):
        detail = {"reason": row.reason, "display": row.display}
        what = "sent_back" if row.decision == "rejected" else row.decision
        yield Fact(row.at, what, known(row.reviewer), "", detail, row.id)


def _slips(view: View, number: str, known: Names) -> Iterator[Fact]:
    for row in view.all(
        select(Certificate).where(Certificate.site == view.site, Certificate.sample == number)
    ):
        detail = {"version": str(row.number), "reason": row.reason}
        yield Fact(row.issued_at, "slip", known(row.issued_by), "", detail, row.id)


def findings(view: View, number: str) -> list[Finding]:
    """Return every verdict on a sample with what stands behind it, the earliest first."""
    known = names(view)
    query = (
        select(Verdict, Result, Reading, Review, Run)
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Reading, (Reading.site == Result.site) & (Reading.id == Result.reading))
        .outerjoin(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .outerjoin(Review, (Review.site == Verdict.site) & (Review.verdict == Verdict.id))
        .where(Verdict.site == view.site, Verdict.sample == number)
    )
    return [
        finding(known, verdict, result, reading, review, methods.of_run(view, run) if run else None)
        for verdict, result, reading, review, run in sorted(view.rows(query), key=lambda row: row[0].id)
    ]


def finding(
    known: Names,
    verdict: Verdict,
    result: Result,
    reading: Reading,
    review: Review | None,
    rule: Method | None,
) -> Finding:
    """Return the rows behind one verdict, and the edition of the method that judged it, as one finding."""
    return Finding(
        verdict=verdict.id,
        item=verdict.item,
        method=verdict.method,
        value="" if verdict.value is None else str(verdict.value),
        unit=verdict.unit or "",
        word=verdict.word,
        state=verdict.state,
        doubts=tuple(verdict.doubts.split()),
        basis=dict(verdict.basis),
        tester=known(verdict.tester),
        at=verdict.at,
        reading=reading.id,
        instrument=reading.instrument,
        position=result.position,
        said=dict(reading.extra),
        flags=tuple(reading.flags.split()),
        call=reading.call or "",
        received_at=reading.received_at,
        device_time=reading.device_time or "",
        reviewer=known(review.reviewer) if review else "",
        reviewed_at=review.at if review else None,
        display=review.display if review else "",
        reason=review.reason if review else "",
        run=result.run or "",
        journal=(reading.station, reading.entry),
        rule=rule,
    )
