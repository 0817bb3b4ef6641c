"""Looking something up in the trail: acts by sample, person, instrument, lot, day and kind, with what they changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select

from lims import clock
from lims.door import question
from lims.errors import Invalid, NotFound
from lims.evidence.canonical import PREFIX
from lims.evidence.entry import Change, Entry, from_bytes
from lims.queries import named, sites
from lims.queries.audit import Act, act_of
from lims.records.catalogue import metadata
from lims.records.log import LogEntry
from lims.records.people import Account
from lims.records.portions import Portion
from lims.records.results import Certificate, Result, Verdict
from lims.records.types import time_text
from lims.storage import replay
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; an empty field asks for nothing.

    Attributes:
        sample: its number; acts on its readings, verdicts, slips and portions count too.
        person: a login or an account's id.
        instrument: its id.
        lot: of a kit or reagent.
        first: the first day by the laboratory's clock.
        last: the last day.
        kind: a verb such as `review.approve`, or its beginning such as `review`.
        words: any text that an entry holds.
    """

    sample: str = ""
    person: str = ""
    instrument: str = ""
    lot: str = ""
    first: date | None = None
    last: date | None = None
    kind: str = ""
    words: str = ""


def wish(wanted: Sequence[str]) -> Wish:
    """Read what is looked for from texts such as `sample=LJ0126...` and `first=2026-11-01`.

    Raises:
        Invalid: a name that cannot be looked for, or no day.
    """
    found: dict[str, Any] = {}
    for text in wanted:
        name, _, value = text.partition("=")
        if name not in Wish.__slots__ or not value:
            raise Invalid("search.wish", text=text, names=" ".join(Wish.__slots__))
        try:
            found[name] = date.fromisoformat(value) if name in {"first", "last"} else value
        except ValueError:
            raise Invalid("search.day", text=value) from None
    return Wish(**found)


@question()
def acts(view: View, wish: Wish, *, before: int | None = None, count: int = 200) -> list[Act]:
    """Return the entries of all logs of the site that fit, the latest arrival first, a page at a time.

    Args:
        view: the snapshot.
        wish: what is looked for.
        before: the arrival of the last entry of the page before.
        count: entries of a page.

    Raises:
        NotFound: nobody has this login.
    """
    actor = _account(view, wish.person) if wish.person else ""
    query = select(LogEntry.station, LogEntry.seq, LogEntry.arrival, LogEntry.data).where(
        LogEntry.site == view.site
    )
    for needles in _needles(view, wish, actor):
        query = query.where(or_(*(holds(view, needle) for needle in needles)))
    if before is not None:
        query = query.where(LogEntry.arrival < before)
    query = query.order_by(LogEntry.arrival.desc()).execution_options(yield_per=200)
    found: list[Act] = []
    with view.session.execute(query) as rows:
        for station, seq, arrival, data in rows:
            act = act_of(station, seq, bytes(data), arrival)
            if wish.first and act.at and act.at < _edge(wish.first):
                break
            if _fits(act, wish, actor):
                found.append(act)
            if len(found) == count:
                break
    return found


@question()
def naming(view: View, sample: str) -> dict[str, list[int]]:
    """Return the places of the entries that name a sample, by station, from shortly before it was drawn."""
    view = sites.holding(view, sample)
    since = replay.first_arrival(view.session.connection(), view.site, sample)
    query = select(LogEntry.station, LogEntry.seq).where(
        LogEntry.site == view.site, LogEntry.arrival >= since, holds(view, sample)
    )
    found: dict[str, list[int]] = {}
    for station, seq in view.rows(query.order_by(LogEntry.arrival)):
        found.setdefault(station, []).append(seq)
    return found


def holds(view: View, needle: str) -> ColumnElement[bool]:
    """Return the condition that an entry's bytes hold a text; SQLite finds a pattern twice as fast as a place."""
    if view.session.get_bind().dialect.name == "postgresql":
        return func.position(literal(needle.encode()).op("IN")(LogEntry.data)) > 0
    plain = re.sub(r"([*?\[])", r"[\1]", needle)
    return func.substr(LogEntry.data, len(PREFIX) + 1).op("GLOB", is_comparison=True)(f"*{plain}*")


def _account(view: View, person: str) -> str:
    if person == "station":
        return person
    query = select(Account.id).where(
        Account.site == view.site, or_(Account.login == person, Account.id == person, Account.name == person)
    )
    found = next(iter(view.all(query)), None)
    if found is None:
        raise NotFound("account.unknown", id=person)
    return found


