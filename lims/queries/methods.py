"""The methods of the laboratory: the shipped ones under what two people published, as they were at a moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from lims import clock
from lims.door import question
from lims.queries import editions
from lims.records.limits import Confirmation
from lims.records.runs import Run
from lims.rules import methods
from lims.rules.methods import Method, Methods
from lims.storage.unit import View

NAME = "methods"


def book(view: View, at: datetime | None = None) -> Methods:
    """Return every method as it was published at a moment (now): what is published later judges nothing before."""
    moment = at or view.now
    text = editions.text(view, NAME, clock.local(moment).date(), known=moment)
    return methods.read(text or methods.shipped_text())


def of_run(view: View, run: Run) -> Method:
    """Return the edition of its method by which a run is judged: the one in force when it was started.

    Raises:
        NotFound: no such method, or not in force that day.
    """
    found = book(view, run.started_at).method(run.method, clock.local(run.started_at).date())
    sure = found.verified or view.find(Confirmation, found.mark) is not None
    return replace(found, verified=sure)


def in_force_today(view: View, id_: str) -> Method:
    """Return the edition of a method that judges what is begun now.

    Raises:
        NotFound: no such method, or not in force today.
    """
    return book(view).method(id_, clock.local(view.now).date())


def current(view: View, id_: str) -> Method:
    """Return a method as it judges today, or its newest edition where none is in force.

    Raises:
        NotFound: no such method.
    """
    found = book(view)
    return found.in_force(clock.local(view.now).date()).get(id_) or found.method(id_)


@question()
def in_force(view: View, on: date | None = None) -> list[Method]:
    """Return every method that may judge on a day (today), in the order of the text."""
    return list(book(view).in_force(on or clock.local(view.now).date()).values())


@question()
def titles(view: View) -> dict[str, tuple[str, str]]:
    """Return the title of every method, shipped or the laboratory's own, by its id: that of its newest edition."""
    return book(view).titles


@dataclass(frozen=True, slots=True)
class Known:
    """An edition of a method in a list; `confirmed` holds name and day."""

    mark: str
    method: Method
    confirmed: str


@question()
def listed(view: View) -> list[Known]:
    """Return every method with its editions, past and to come."""
    known = editions.confirmations(view)
    return [
        Known(one.mark, replace(one, verified=one.verified or one.mark in known), known.get(one.mark, ""))
        for one in book(view).every
    ]
