"""What stood behind a run when it started, as people read it."""

from dataclasses import dataclass
from datetime import date, datetime

from lims.door import question
from lims.errors import Problem
from lims.queries.people import names
from lims.records.quality import Calibration, Override, RunReadiness, Training
from lims.records.supplies import Kit, Lot
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What stood behind a run.

    Attributes:
        kit: name of the kit.
        lot: number of its lot, and the last day of it.
        lot_expires: the last day of the lot.
        calibrated_until: until when the instrument's calibration counts.
        certificate: its number.
        authorised_until: until when the person is authorised.
        override: reason and person of an override, empty without one.
        overridden: what was missing then.
        warnings: what was told at the start.
        at: when the run was started; None for a run from before this was kept.
    """

    kit: str = ""
    lot: str = ""
    lot_expires: date | None = None
    calibrated_until: date | None = None
    certificate: str = ""
    authorised_until: date | None = None
    override: str = ""
    overridden: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    at: datetime | None = None


@question()
def run_facts(view: View, run: str) -> RunFacts:
    """Return what stood behind a run; nothing of a run from before this was kept."""
    kept = view.find(RunReadiness, run)
    if kept is None:
        return RunFacts()
    lot = view.find(Lot, kept.lot) if kept.lot else None
    kit = view.find(Kit, lot.kit) if lot else None
    calibration = view.find(Calibration, kept.calibration) if kept.calibration else None
    authorised = view.find(Training, kept.authorisation) if kept.authorisation else None
    granted = view.find(Override, kept.override) if kept.override else None
    return RunFacts(
        kit.name if kit else "",
        lot.number if lot else "",
        lot.expires_on if lot else None,
        calibration.due_on if calibration else None,
        calibration.certificate if calibration else "",
        authorised.expires_on if authorised else None,
        f"{granted.reason} ({names(view)(granted.decided_by)})" if granted else "",
        tuple(Problem(**said) for said in granted.blockers.values()) if granted else (),
        tuple(Problem(**said) for said in kept.warnings.values()),
        kept.at,
    )
