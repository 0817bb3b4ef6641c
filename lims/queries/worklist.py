"""What waits for whom: counts that each open the work behind them."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lims import clock
from lims.door import question
from lims.queries import disputes, sites
from lims.records.readings import Fault, Stray
from lims.records.results import WAITS, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.rules.clocks import Standing
from lims.storage.unit import View

SOON = timedelta(hours=4)
"""Time left below which a running clock cannot wait: the shortest that the law gives for an objection."""


@dataclass(frozen=True, slots=True)
class Today:
    """The counts of the first screen.

    Attributes:
        to_receive: samples drawn and not yet received.
        to_test: samples received and in no run.
        in_runs: samples in open runs.
        open_runs: runs that were started and not closed.
        to_review: verdicts that wait for a second person.
        positives: those of them that are positive.
        suspects: those of them that are suspect.
        to_issue: samples reviewed and without a slip.
        strays: readings that wait for a person.
        faults: broken bytes received today.
        invalid_runs: runs closed today without a valid control.
        states: today's samples by state.
        cases: positive cases that are not closed.
        soon: clocks of them that run out within `SOON`.
        lapsed: clocks of them that ran out.
        away: positive verdicts that wait for review at a van of this county.
        newest_away: the number of the newest of their samples, empty for none.
    """

    to_receive: int
    to_test: int
    in_runs: int
    open_runs: int
    to_review: int
    positives: int
    suspects: int
    to_issue: int
    strays: int
    faults: int
    invalid_runs: int
    states: dict[str, int]
    cases: int = 0
    soon: int = 0
    lapsed: int = 0
    away: int = 0
    newest_away: str = ""


@question()
def today(view: View) -> Today:
    """Return what waits at this moment."""
    states = _counts(view, select(Sample.state, func.count()).where(Sample.site == view.site), Sample.state)
    words = _counts(
        view,
        select(Verdict.word, func.count()).where(Verdict.site == view.site, WAITS),
        Verdict.word,
    )
    day = clock.local(view.now).date()
    start = clock.local(view.now).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = _counts(
        view,
        select(Sample.state, func.count()).where(Sample.site == view.site, Sample.drawn_on == day),
        Sample.state,
    )
    found = disputes.open_cases(view)
    away = _away(view)
    clocks = [one for case in found for one in case.deadlines]
    return Today(
        to_receive=states.get("drawn", 0),
        to_test=states.get("received", 0),
        in_runs=states.get("testing", 0),
        open_runs=_count(view, select(func.count()).where(Run.site == view.site, Run.state == "open")),
        to_review=sum(words.values()),
        positives=words.get("positive", 0),
        suspects=words.get("suspect", 0),
        to_issue=states.get("reviewed", 0),
        strays=_count(view, select(func.count()).where(Stray.site == view.site, Stray.settled == "")),
        faults=_count(view, select(func.count()).where(Fault.site == view.site, Fault.received_at >= start)),
        invalid_runs=_count(
            view,
            select(func.count()).where(
                Run.site == view.site, Run.validity == "invalid", Run.closed_at >= start
            ),
        ),
        states=of_today,
        cases=len(found),
        soon=sum(
            one.standing is Standing.RUNNING and one.due is not None and one.due - view.now <= SOON
            for one in clocks
        ),
        lapsed=sum(one.standing is Standing.LAPSED for one in clocks),
        away=len(away),
        newest_away=max(away, default=("", ""))[1],
    )


def _away(view: View) -> list[tuple[str, str]]:
    """Return each positive verdict that waits at a van, with its sample."""
    vans = sites.vans(view)
    if not vans:
        return []
    query = select(Verdict.id, Verdict.sample).where(
        Verdict.site.in_(vans), WAITS, Verdict.word == "positive"
    )
    return [(verdict, sample) for verdict, sample in view.rows(query)]


def _count(view: View, query: Select[int]) -> int:
    return view.all(query)[0]


def _counts(view: View, query: Select[str, int], column: InstrumentedAttribute[str]) -> dict[str, int]:
    return dict(view.rows(query.group_by(column)))
