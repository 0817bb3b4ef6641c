"""What stood behind a run when it started, as people read it."""

from dataclasses import dataclass
from datetime import date, datetime

from lims import clock
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
        accepted_at: when the lot was accepted.
        accepted_by: who accepted it.
        acceptance: on what ground.
        calibrated_until: until when the instrument's calibration counts.
        calibrated_by: the body that calibrated it.
        certificate: its number.
        authorised_until: until when the person is authorised.
        authorised_by: who authorised him.
        override: reason and person of an override, empty without one.
        overridden: what was missing then.
        warnings: what was told at the start.
        at: when the run was started; None for a run from before this was kept.
    """

    kit: str = ""
    lot: str = ""
    lot_expires: date | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""
    acceptance: str = ""
    calibrated_until: date | None = None
    calibrated_by: str = ""
    certificate: str = ""
    authorised_until: date | None = None
    authorised_by: str = ""
    override: str = ""
    overridden: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    at: datetime | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Return what there is as (code of the name, text), for the sample's page and its paper."""
        accepted = f"{clock.local(self.accepted_at):%Y-%m-%d %H:%M}" if self.accepted_at else ""
        told = [
            ("kit", [self.kit]),
            ("lot", [self.lot, *_until(self.lot_expires)]),
            ("acceptance", [accepted, self.accepted_by, self.acceptance]),
            ("calibration", [self.certificate, self.calibrated_by, *_until(self.calibrated_until)]),
            ("authorisation", [self.authorised_by, *_until(self.authorised_until)]),
            ("override", [self.override]),
        ]
        return [(name, text) for name, parts in told if (text := "  ".join(part for part in parts if part))]


def _until(day: date | None) -> list[str]:
    return [f"→ {day:%Y-%m-%d}"] if day else []


@question()
def run_facts(view: View, run: str) -> RunFacts:
    """Return what stood behind a run; nothing of a run from before this was kept."""
    kept = view.find(RunReadiness, run)
    if kept is None:
        return RunFacts()
    known = names(view)
    lot = view.find(Lot, kept.lot) if kept.lot else None
    kit = view.find(Kit, lot.kit) if lot else None
    calibration = view.find(Calibration, kept.calibration) if kept.calibration else None
    authorised = view.find(Training, kept.authorisation) if kept.authorisation else None
    granted = view.find(Override, kept.override) if kept.override else None
    return RunFacts(
        kit=kit.name if kit else "",
        lot=lot.number if lot else "",
        lot_expires=lot.expires_on if lot else None,
        accepted_at=lot.decided_at if lot else None,
        accepted_by=known(lot.decided_by) if lot and lot.decided_by else "",
        acceptance=lot.why if lot else "",
        calibrated_until=calibration.due_on if calibration else None,
        calibrated_by=calibration.body if calibration else "",
        certificate=calibration.certificate if calibration else "",
        authorised_until=authorised.expires_on if authorised else None,
        authorised_by=authorised.trainer if authorised else "",
        override=f"{granted.reason} ({known(granted.decided_by)})" if granted else "",
        overridden=tuple(Problem(**said) for said in granted.blockers.values()) if granted else (),
        warnings=tuple(Problem(**said) for said in kept.warnings.values()),
        at=kept.at,
    )
