"""Samples in lists: by state, by page, by what somebody typed."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lims import clock
from lims.door import question
from lims.errors import NotFound
from lims.queries import sites
from lims.records.log import SiteHead
from lims.records.places import Business
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.rules.numbering import split
from lims.rules.spelling import place
from lims.storage.unit import View

PAGE = 200
_LAST = "\U0010ffff"
"""Sorts after every character, so that a beginning is a range of an index."""
_OF_NUMBERS = re.compile(r"[0-9A-Z ]{1,15}")
"""What can be a part of a sample's number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of samples; `van` is the name of the site that keeps it, where that is another than this."""

    number: str
    food: str
    product_group: str
    stage: str
    kind: str
    township: str
    business: str
    drawn_at: datetime
    seal: str
    state: str
    version: int
    van: str = ""


def row(sample: Sample) -> Row:
    """Return a sample as a line of a list."""
    return Row(
        sample.id,
        sample.food,
        sample.product_group,
        sample.stage,
        sample.kind,
        sample.township,
        sample.business_name,
        sample.drawn_at,
        sample.seal,
        sample.state,
        sample.version,
    )


_NAMES: Mapping[str, InstrumentedAttribute[str]] = {"food": Sample.food, "business": Sample.business_name}
"""Orders by Chinese names: by pinyin, which no database here knows alike."""
_MOST = 256
"""Names that are read at once."""
_COLUMNS = (
    Sample.id, Sample.food, Sample.product_group, Sample.stage, Sample.kind, Sample.township, Sample.business_name,
    Sample.drawn_at, Sample.seal, Sample.state, Sample.version, Sample.site, Sample.drawn_on,
)  # fmt: skip
"""The columns of a `Row`, in its order, the site in the place of its name; then what pages are sorted by besides."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list of samples is sorted, and where a page begins.

    Attributes:
        by: `number`, `food`, `business` (these two by pinyin), `township`, `drawn`, `state` or `van`; equal ones by
            their number.
        down: the last first.
        after: the last line of the page before; None for the first page.
    """

    by: str = "number"
    down: bool = True
    after: Row | None = None


_ORDERS: Mapping[str, tuple[InstrumentedAttribute[Any], ...]] = {
    "number": (Sample.id,),
    "food": (Sample.food, Sample.id),
    "business": (Sample.business_name, Sample.id),
    "township": (Sample.township, Sample.drawn_on, Sample.id),
    "drawn": (Sample.drawn_on, Sample.id),
    "state": (Sample.state, Sample.id),
    "van": (Sample.id,),  # a number begins with its station
}
"""Each order follows an index, so that a page costs what it shows however many there are."""


def _place(row: Row, by: str) -> tuple[object, ...]:
    """Return where a line stands in an order."""
    day = clock.local(row.drawn_at).date()
    places: dict[str, tuple[object, ...]] = {
        "food": (row.food,),
        "business": (row.business,),
        "township": (row.township, day),
        "drawn": (day,),
        "state": (row.state,),
    }
    return (*places.get(by, ()), row.number)


def _in_order(query: Select[*tuple[Any, ...]], order: Order) -> Select[*tuple[Any, ...]]:
    columns = _ORDERS[order.by]
    if order.after is not None:
        place = tuple_(*(literal(value, column.type) for value, column
                         in zip(_place(order.after, order.by), columns, strict=True)))  # fmt: skip
        query = query.where(tuple_(*columns) < place if order.down else tuple_(*columns) > place)
    return query.order_by(*(column.desc() if order.down else column.asc() for column in columns))


