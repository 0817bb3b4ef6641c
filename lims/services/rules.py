"""Rules changed at the desk: one row, one holiday, one set of weights becomes the proposal of a whole text."""

from collections.abc import Mapping
from datetime import date

from lims import clock as wall
from lims.door import verb
from lims.errors import Invalid, NotFound, Problem, RuleBroken
from lims.queries import editions
from lims.queries import rules as asked
from lims.records.limits import Confirmation
from lims.rules import clocks, methodchange, methods, planning, regulation, texts, workdays
from lims.services import edition
from lims.storage.unit import Unit

MAY = "manager signatory"
APART = frozenset({"curve", *methods.BOARDS, "source", "clause"})
"""What may be changed of a method without anybody having looked at the figures by which it judges."""


def _text(unit: Unit, name: str, shipped: str) -> str:
    """Return the newest published text, in force already or not, so that no change undoes another."""
    return editions.text(unit.view(), name, date.max) or shipped


@verb(needs=MAY)
def clock(unit: Unit, id_: str, changes: Mapping[str, object], *, effective_from: date, reason: str) -> str:
    """Propose another length or basis of a clock from a day on; starts before that day count as before.

    Args:
        unit: the act.
        id_: of the clock.
        changes: `amount`, `unit`, `source`, `clause`.
        effective_from: the first day on which a start counts by it.
        reason: why it is changed.

    Raises:
        NotFound: no such clock.
        Invalid: what the text would not take, or no reason.
    """
    text = _text(unit, "clocks", clocks.shipped())
    new = texts.changed(text, "clock", id_, {**changes, "verified": True}, effective_from)
    return _proposed(unit, "clocks", new, reason)


@verb(needs=MAY)
def method(unit: Unit, id_: str, changes: Mapping[str, str], *, effective_from: date, reason: str) -> str:
    """Propose what else a method says from a day on; runs that began before it was published keep what it said.

    Args:
        unit: the act.
        id_: of the method.
        changes: as people write them (`lims.rules.methodchange.typed`).
        effective_from: the first day on which it judges so, not before today.
        reason: why it is changed.

    Raises:
        NotFound: no such method.
        Invalid: what the text would not take, a day that is over, or no reason.
    """
    text = _text(unit, "methods", methods.shipped_text())
    said = methodchange.typed(changes)
    said |= {} if said.keys() <= APART else {"verified": True}
    return _proposed(unit, "methods", texts.changed(text, "method", id_, said, effective_from), reason)


@verb(needs=MAY)
def new_method(unit: Unit, id_: str, said: Mapping[str, str], *, effective_from: date, reason: str) -> str:
    """Propose a method of the laboratory's own, or a standard that does not ship; return the edition's id.

    Raises:
        Invalid: what the text would not take, a method of this id, or no reason.
    """
    id_ = id_.strip()
    found = texts.parsed(_text(unit, "methods", methods.shipped_text()))
    if any(row["id"] == id_ for row in found["method"]):
        raise Invalid("edition.problems", [Problem("methods.known", id_)], count=1)
    row = {"id": id_, "verified": True, "control_verified": True}
    new = {**texts.merged(row, methodchange.typed(said)), "effective_from": effective_from}
    text = texts.written({**found, "method": [*found["method"], new]})
    return _proposed(unit, "methods", text, reason)


def _proposed(unit: Unit, name: str, text: str, reason: str, effective_from: date | None = None) -> str:
    """Propose a text; without a day its own rows say from when they count, and it serves once it is published."""
    day = effective_from or wall.local(unit.now).date()
    return edition.propose(unit, name, text, effective_from=day, reason=reason)


@verb(needs=MAY)
def holiday(unit: Unit, name: str, days: tuple[date, date], worked: tuple[date, ...], *, source: str) -> str:
    """Propose a holiday's arrangement: its first and last resting day, and the days worked instead (调休).

    Raises:
        Invalid: no name or source, or days that cannot be.
    """
    if not name.strip():
        raise Invalid("form.problems", [Problem("form.missing", "name")], count=1)
    row = {"name": name.strip(), "first": days[0], "last": days[1], "works": list(worked), "source": source,
           "verified": True}  # fmt: skip
    text = workdays.arranged(_text(unit, "workdays", workdays.shipped()), row)
    return _proposed(unit, "workdays", text, source)


@verb(needs=MAY)
def shares(unit: Unit, weights: Mapping[str, int], months: tuple[int, ...], *, year: int, source: str) -> str:
    """Propose the weights of groups and months by which the plans of a year and later ones are spread.

    Raises:
        Invalid: weights that cannot be, or no source.
    """
    lacking = regulation.codes("product_group") - weights.keys()
    if lacking:
        raise Invalid(
            "edition.problems", [Problem("shares.groups", "group", {"code": min(lacking)})], count=1
        )
    text = planning.reweighted(_text(unit, "plan", ""), weights, months, source)
    return _proposed(unit, "plan", text, source, date(year, 1, 1))


@verb(needs=MAY, cli="confirm-rule")
def confirm(unit: Unit, rule: str, *, source: str) -> str:
    """Confirm by name and date that a clock, a method, a year of holidays or the plan's shares was read at its source.

    Raises:
        NotFound: no such rule.
        Invalid: it is not said where it was read.
        RuleBroken: somebody confirmed it before.
    """
    if rule not in asked.marks(unit.view()):
        raise NotFound("rule.unknown", rule=rule)
    if not source.strip():
        raise Invalid("form.problems", [Problem("form.missing", "source")], count=1)
    if unit.find(Confirmation, rule) is not None:
        raise RuleBroken("rule.confirmed", rule=rule)
    unit.put(Confirmation(id=rule, source=source, by=unit.actor.account, at=unit.now))
    return rule
