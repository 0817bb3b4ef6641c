"""The rules in force as people look them through: what each says, where that is written, who confirmed it."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from lims.door import question
from lims.queries import disputes, editions, methods
from lims.queries.editions import Line
from lims.queries.people import names
from lims.rules import clocks as clock_rules
from lims.rules import methods as methods_rules
from lims.rules import planning, template, texts, workdays
from lims.rules.clocks import Clock
from lims.rules.planning import Shares
from lims.rules.workdays import Day
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Timed:
    """A clock in a list; `confirmed` holds name and day."""

    mark: str
    clock: Clock
    confirmed: str


@question()
def clocks(view: View) -> list[Timed]:
    """Return every clock with its editions, as the law orders them in the text."""
    known = editions.confirmations(view)
    return [Timed(one.mark, one, known.get(one.mark, "")) for one in disputes.rules(view)]


@dataclass(frozen=True, slots=True)
class Dated:
    """A day against its weekday; the arrangement of a whole year is confirmed at once."""

    mark: str
    day: Day
    confirmed: str


def year_mark(day: date) -> str:
    """Return what the confirmation of a year's holiday arrangement is kept under."""
    return f"workdays:{day.year}"


@question()
def days(view: View) -> list[Dated]:
    """Return every day that works or rests against its weekday, the newest first."""
    known = editions.confirmations(view)
    found = [
        Dated(year_mark(one.day), one, known.get(year_mark(one.day), "")) for one in disputes.every_day(view)
    ]
    return sorted(found, key=lambda one: one.day.day, reverse=True)


def shares_in_force(view: View, on: date | None = None) -> Shares:
    """Return the shares by which a plan of a day is spread."""
    return planning.shares(editions.text(view, "plan", on))


@dataclass(frozen=True, slots=True)
class Spread:
    """The plan's shares in force; `confirmed` as before."""

    mark: str
    shares: Shares
    confirmed: str


@question()
def shares(view: View, on: date | None = None) -> Spread:
    """Return the shares by which a plan is spread."""
    found = editions.in_force(view, "plan", on)
    mark = f"plan:{found.number if found else 0}"
    confirmed = editions.confirmations(view).get(mark, "")
    spread = shares_in_force(view, on)
    return Spread(mark, replace(spread, verified=spread.verified or bool(confirmed)), confirmed)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's template in force: number 0 is the shipped one."""

    name: str
    title: str
    number: int
    since: date | None
    by: str
    text: str


@question()
def papers(view: View) -> list[Paper]:
    """Return every paper with the text it is drawn from."""
    called = names(view)
    found = []
    for name in template.papers():
        own = editions.in_force(view, f"paper.{name}")
        text = own.content if own else template.shipped(name)
        since, by = (own.effective_from, called(own.published_by)) if own else (None, "")
        title = template.read(name, text).title
        found.append(Paper(name, title, own.number if own else 0, since, by, text))
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edition in a list; while it waits `changes` holds the lines it takes out (-) and puts in (+)."""

    line: Line
    changes: tuple[str, ...]


@question()
def proposals(view: View) -> list[Proposal]:
    """Return every edition, the newest first, with what a waiting one would change."""
    return [
        Proposal(one, () if one.published_by or one.refused_by else _changes(view, one))
        for one in editions.listed(view)
    ]


def _changes(view: View, one: Line) -> tuple[str, ...]:
    before = editions.text(view, one.name, date.max) or shipped(one.name)
    after = editions.content(view, one.id)
    old, new = (texts.written(texts.parsed(text)).splitlines() for text in (before, after))
    found = list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    return tuple("…" if line.startswith("@@") else line for line in found)


def shipped(name: str) -> str:
    """Return the text of a rule as it ships."""
    if name.startswith("paper."):
        return template.shipped(name.removeprefix("paper."))
    known: dict[str, Callable[[], str]] = {
        "clocks": clock_rules.shipped,
        "methods": methods_rules.shipped_text,
        "plan": planning.shipped,
        "workdays": workdays.shipped,
    }
    return known[name]()


def marks(view: View) -> frozenset[str]:
    """Return everything that can be confirmed."""
    return frozenset(
        [
            *(one.mark for one in disputes.rules(view)),
            *(year_mark(one.day) for one in disputes.every_day(view)),
            *(one.mark for one in methods.listed(view)),
            shares(view).mark,
        ]
    )
