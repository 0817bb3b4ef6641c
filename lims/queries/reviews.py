"""What waits for a second person, what needs thought first."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from lims.door import question
from lims.queries import methods, sites
from lims.queries.people import names
from lims.queries.trace import Finding, finding
from lims.records.equipment import Instrument
from lims.records.readings import Reading
from lims.records.results import WAITS, Result, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.storage.unit import View

_FIRST = {"positive": 0, "suspect": 1, "invalid": 2, "negative": 3}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A verdict that waits: its sample, the finding, and what this reviewer must know.

    Attributes:
        number: the sample.
        food: what it is.
        business: where it was drawn.
        finding: verdict, reading and basis.
        run_validity: `valid` or `invalid`.
        lot: of the kit or reagent.
        own: True when the person who asks tested it himself and may not review it.
        display_needed: True where the instrument is known from documents alone.
        van: the name of the site that keeps it, where that is another than this; it alone may review it.
    """

    number: str
    food: str
    business: str
    finding: Finding
    run_validity: str
    lot: str
    own: bool
    display_needed: bool
    van: str = ""


@question()
def waiting(view: View) -> list[Waiting]:
    """Return every verdict of this site to review: positive, then suspect, then doubtful, then by age."""
    return sorted(_of(view, ""), key=_thought)


@question()
def listed(view: View) -> list[Waiting]:
    """Return what waits here, with the positives that wait at the vans of this county, to be read among them."""
    found = _of(view, "")
    for site, name in sites.vans(view).items():
        found += _of(view.at(site), name, Verdict.word == "positive")
    return sorted(found, key=_thought)


def _of(view: View, van: str, *conditions: ColumnElement[bool]) -> list[Waiting]:
    known = names(view)
    query = (
        select(Verdict, Result, Reading, Sample, Run, Instrument.evidence)
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Reading, (Reading.site == Result.site) & (Reading.id == Result.reading))
        .join(Sample, (Sample.site == Verdict.site) & (Sample.id == Verdict.sample))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .join(Instrument, (Instrument.site == Run.site) & (Instrument.id == Run.instrument))
        .where(Verdict.site == view.site, WAITS, *conditions)
    )
    rows = view.rows(query)
    runs = {run.id: run for *_, run, _ in rows}
    rules = {id_: methods.of_run(view, run) for id_, run in runs.items()}
    return [
        Waiting(
            sample.id,
            sample.food,
            sample.business_name,
            finding(known, verdict, result, reading, None, rules[run.id]),
            run.validity,
            run.lot,
            verdict.tester == view.actor.account,
            evidence == "DOCUMENT",
            van,
        )
        for verdict, result, reading, sample, run, evidence in rows
    ]


def _thought(one: Waiting) -> tuple[int, int, str]:
    real_doubts = [doubt for doubt in one.finding.doubts if doubt != "unverified_rule"]
    return (_FIRST.get(one.finding.word, 9), 0 if real_doubts else 1, one.finding.verdict)
