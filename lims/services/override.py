"""A run that may start although something is missing: one person asks, the quality manager decides and signs."""

from collections.abc import Mapping, Sequence

from lims.door import verb
from lims.errors import NotAllowed, Problem, RuleBroken
from lims.queries import readiness
from lims.queries.readiness import Planned
from lims.records.quality import Override
from lims.storage.unit import Unit, new_id


def spelled(problem: Problem) -> dict[str, object]:
    """Return a problem as it is kept, so that it can be said in any language later."""
    values: Mapping[str, str] = {name: str(value) for name, value in problem.values.items()}
    return {"code": problem.code, "where": problem.where, "values": dict(values)}


@verb(needs="technician")
def ask(
    unit: Unit, *, instrument: str, method: str, lot: str, samples: Sequence[str], roles: Sequence[str]
) -> str:
    """Ask that a run may start although something is missing; what is missing is kept with it. Return its id.

    Raises:
        RuleBroken: nothing is missing.
    """
    planned = Planned(instrument, method, lot, unit.actor.account, tuple(samples), tuple(roles))
    found = readiness.check(unit.view(), planned)
    if not found.blockers:
        raise RuleBroken("override.nothing", instrument=instrument)
    row = Override(
        id=new_id(),
        instrument=instrument,
        method=method,
        lot=lot,
        blockers={one.key: spelled(one.problem) for one in found.blockers},
        asked_by=unit.actor.account,
        asked_at=unit.now,
        state="asked",
        reason="",
        decided_by=None,
        decided_at=None,
        run=None,
    )
    unit.put(row)
    return row.id


@verb(needs="manager", signs="批准")
def decide(unit: Unit, id_: str, *, grant: bool, reason: str) -> str:
    """Grant an override for one run of this day, or refuse it, with the reason; return its state.

    Raises:
        NotAllowed: the same person asked for it.
        RuleBroken: no reason, or it was decided before.
    """
    row = unit.get(Override, id_)
    if row.asked_by == unit.actor.account:
        raise NotAllowed("override.same_person")
    if row.state != "asked":
        raise RuleBroken("override.decided", state=row.state)
    if not reason.strip():
        raise RuleBroken("override.reason")
    row.state, row.reason = "granted" if grant else "refused", reason
    row.decided_by, row.decided_at = unit.actor.account, unit.now
    unit.why = reason
    unit.put(row)
    return row.state
