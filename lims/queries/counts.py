"""How much a laboratory holds, in plain numbers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lims.door import question
from lims.records.base import Record
from lims.records.readings import Fault, Reading, Repeat, Stray
from lims.records.results import Certificate, Result, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of each kind; `strays` are those that still wait."""

    samples: int
    readings: int
    repeats: int
    faults: int
    results: int
    verdicts: int
    positives: int
    invalid_runs: int
    strays: int
    slips: int


@question()
def counts(view: View) -> Counts:
    """Return the numbers as they stand."""

    def of(kind: type[Record], *conditions: Any) -> int:  # noqa: ANN401 - SQL conditions
        return view.all(select(func.count()).select_from(kind).where(kind.site == view.site, *conditions))[0]

    return Counts(
        samples=of(Sample),
        readings=of(Reading),
        repeats=of(Repeat),
        faults=of(Fault),
        results=of(Result),
        verdicts=of(Verdict),
        positives=of(Verdict, Verdict.word == "positive"),
        invalid_runs=of(Run, Run.validity == "invalid"),
        strays=of(Stray, Stray.settled == ""),
        slips=of(Certificate),
    )
