"""The one gate of readiness: what stood behind a run is kept when it starts, and looked at again when it is closed."""

from lims.errors import NotReady
from lims.queries import readiness
from lims.queries.readiness import Readiness
from lims.records.quality import Override, RunReadiness
from lims.records.runs import Run
from lims.records.supplies import Kit, Lot
from lims.rules.readiness import LASTING
from lims.services.override import spelled
from lims.services.supply import use_row
from lims.storage.unit import Unit


def start(unit: Unit, run: Run, found: Readiness, positions: int) -> None:
    """Put a run that is ready, with what stands behind it and what it uses up.

    Raises:
        NotReady: something is missing and no override of today covers it.
    """
    if not found.ready:
        raise NotReady("run.not_ready", [one.problem for one in found.blockers], count=len(found.blockers))
    unit.put(run)
    warned = [*found.warnings, *(found.blockers if found.override else ())]
    unit.put(
        RunReadiness(
            run=run.id,
            lot=found.lot,
            calibration=found.calibration,
            authorisation=found.authorisation,
            override=found.override,
            warnings={one.key: spelled(one.problem) for one in warned},
            at=unit.now,
        )
    )
    if found.override is not None:
        granted = unit.get(Override, found.override)
        granted.state, granted.run = "used", run.id
        unit.put(granted)
    _use(unit, run, found.lot, positions)


def _use(unit: Unit, run: Run, lot: str | None, positions: int) -> None:
    if lot is None:
        return
    amount = readiness.need(unit.get(Kit, unit.get(Lot, lot).kit), positions)
    if amount:
        unit.put(use_row(unit, lot, amount, run.id, run=run.id))


def lapsed(unit: Unit, run: Run) -> str:
    """Return why a run may not be judged although its controls hold, as a code; empty when nothing lapsed.

    What the override of the run named is not held against it again.
    """
    kept = unit.find(RunReadiness, run.id)
    granted = unit.find(Override, kept.override) if kept is not None and kept.override else None
    allowed = set(granted.blockers) if granted else set()
    found = readiness.check(unit.view(), readiness.of_run(unit.view(), run))
    for one in found.blockers:
        if one.problem.code in LASTING and one.key not in allowed:
            return f"not_ready_{one.check.value}"
    return ""
