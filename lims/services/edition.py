"""Texts the laboratory edits: one person proposes an edition, another publishes it; none is ever changed."""

from datetime import date

from sqlalchemy import func, select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import editions
from lims.records.cases import Edition, EditionRefusal
from lims.rules import cases, clocks, methodchange, methods, planning, template, workdays
from lims.storage.unit import Unit, new_id


def check(name: str, content: str) -> None:
    """Refuse a text that the program could not use.

    Raises:
        Invalid: no such text is edited here, or what is wrong in it, one by one.
    """
    if name == "clocks":
        clocks.read(content, frozenset(cases.kinds()))
    elif name == "workdays":
        workdays.read(content)
    elif name == "plan":
        planning.shares(content)
    elif name == "methods":
        methods.read(content)
    elif name.removeprefix("paper.") in template.papers():
        template.read(name.removeprefix("paper."), content)
    else:
        raise Invalid("edition.name", name=name)


@verb(needs="manager signatory")
def propose(unit: Unit, name: str, content: str, *, effective_from: date, reason: str) -> str:
    """Propose an edition of a text and return its id; it counts when another person has published it.

    Args:
        unit: the act.
        name: `clocks`, `workdays`, `plan`, `methods`, or `paper.` and the name of a paper.
        content: the whole text.
        effective_from: the first day it counts.
        reason: why it is changed.

    Raises:
        Invalid: the text cannot be used, or no reason is given.
    """
    check(name, content)
    if not reason.strip():
        raise Invalid("edition.reason", name=name)
    last = unit.one(select(func.max(Edition.number)).where(Edition.site == unit.site, Edition.name == name))
    number = (last or 0) + 1
    if name == "methods":
        before = editions.text(unit.view(), name, date.max) or methods.shipped_text()
        content = methodchange.stamped(before, content, number, clock.local(unit.now).date())
    row = Edition(
        id=new_id(),
        name=name,
        number=number,
        content=content,
        reason=reason,
        effective_from=effective_from,
        proposed_by=unit.actor.account,
        proposed_at=unit.now,
        published_by=None,
        published_at=None,
    )
    unit.why = reason
    unit.put(row)
    return row.id


@verb(needs="manager signatory", cli="publish-edition")
def publish(unit: Unit, *, edition: str) -> str:
    """Publish a proposed edition as a second person; return its id.

    Raises:
        NotFound: no such edition.
        NotAllowed: this person proposed it.
        RuleBroken: it is published or refused already, or another one of this text was published since it was proposed.
    """
    row = unit.get(Edition, edition)
    _undecided(unit, row)
    check(row.name, row.content)
    _fresh(unit, row)
    row.published_by, row.published_at = unit.actor.account, unit.now
    unit.put(row)
    return row.id


@verb(needs="manager signatory", cli="refuse-edition")
def refuse(unit: Unit, *, edition: str, reason: str) -> str:
    """Refuse a proposed edition as a second person, with the reason; it stays on record. Return its id.

    Raises:
        NotFound: no such edition.
        NotAllowed: this person proposed it.
        RuleBroken: it was published or refused already.
        Invalid: no reason.
    """
    row = unit.get(Edition, edition)
    _undecided(unit, row)
    if not reason.strip():
        raise Invalid("edition.reason", name=row.name)
    unit.why = reason
    unit.put(EditionRefusal(id=row.id, reason=reason.strip(), by=unit.actor.account, at=unit.now))
    return row.id


def _undecided(unit: Unit, row: Edition) -> None:
    """Let a second person alone decide, and once."""
    if row.published_by is not None:
        raise RuleBroken("edition.published", name=row.name, number=row.number)
    if unit.find(EditionRefusal, row.id) is not None:
        raise RuleBroken("edition.refused", name=row.name, number=row.number)
    if row.proposed_by == unit.actor.account:
        raise NotAllowed("edition.same_person", name=row.name, number=row.number)


def _fresh(unit: Unit, row: Edition) -> None:
    """Refuse to lose what was published since: a text is whole, so an older proposal would undo it."""
    query = select(Edition).where(
        Edition.site == unit.site, Edition.name == row.name, Edition.published_at > row.proposed_at
    )
    if (since := unit.one(query.order_by(Edition.number.desc()).limit(1))) is not None:
        raise RuleBroken("edition.overtaken", name=row.name, number=row.number, since=since.number)