def like(text: str) -> str:
    """Return a LIKE pattern that finds `text` anywhere, its own `%` and `_` taken literally (escape: backslash)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _each(column: InstrumentedAttribute[str]) -> Select[tuple[str]]:
    """Return every value of a column once, by one step through its index each; `pattern` is what it must be like."""
    first = select(func.min(column)).where(Sample.site == bindparam("site"))
    each = select(first.scalar_subquery().label("name")).cte("each", recursive=True)
    following = select(func.min(column)).where(Sample.site == bindparam("site"), column > each.c.name)
    each = each.union_all(select(following.scalar_subquery()).where(each.c.name.is_not(None)))
    return select(each.c.name).where(each.c.name.like(bindparam("pattern"), escape="\\"))


_FOODS = _each(Sample.food)
"""The foods whose name holds a text."""
_KEPT: WeakKeyDictionary[object, dict[str, tuple[object, Sequence[str]]]] = WeakKeyDictionary()
"""By engine: the names of each order as they were at a head of the logs."""
_EACH = {by: _each(column) for by, column in _NAMES.items()}
_SHOPS = select(Business.id).where(
    Business.site == bindparam("site"),
    or_(
        Business.name.like(bindparam("pattern"), escape="\\"),
        Business.pinyin.like(bindparam("lower"), escape="\\"),
    ),
)


def _ways(view: View, site: str, text: str) -> list[ColumnElement[bool]]:
    """Return the ways in which a text may name samples of a site: number, food, business (name or initials), seal.

    Foods and businesses are found among their few names first, so that no text is looked for in every sample. A
    seal is found by its beginning; a number by any part of it.
    """
    wanted = text.strip()[:100]
    if not wanted:
        return [true()]
    if numbers := split(wanted):
        return [Sample.id.in_(numbers)]
    if "\0" in wanted:  # no form takes it, and a database would read the text only up to it
        return []
    pattern = like(wanted)
    lower = like(wanted.lower())
    foods = [one for (one,) in view.columns(_FOODS, site=site, pattern=pattern)]
    known = [one for (one,) in view.columns(_SHOPS, site=site, pattern=pattern, lower=lower)]
    ways: list[ColumnElement[bool]] = [and_(Sample.seal >= wanted, Sample.seal < wanted + _LAST)]
    if foods:
        ways.append(Sample.food.in_(foods))
    if known:
        ways.append(Sample.business.in_(known))
    if _OF_NUMBERS.fullmatch(wanted.upper()):
        ways.append(Sample.id.like(like(wanted.upper()), escape="\\"))
    return ways


@question()
def page(
    view: View, *, text: str = "", states: Sequence[str] = (), order: Order = Order(), count: int = PAGE,
    township: str = "", product_group: str = "",
) -> list[Row]:  # fmt: skip
    """Return samples of this site and of those it founded, a page at a time; without another order the newest first.

    Args:
        view: the snapshot.
        text: number, food, business (Chinese or pinyin initials) or beginning of the seal; empty for all.
        states: only these states; empty for all.
        order: how they are sorted, and after which line the page begins.
        count: lines of a page.
        township: only of this one; empty for all.
        product_group: only of this one; empty for all.
    """
    filters = _in_states(states)
    if township:
        filters.append(Sample.township == township)
    if product_group:
        filters.append(Sample.product_group == product_group)
    vans = sites.vans(view)
    holders = {view.site: (Sample.state != "returned",), **{van: (_not_here(view),) for van in vans}}
    if order.by in _NAMES:
        alike = {
            site: and_(or_(*ways), *away)
            for site, away in holders.items()
            if (ways := _ways(view, site, text))
        }
        return _by_name(view, _Sought(alike, filters, vans), order, count)
    queries = [
        _in_order(select(*_COLUMNS).where(Sample.site == site, *filters, *away, way), order).limit(count)
        for site, away in holders.items()
        for way in _apart(_ways(view, site, text), order)
    ]
    if order.by != "number" and len(queries) > 1:
        queries = [_together(queries, order).limit(count)]
    found = {
        one[0]: Row(*(*one[:11], vans.get(one.site, ""))) for query in queries for one in view.columns(query)
    }
    if len(queries) == 1:
        return list(found.values())
    return sorted(found.values(), key=lambda one: one.number, reverse=order.down)[:count]


def _not_here(view: View) -> ColumnElement[bool]:
    """Leave out what a van handed over and we received: our own row tells of it, unless we gave it back."""
    ours = aliased(Sample)
    received = select(ours.id).where(ours.site == view.site, ours.id == Sample.id, ours.state != "returned")
    return or_(Sample.state != "handed", ~received.exists())


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a page holds: for each site the way a text names its samples, other conditions, names of the vans."""

    ways: Mapping[str, ColumnElement[bool]]
    filters: Sequence[ColumnElement[bool]]
    vans: Mapping[str, str]


