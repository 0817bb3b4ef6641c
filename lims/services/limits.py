"""The laboratory's own limits: proposed from a table, published by a second person; shipped ones confirmed by name."""

import hashlib
from dataclasses import replace

from sqlalchemy import select

from lims.door import verb
from lims.errors import Invalid, NotAllowed, NotFound, Problem, RuleBroken
from lims.queries import limits as asked
from lims.queries.limit_import import Examined, clashes, examine
from lims.records.limits import Confirmation, FoodName, LimitEdition, LimitQuarantine, LimitRow
from lims.rules import foods
from lims.rules.limitfile import Aside, Difference
from lims.rules.limits import shipped
from lims.rules.visible import visible
from lims.storage.unit import Unit, new_id

MAY = "manager reviewer signatory"


@verb(needs=MAY)
def propose(unit: Unit, *, name: str, data: bytes, title: str) -> Examined:
    """Propose the limits of a table as an edition; rows with a fault are kept aside with their reasons.

    Raises:
        Invalid: no title, the file cannot be read, or not one row of it may be proposed.
        RuleBroken: the same file was proposed before.
    """
    if not title.strip():
        raise Invalid("form.problems", [Problem("form.missing", "title")], count=1)
    digest = hashlib.sha256(data).hexdigest()
    same = select(LimitEdition).where(
        LimitEdition.site == unit.site, LimitEdition.sha256 == digest, LimitEdition.state != "refused"
    )
    if (before := unit.one(same)) is not None:
        raise RuleBroken("limit.again", file=name, title=before.title)
    found = examine(unit.view(), name, data)
    if not found.differences:
        raise Invalid("limit.nothing", file=name, aside=len(found.aside))
    edition = LimitEdition(
        id=new_id(),
        title=title,
        source=found.differences[0].limit.source,
        file=visible(name) or "",
        sha256=digest,
        state="proposed",
        proposed_by=unit.actor.account,
        proposed_at=unit.now,
        decided_by=None,
        decided_at=None,
        reason="",
    )
    unit.put(edition)
    unit.put(*(_row(edition.id, one) for one in found.differences))
    unit.put(*(_aside(edition.id, one) for one in found.aside))
    return replace(found, edition=edition.id)


def _row(edition: str, one: Difference) -> LimitRow:
    limit = one.limit
    return LimitRow(
        id=new_id(),
        edition=edition,
        line=one.line,
        analyte=limit.analyte,
        food=limit.food,
        excepted=" ".join(limit.excepted),
        kind=limit.kind,
        value=limit.value,
        unit=limit.unit,
        detection=limit.detection,
        standard=limit.standard,
        clause=limit.clause,
        source=limit.source,
        effective_from=limit.effective_from,
        effective_to=limit.effective_to,
        verified=limit.verified,
    )


def _aside(edition: str, one: Aside) -> LimitQuarantine:
    return LimitQuarantine(
        id=new_id(),
        edition=edition,
        line=one.line,
        cells={visible(head) or "": visible(text) or "" for head, text in one.cells.items()},
        reasons={
            str(at): {"code": reason.code, "where": reason.where, "values": dict(reason.values)}
            for at, reason in enumerate(one.reasons, start=1)
        },
    )


def _decide(unit: Unit, edition: str, state: str, reason: str) -> str:
    row = unit.get(LimitEdition, edition)
    if row.state != "proposed":
        raise RuleBroken("limit.decided", title=row.title, state=row.state)
    if row.proposed_by == unit.actor.account:
        raise NotAllowed("limit.same_person", title=row.title)
    row.state, row.reason = state, reason
    row.decided_by, row.decided_at = unit.actor.account, unit.now
    unit.why = reason
    unit.put(row)
    return edition


@verb(needs=MAY, cli="publish-limits", signs="批准")
def publish(unit: Unit, edition: str) -> str:
    """Publish an edition that another person proposed; from then on its limits judge. Return its id.

    Raises:
        NotAllowed: the same person proposed it.
        RuleBroken: it was decided before, or one of its limits overlaps with one published since.
    """
    view = unit.view()
    new = asked.rows_of(view, edition)
    known = [one for group in asked.known(view).values() for one in group]
    for own, other in clashes(new, known):
        raise RuleBroken(
            "limit.overlap_at_publishing", analyte=own.analyte, food=own.food, other=other.standard
        )
    return _decide(unit, edition, "published", "")


@verb(needs=MAY, cli="refuse-limits")
def refuse(unit: Unit, edition: str, *, reason: str) -> str:
    """Refuse an edition that another person proposed, with the reason; it stays on record. Return its id.

    Raises:
        NotAllowed: the same person proposed it.
        RuleBroken: no reason, or it was decided before.
    """
    if not reason.strip():
        raise RuleBroken("limit.reason")
    return _decide(unit, edition, "refused", reason)


@verb(needs=MAY, cli="confirm-limit")
def confirm(unit: Unit, limit: str, *, source: str) -> str:
    """Confirm by name and date that a limit was read at its source; return its id.

    Args:
        unit: the act.
        limit: id of a shipped or published limit.
        source: where this person read it: document, table, page.

    Raises:
        NotFound: no such limit.
        Invalid: no source.
    """
    if not source.strip():
        raise Invalid("limit.no_source")
    ours = unit.find(LimitRow, limit)
    if ours is None and not any(limit == one.id for group in shipped().values() for one in group):
        raise NotFound("limit.unknown", limit=limit)
    unit.put(Confirmation(id=f"limit:{limit}", source=source, by=unit.actor.account, at=unit.now))
    return limit


@verb(needs="technician reviewer manager", cli="food-name")
def name_food(unit: Unit, name: str, *, food: str) -> str:
    """Say which food of the tree a name means that samplers write; return the name.

    Raises:
        Invalid: no name.
        NotFound: the tree has no such food.
    """
    if not name.strip():
        raise Invalid("form.problems", [Problem("form.missing", "name")], count=1)
    found = foods.named(food)
    if found is None:
        raise NotFound("food.unknown", food=food)
    unit.put(FoodName(name=name.strip(), food=found.code, by=unit.actor.account, at=unit.now))
    return name.strip()
