"""Controls over time, when a run is closed: out of hand by its chart, and the results since the last good control."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from lims.queries import controls, nonconforming, readiness
from lims.queries.readiness import Planned
from lims.records.runs import Run
from lims.rules import westgard
from lims.rules.methods import Method
from lims.services import nonconform
from lims.storage.unit import Unit


def rejecting(unit: Unit, run: Run, method: Method, role: str, value: Decimal | None) -> tuple[str, ...]:
    """Return the rules by which a control is out of hand; none where nobody set a target for it."""
    view = unit.view()
    target = controls.target_of(view, method.id, run.instrument, role, run.lot)
    if target is None or value is None:
        return ()
    earlier = [
        one.value
        for one in controls.readings(view, method, run.instrument, role, target.lot)
        if one.run != run.id
    ]
    scores = [westgard.score(one, target.mean, target.sd) for one in [*earlier[-9:], value]]
    return westgard.rejecting(westgard.broken(scores))


def look_back(unit: Unit, run: Run, planned: Planned) -> None:
    """Hold every result since the last good control of this instrument, method and lot, however many there are."""
    view = unit.view()
    good = next((one for one in readiness.last_controls(view, planned) if one.validity == "valid"), None)
    if good is not None and good.closed_at is not None:
        since = good.closed_at + timedelta(milliseconds=1)  # its own results stand: its control was good
    else:
        since = _first(unit, run)
    touched = nonconforming.touched(view, run.instrument, run.method, run.lot, since)
    if touched:
        work = nonconform.opened(
            unit,
            what="control",
            detail=f"{run.instrument} {run.method} {run.lot}: {run.why}",
            since=since,
            instrument=run.instrument,
            method=run.method,
            lot=run.lot,
            blocks=False,
        )
        nonconform.hold(unit, work, touched)


def _first(unit: Unit, run: Run) -> datetime:
    """Return when the first run with this instrument, method and lot began."""
    query = select(func.min(Run.started_at)).where(
        Run.site == unit.site,
        Run.instrument == run.instrument,
        Run.method == run.method,
        Run.lot == run.lot,
    )
    return unit.one(query) or run.started_at