def _by_name(view: View, sought: _Sought, order: Order, count: int) -> list[Row]:
    """Return a page sorted by the pinyin of a name, then by number.

    The names are few against the samples: they are sorted here, and the samples of the first read through the index
    of the column; then of so many more names as fill the page if each bears as many samples as those before.
    """
    ranked, found, step = _ranked(view, tuple(sought.ways), order.by), list[Row](), 1
    if order.after is not None:
        last = place(_name_of(order.after, order.by))
        ranked = ranked[: bisect_right(ranked, last, key=place)] if order.down else (
            ranked[bisect_left(ranked, last, key=place) :]
        )  # fmt: skip
    names = ranked[::-1] if order.down else ranked
    while names and len(found) < count:
        rows = _of_names(view, sought, names[:step], order, count - len(found))
        found, names = [*found, *rows], names[step:]
        step = min(_MOST, step * (count - len(found)) // max(len(rows), 1) + 1)
    return found


def _ranked(view: View, holders: tuple[str, ...], by: str) -> Sequence[str]:
    """Return every name that samples of some sites bear, by pinyin; read anew only after something was written."""
    heads = tuple(
        view.columns(
            select(SiteHead.site, SiteHead.arrival).where(SiteHead.site.in_(holders)).order_by(SiteHead.site)
        )
    )
    kept = _KEPT.setdefault(view.session.get_bind(), {})
    known = kept.get(by)
    if known is None or known[0] != heads:
        names = {name for site in holders for (name,) in view.columns(_EACH[by], site=site, pattern="%")}
        known = kept[by] = heads, sorted(names, key=place)
    return known[1]


def _of_names(view: View, sought: _Sought, names: Sequence[str], order: Order, count: int) -> list[Row]:
    """Return the first samples of some names in their order, those that come after the page before."""
    column, at, after = _NAMES[order.by], {name: rank for rank, name in enumerate(names)}, order.after
    where: list[ColumnElement[bool]] = [column.in_(names)]
    if after is not None and (last := _name_of(after, order.by)) in at:
        beyond = Sample.id < after.number if order.down else Sample.id > after.number
        where.append(or_(column != last, beyond))
    rank = [case(at, value=column)] if len(names) > 1 else []
    queries = [
        select(*_COLUMNS)
        .where(Sample.site == site, way, *sought.filters, *where)
        .order_by(*rank, Sample.id.desc() if order.down else Sample.id)
        .limit(count)
        for site, way in sought.ways.items()
    ]
    rows = [
        Row(*(*one[:11], sought.vans.get(one.site, ""))) for query in queries for one in view.columns(query)
    ]
    rows.sort(key=lambda row: row.number, reverse=order.down)
    rows.sort(key=lambda row: at[_name_of(row, order.by)])
    return rows[:count]


def _name_of(row: Row, by: str) -> str:
    return row.food if by == "food" else row.business


@question()
def own(view: View, *, text: str = "", states: Sequence[str] = (), count: int = PAGE) -> list[Row]:
    """Return samples that this site itself keeps and may write about, the newest first."""
    found: dict[str, Row] = {}
    for way in _ways(view, view.site, text):
        query = select(*_COLUMNS).where(Sample.site == view.site, *_in_states(states), way)
        found |= {one[0]: Row(*one[:11]) for one in view.columns(_in_order(query, Order()).limit(count))}
    return sorted(found.values(), key=lambda one: one.number, reverse=True)[:count]


def _in_states(states: Sequence[str]) -> list[ColumnElement[bool]]:
    return [Sample.state.in_(list(states))] if states else []


def _apart(ways: list[ColumnElement[bool]], order: Order) -> list[ColumnElement[bool]]:
    """Return the ways to be read one by one, each by its own index; together they would walk through everything.

    The database alone knows how it sorts words, so there it sorts all ways together.
    """
    return [or_(*ways)] if ways and order.by != "number" else ways


def _together(queries: list[Select[*tuple[Any, ...]]], order: Order) -> Select[*tuple[Any, ...]]:
    """Return the pages of several sites as one query, sorted by the database once more."""
    whole = union_all(*(select(query.subquery()) for query in queries)).subquery()
    columns = [whole.c[column.key] for column in _ORDERS[order.by]]
    return select(whole).order_by(*(column.desc() if order.down else column.asc() for column in columns))


@question()
def by_number(view: View, number: str) -> Row | None:
    """Return the line of one sample of this site, or None when no sample has this number.

    Raises:
        RuleBroken: a site that this one founded keeps it.
    """
    try:
        return row(view.get(Sample, number))
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one item of a sample: item, word, value with its unit, state of the review."""

    item: str
    word: str
    value: str
    state: str


_SAID = (
    select(Verdict.sample, Verdict.item, Verdict.word, Verdict.value, Verdict.unit, Verdict.state)
    .where(
        Verdict.site.in_(bindparam("sites", expanding=True)),
        Verdict.sample.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(Verdict.id)
)


@question()
def verdicts(view: View, numbers: Sequence[str]) -> dict[str, list[Said]]:
    """Return every verdict of some samples, the earliest first, by number; one question however many there are."""
    found: dict[str, list[Said]] = {number: [] for number in numbers}
    for number, item, word, value, unit, state in view.columns(
        _SAID, sites=sites.answered_for(view), numbers=list(numbers)
    ):
        shown = "" if value is None else f"{value} {unit or ''}".rstrip()
        found[number].append(Said(item, word, shown, state))
    return found