def _needles(view: View, wish: Wish, actor: str) -> Iterator[Sequence[str]]:
    if wish.sample:
        yield _named(view, wish.sample)
    for wanted in (actor, wish.instrument, wish.lot, wish.words):
        if wanted:
            yield [wanted]
    if wish.kind:
        yield [f'"verb":"{wish.kind}']


def _named(view: View, sample: str) -> list[str]:
    """Return a sample's number and the ids that stand for it in entries which do not name it."""
    names = {sample}
    for query in (
        select(Result.reading).where(Result.site == view.site, Result.sample == sample),
        select(Verdict.id).where(Verdict.site == view.site, Verdict.sample == sample),
        select(Certificate.id).where(Certificate.site == view.site, Certificate.sample == sample),
        select(Portion.id).where(Portion.site == view.site, Portion.sample == sample),
    ):
        names.update(view.all(query))
    return sorted(names)


def _edge(day: date) -> str:
    return time_text(datetime.combine(day, time(), clock.ZONE))


def _fits(act: Act, wish: Wish, actor: str) -> bool:
    late = wish.last is not None and act.at >= _edge(wish.last + timedelta(days=1))
    return not late and actor in ("", act.actor) and act.verb.startswith(wish.kind)


@dataclass(frozen=True, slots=True)
class Changed:
    """One row of an act: its table and key, and (column, before, after) of what differs; a new row has no before."""

    table: str
    key: str
    new: bool
    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One entry in full; `names` tells what a person calls the things whose ids its values hold."""

    act: Act
    rows: tuple[Changed, ...]
    names: Mapping[str, str]


@question()
def act(view: View, station: str, seq: int) -> Detail:
    """Return one entry with the values before and after it.

    Raises:
        NotFound: there is no such entry.
        Invalid: its bytes are no entry.
    """
    query = select(LogEntry.arrival, LogEntry.data).where(
        LogEntry.site == view.site, LogEntry.station == station, LogEntry.seq == seq
    )
    row = next(iter(view.rows(query)), None)
    if row is None:
        raise NotFound("log.entry", station=station, seq=seq)
    entry = from_bytes(bytes(row.data))
    before = _before(view, entry, row.arrival)
    shown = tuple(_changed(change, before.get(_key(change))) for change in entry.changes)
    ids = {value for one in shown for _, *both in one.values for value in both if value}
    return Detail(act_of(station, seq, bytes(row.data), row.arrival), shown, named.names(view, ids))


_Key = tuple[str, ...]


def _key(change: Change) -> _Key:
    columns = metadata().tables[change.table].primary_key.columns if change.table in metadata().tables else ()
    return (change.table, *(str(change.row.get(column.key)) for column in columns if column.key != "site"))


def _before(view: View, entry: Entry, arrival: int) -> Mapping[_Key, Change]:
    """Return the newest earlier image of each row that an entry changes."""
    wanted = {_key(change) for change in entry.changes if _old(change)}
    found: dict[_Key, Change] = {}
    if not wanted:
        return found
    query = (
        select(LogEntry.data)
        .where(LogEntry.site == view.site, LogEntry.arrival < arrival)
        .where(or_(*(holds(view, key[-1]) for key in wanted)))
        .order_by(LogEntry.arrival.desc())
        .execution_options(yield_per=100)
    )
    with view.session.scalars(query) as rows:
        for data in rows:
            for change in reversed(_entry(bytes(data))):
                key = _key(change)
                if key in wanted and key not in found:
                    found[key] = change
            if len(found) == len(wanted):
                break
    return found


def _old(change: Change) -> bool:
    """Tell whether a row may have an earlier image: versions are counted from 1."""
    return change.row.get("version") != 1


def _entry(data: bytes) -> tuple[Change, ...]:
    try:
        return from_bytes(data).changes
    except Invalid:
        return ()


def _changed(change: Change, before: Change | None) -> Changed:
    earlier = before.row if before else {}
    values = tuple(
        (name, _said(earlier.get(name)), _said(value))
        for name, value in change.row.items()
        if name != "site" and (before is None or earlier.get(name) != value)
    )
    return Changed(change.table, "/".join(_key(change)[1:]), before is None, values)


def _said(value: object) -> str:
    return "" if value is None else str(value)
