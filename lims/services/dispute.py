"""A positive case: opened by its first verdict, led on by facts with their moments, closed when all is settled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from lims import clock
from lims.door import verb
from lims.errors import Conflict, Invalid, NotAllowed, Problem, RuleBroken
from lims.queries import disputes, methods
from lims.records.cases import CalendarDay, Case, CaseFact
from lims.records.places import Site
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.rules import cases
from lims.rules.cases import Kind
from lims.rules.clocks import Standing
from lims.storage.unit import Unit, View, new_id

_AHEAD = timedelta(minutes=5)


def opened(unit: Unit, verdict: Verdict, sample: Sample) -> None:
    """Open the case of a first positive or suspect verdict; a later one of the same item belongs to the same case."""
    if verdict.word not in {"positive", "suspect"}:
        return
    if disputes.open_case(unit.view(), sample.id, verdict.item) is not None:
        return
    case = Case(
        id=new_id(),
        sample=sample.id,
        verdict=verdict.id,
        item=verdict.item,
        method=verdict.method,
        format=methods.current(unit.view(), verdict.method).format,
        farm=sample.form.get("sample_type") == "farm",
        regime=cases.regime_of(sample.form.get("task_source", "")),
        state="preliminary",
        outcome="",
        opened_at=unit.now,
        closed_at=None,
        version=1,
    )
    value = "" if verdict.value is None else f"{verdict.value} {verdict.unit or ''}".strip()
    first = _fact(unit, case.id, "opened", unit.now, {"word": verdict.word, "value": value or "/"})
    unit.put(case, first)


def _fact(unit: Unit, case: str, kind: str, at: datetime, detail: Mapping[str, str]) -> CaseFact:
    return CaseFact(
        id=new_id(),
        positive_case=case,
        kind=kind,
        at=at,
        detail=dict(detail),
        by=unit.actor.account,
        entered_at=unit.now,
    )


@verb(needs="sampler technician reviewer signatory manager")
def tell(
    unit: Unit,
    case: str,
    kind: str,
    detail: Mapping[str, str],
    *,
    at: datetime | None = None,
    version: int | None = None,
) -> str:
    """Tell one fact of a case and return its new state.

    Args:
        unit: the act.
        case: its id.
        kind: a code of `rules/data/case.toml`.
        detail: what the fact says, by the fields of its kind.
        at: when it happened, to the minute, with its zone; kinds that need it refuse to do without.
        version: of the case as it was read; another one means that somebody was quicker.

    Raises:
        NotAllowed: this person's roles may not tell it.
        Invalid: with one problem for each field that is wrong, or a moment that cannot be.
        RuleBroken: it cannot be told in this state, or a condition of it does not hold.
        Conflict: somebody changed the case after it was read.
    """
    row = unit.get(Case, case)
    if version is not None and row.version != version:
        raise Conflict("case.changed", number=row.sample)
    found = cases.kinds().get(kind)
    if found is None or not found.since:
        raise Invalid("case.kind", kind=kind)
    if found.by.isdisjoint(unit.actor.roles):
        raise NotAllowed("case.role", kind=kind, needs=" ".join(sorted(found.by)))
    if not found.fits(row.state):
        raise RuleBroken("case.state", number=row.sample, kind=kind, state=row.state)
    said = {name: text.strip() for name, text in detail.items() if text.strip()}
    if wrong := cases.problems(found, said):
        raise Invalid("form.problems", wrong, count=len(wrong))
    moment = _moment(unit, row, found, at)
    _condition(unit, row, found, moment, said)
    _move(unit, row, found, said)
    personal = {one.name for one in found.fields if one.kind == "personal"}
    kept = {name: unit.commit_personal(text) if name in personal else text for name, text in said.items()}
    unit.put(row, _fact(unit, case, kind, moment, kept))
    return row.state


def _moment(unit: Unit, row: Case, kind: Kind, at: datetime | None) -> datetime:
    if at is None:
        if kind.minute:
            raise Invalid("form.problems", [Problem("form.missing", "at")], count=1)
        return unit.now
    if at.utcoffset() is None:
        raise Invalid("form.problems", [Problem("form.zone", "at", {"value": at.isoformat()})], count=1)
    first = row.opened_at.replace(second=0, microsecond=0)
    if at > unit.now + _AHEAD:
        raise Invalid("form.problems", [Problem("form.future", "at")], count=1)
    if at < first:
        raise Invalid(
            "case.before",
            at=f"{clock.local(at):%Y-%m-%d %H:%M}",
            first=f"{clock.local(first):%Y-%m-%d %H:%M}",
        )
    return at


def _condition(unit: Unit, row: Case, kind: Kind, at: datetime, said: Mapping[str, str]) -> None:
    view = unit.view()
    if kind.needs.startswith("repeats_"):
        repeats = disputes.repeats(view, row)
        if repeats.says != kind.needs.removeprefix("repeats_"):
            raise RuleBroken("case.repeats", number=row.sample, wanted=repeats.wanted, valid=repeats.valid)
    elif kind.needs == "regime" and not row.regime:
        raise RuleBroken("case.regime", number=row.sample)
    elif kind.needs == "settled":
        lacking = cases.unsettled(disputes.told(view, row.id))
        if lacking:
            raise Invalid("case.unsettled", lacking, number=row.sample)
    if "body" in said:
        _other_body(view, row, said["body"])
    if kind.code in {"objection", "retest_asked"}:
        _in_time(unit, row, kind.code, at)


def _other_body(view: View, row: Case, body: str) -> None:
    """Refuse a body that tested before: this laboratory, or the one that the confirmatory sample went to."""
    site = view.find(Site)
    before = [detail["body"] for told, detail in disputes.told(view, row.id) if told == "sent"]
    if body in before or (site is not None and body == site.name):
        raise RuleBroken("case.same_body", body=body)


def _in_time(unit: Unit, row: Case, kind: str, at: datetime) -> None:
    """Refuse an objection for which no right runs: none was started, or it ran out before `at`."""
    running = [one for one in disputes.of_case(unit.view(), row).deadlines if kind in one.clock.ends]
    if not running:
        raise RuleBroken("case.no_right", number=row.sample, kind=kind)
    if all(one.due is not None and at > one.due for one in running):
        due = max(one.due for one in running if one.due is not None)
        raise RuleBroken("case.late", number=row.sample, due=f"{clock.local(due):%Y-%m-%d %H:%M}")


def _move(unit: Unit, row: Case, kind: Kind, said: Mapping[str, str]) -> None:
    before = row.state
    row.state = kind.leads(row.state, said)
    row.version += 1
    if kind.code == "regime_set":
        row.regime = said["regime"]
    if kind.outcome:
        row.outcome = kind.outcome
    elif kind.branch:
        row.outcome = row.state
    if row.state == cases.CLOSED:
        row.closed_at = unit.now
        row.outcome = row.outcome or before


@verb(needs="technician reviewer manager station")
def note_lapses(unit: Unit) -> int:
    """Write down every deadline that ran out and was not noted before; no case is closed or moved by it."""
    noted = 0
    for case in disputes.open_cases(unit.view()):
        known = {
            (detail.get("clock"), detail.get("due"))
            for kind, detail in disputes.told(unit.view(), case.row.id)
            if kind == "lapse"
        }
        for one in case.deadlines:
            if one.standing is not Standing.LAPSED or one.due is None:
                continue
            said = {"clock": one.clock.id, "due": one.due.isoformat()}
            if (said["clock"], said["due"]) not in known:
                unit.put(_fact(unit, case.row.id, "lapse", one.due, said))
                noted += 1
    return noted


@verb(needs="manager", cli="calendar-day")
def calendar_day(unit: Unit, *, day: str, works: bool, name: str, source: str) -> str:
    """Enter a day that works, or rests, against its weekday; the first day of a year makes that year known.

    Raises:
        Invalid: no such day, one of a year that no notice is about, or it names no source.
    """
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise Invalid("calendar.day", day=day) from None
    if not 2000 <= found.year <= 2100:
        raise Invalid("calendar.beyond", day=day)
    if not source.strip():
        raise Invalid("calendar.source", day=day)
    unit.put(
        CalendarDay(day=found, works=works, name=name, source=source, by=unit.actor.account, at=unit.now)
    )
    return day
