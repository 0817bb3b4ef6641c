"""Which limits the laboratory judges by: what is in force for a food on a day, editions, and what was set aside."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import NotFound, Problem
from lims.queries.people import Names, names
from lims.records.limits import Confirmation, FoodName, LimitEdition, LimitQuarantine, LimitRow
from lims.rules import analytes, foods, limits
from lims.rules.analytes import Analyte
from lims.rules.foods import Food
from lims.rules.limits import Limit
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Answer:
    """What judges one analyte in one food on one day.

    Attributes:
        food: of the tree.
        analyte: what is looked for.
        on: the day of sampling or production.
        limit: the one in force, None where none is known.
        others: every other limit of this analyte that covers the food, of other days or wider classes.
    """

    food: Food
    analyte: Analyte
    on: date
    limit: Limit | None
    others: tuple[Limit, ...]


def food_names(view: View) -> dict[str, str]:
    """Return the laboratory's own names of foods."""
    return {row.name: row.food for row in view.all(select(FoodName).where(FoodName.site == view.site))}


def _confirmations(view: View) -> Mapping[str, Confirmation]:
    query = select(Confirmation).where(Confirmation.site == view.site)
    return {row.id: row for row in view.all(query)}


def known(view: View, *codes: str) -> dict[str, list[Limit]]:
    """Return every limit that may judge, shipped and published, by analyte; confirmed ones say by whom.

    Args:
        view: the snapshot.
        codes: of the analytes that are wanted; all without one.
    """
    found: dict[str, list[Limit]] = defaultdict(list)
    marks, called = _confirmations(view), names(view)
    for code, shipped in limits.shipped().items():
        if not codes or code in codes:
            found[code] += [_marked(one, marks.get(f"limit:{one.id}"), called) for one in shipped]
    query = (
        select(LimitRow)
        .join(LimitEdition, (LimitEdition.site == LimitRow.site) & (LimitEdition.id == LimitRow.edition))
        .where(LimitRow.site == view.site, LimitEdition.state == "published")
    )
    for row in view.all(query.where(LimitRow.analyte.in_(codes)) if codes else query):
        found[row.analyte].append(_marked(_own(row), marks.get(f"limit:{row.id}"), called))
    return found


def _marked(limit: Limit, mark: Confirmation | None, called: Names) -> Limit:
    if mark is None:
        return limit
    return limits.confirmed(limit, called(mark.by), clock.local(mark.at).date(), mark.source)


def _own(row: LimitRow) -> Limit:
    return Limit(
        id=row.id,
        analyte=row.analyte,
        food=row.food,
        excepted=tuple(row.excepted.split()),
        kind=row.kind,
        value=row.value,
        unit=row.unit,
        detection=row.detection,
        standard=row.standard,
        clause=row.clause,
        source=row.source,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        verified=row.verified,
        own=True,
    )


@question()
def in_force(view: View, food: str, analyte: str, on: date) -> Answer:
    """Return what judges an analyte in a food on a day.

    Args:
        view: the snapshot.
        food: a name or a code of the tree; the laboratory's own names count.
        analyte: a name, a code or a CAS number.
        on: the day of sampling or production.

    Raises:
        NotFound: no such food or analyte.
    """
    what = analytes.analyte(analyte)
    found = foods.named(food, food_names(view))
    if found is None:
        raise NotFound("food.unknown", food=food)
    candidates = known(view, what.code).get(what.code, [])
    judging = limits.applying(candidates, found.code, on)
    others = tuple(one for one in candidates if one.covers(found.code) and one != judging)
    return Answer(found, what, on, judging, others)


@question()
def table(view: View, *, food: str = "", analyte: str = "", on: date | None = None) -> list[Limit]:
    """Return the limits in force on a day (today without one), of foods and analytes whose name holds a text."""
    day = on or clock.local(view.now).date()
    wanted = {one.code for one in foods.search(food, 500)} if food.strip() else None
    looked_for = analyte.strip().lower()
    rows = [
        one
        for code, group in known(view).items()
        if not looked_for or _called(analytes.analytes()[code], looked_for)
        for one in group
        if one.in_force(day) and (wanted is None or not wanted.isdisjoint({one.food}))
    ]
    return sorted(rows, key=lambda one: (one.analyte, one.food, one.effective_from))


def _called(analyte: Analyte, text: str) -> bool:
    return any(
        text in name.lower() for name in (analyte.code, analyte.zh, analyte.en, analyte.cas, *analyte.names)
    )


@dataclass(frozen=True, slots=True)
class Edition:
    """A proposed or published set of limits as people see it."""

    id: str
    title: str
    source: str
    file: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    rows: int
    aside: int


@question()
def editions(view: View) -> list[Edition]:
    """Return every edition that was proposed, the newest first."""
    called = names(view)
    rows = _counts(view.all(select(LimitRow.edition).where(LimitRow.site == view.site)))
    aside = _counts(view.all(select(LimitQuarantine.edition).where(LimitQuarantine.site == view.site)))
    query = select(LimitEdition).where(LimitEdition.site == view.site).order_by(LimitEdition.id.desc())
    return [
        Edition(
            row.id,
            row.title,
            row.source,
            row.file,
            row.state,
            called(row.proposed_by),
            row.proposed_at,
            called(row.decided_by) if row.decided_by else "",
            row.decided_at,
            row.reason,
            rows[row.id],
            aside[row.id],
        )
        for row in view.all(query)
    ]


def _counts(ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in ids:
        found[one] += 1
    return found


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of an imported table that may not judge: its cells as they came, and every reason against it."""

    edition: str
    line: int
    cells: dict[str, str]
    reasons: tuple[Problem, ...]


@question()
def quarantine(view: View, edition: str) -> list[SetAside]:
    """Return the rows of an edition that were set aside, in their order."""
    query = select(LimitQuarantine).where(
        LimitQuarantine.site == view.site, LimitQuarantine.edition == edition
    )
    return [
        SetAside(
            row.edition, row.line, dict(row.cells), tuple(Problem(**why) for why in row.reasons.values())
        )
        for row in view.all(query.order_by(LimitQuarantine.line))
    ]


@question()
def rows_of(view: View, edition: str) -> list[Limit]:
    """Return the rows of one edition, published or not, in their order."""
    query = select(LimitRow).where(LimitRow.site == view.site, LimitRow.edition == edition)
    return [_own(row) for row in view.all(query.order_by(LimitRow.line))]
