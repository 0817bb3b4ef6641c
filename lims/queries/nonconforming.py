"""Nonconforming work as it stands, and every result that it touches."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lims.door import question
from lims.queries.people import names
from lims.records.quality import Hold, Nonconformity
from lims.records.results import Result, Verdict
from lims.records.runs import Run
from lims.storage.unit import View


def touched(view: View, instrument: str, method: str, lot: str, since: datetime) -> list[str]:
    """Return every verdict given since a moment on an instrument, by a method, with a lot; empty means any."""
    query = (
        select(Verdict.id)
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .where(Verdict.site == view.site, Verdict.at >= since)
        .order_by(Verdict.id)
    )
    for column, wanted in ((Run.instrument, instrument), (Run.method, method), (Run.lot, lot)):
        if wanted:
            query = query.where(column == wanted)
    return list(view.all(query))


@dataclass(frozen=True, slots=True)
class Held:
    """A result that waits because of nonconforming work."""

    id: str
    sample: str
    verdict: str
    word: str
    slip: str
    state: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of nonconforming work with the results that it touches."""

    id: str
    what: str
    detail: str
    instrument: str
    method: str
    lot: str
    since: datetime
    state: str
    blocks: bool
    owner: str
    owner_name: str
    due_on: date
    cause: str
    action: str
    effect: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None
    held: tuple[Held, ...]


@question()
def works(view: View, *, closed: bool = False) -> list[Work]:
    """Return the nonconforming work that is not closed, the newest first; with `closed` all of it."""
    called = names(view)
    held: dict[str, list[Held]] = defaultdict(list)
    holds = (
        select(Hold, Verdict.word)
        .join(Verdict, (Verdict.site == Hold.site) & (Verdict.id == Hold.verdict))
        .where(Hold.site == view.site)
        .order_by(Hold.id)
    )
    for row, word in view.rows(holds):
        one = Held(
            row.id,
            row.sample,
            row.verdict,
            word,
            row.slip or "",
            row.state,
            row.why,
            called(row.by) if row.by else "",
        )
        held[row.nonconformity].append(one)
    query = select(Nonconformity).where(Nonconformity.site == view.site).order_by(Nonconformity.id.desc())
    rows = view.all(query if closed else query.where(Nonconformity.state != "closed"))
    return [
        Work(
            row.id,
            row.what,
            row.detail,
            row.instrument,
            row.method,
            row.lot,
            row.since,
            row.state,
            row.blocks,
            row.owner,
            called(row.owner),
            row.due_on,
            row.cause,
            row.action,
            row.effect,
            called(row.opened_by),
            row.opened_at,
            called(row.closed_by) if row.closed_by else "",
            row.closed_at,
            tuple(held[row.id]),
        )
        for row in rows
    ]


def held_verdict(view: View, verdict: str) -> Hold | None:
    """Return the hold that keeps a verdict from being approved or printed, None where nothing does."""
    query = select(Hold).where(Hold.site == view.site, Hold.verdict == verdict, Hold.state != "released")
    found = view.all(query.order_by(Hold.id))
    return found[0] if found else None


def held_sample(view: View, sample: str) -> bool:
    """Tell whether an approved result of a sample is held or withdrawn, so that no slip may be printed."""
    query = (
        select(Hold.id)
        .join(Verdict, (Verdict.site == Hold.site) & (Verdict.id == Hold.verdict))
        .where(Hold.site == view.site, Hold.sample == sample, Hold.state != "released")
        .where(Verdict.state == "approved")
    )
    return bool(view.all(query))
