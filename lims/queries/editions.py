"""Texts that the laboratory edits: which edition is in force, which one waits for a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries.people import names
from lims.records.cases import Edition, EditionRefusal
from lims.records.limits import Confirmation
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Line:
    """An edition in a list; while it waits nobody published or refused it."""

    id: str
    name: str
    number: int
    reason: str
    effective_from: date
    proposed_by: str
    proposed_at: datetime
    published_by: str
    refused_by: str = ""
    refusal: str = ""


def in_force(
    view: View, name: str, on: date | None = None, *, known: datetime | None = None
) -> Edition | None:
    """Return the edition of a text that is in force on a day (today), of those published by a moment (all), or None."""
    day = on or clock.local(view.now).date()
    query = (
        select(Edition)
        .where(
            Edition.site == view.site,
            Edition.name == name,
            Edition.published_at <= known if known else Edition.published_at.is_not(None),
            Edition.effective_from <= day,
        )
        .order_by(Edition.effective_from.desc(), Edition.number.desc())
        .limit(1)
    )
    return next(iter(view.all(query)), None)


def text(view: View, name: str, on: date | None = None, *, known: datetime | None = None) -> str:
    """Return the text that `in_force` finds, empty where the shipped one is."""
    found = in_force(view, name, on, known=known)
    return found.content if found else ""


def confirmations(view: View) -> Mapping[str, str]:
    """Return who confirmed a rule at its source, and on which day, by the rule's mark."""
    called = names(view)
    query = select(Confirmation).where(Confirmation.site == view.site)
    return {one.id: f"{called(one.by)} {clock.local(one.at).date()}" for one in view.all(query)}


@question()
def listed(view: View, name: str = "") -> list[Line]:
    """Return every edition, of one text or of all, the newest first."""
    called = names(view)
    query = (
        select(Edition, EditionRefusal)
        .outerjoin(EditionRefusal, (EditionRefusal.site == Edition.site) & (EditionRefusal.id == Edition.id))
        .where(Edition.site == view.site)
    )
    if name:
        query = query.where(Edition.name == name)
    return [
        Line(
            one.id, one.name, one.number, one.reason, one.effective_from, called(one.proposed_by),
            one.proposed_at, called(one.published_by), called(no.by) if no else "", no.reason if no else "",
        )
        for one, no in view.rows(query.order_by(Edition.id.desc()))
    ]  # fmt: skip


@question()
def content(view: View, id_: str) -> str:
    """Return the text of one edition, empty when there is no such one."""
    found = view.find(Edition, id_)
    return found.content if found else ""
