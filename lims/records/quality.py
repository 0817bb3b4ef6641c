"""Whether results can be relied on: calibrations, training, control targets, checks, holds, nonconforming work."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText


class Calibration(Record):
    """One calibration or check of an instrument, passed or failed, and the day by which the next is due."""

    __tablename__ = "calibration"
    __table_args__ = (of_site("instrument", "instrument"), Index(None, "site", "instrument"))
    id: Mapped[Key]
    instrument: Mapped[Code]
    kind: Mapped[Code]
    done_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    passed: Mapped[bool]
    body: Mapped[Name]
    certificate: Mapped[Name]
    figures: Mapped[Object]
    by: Mapped[Code]
    at: Mapped[Moment]


class Training(Record):
    """A step of a person's competence for a method: `training`, `examination` or `authorisation`, until a day."""

    __tablename__ = "training"
    __table_args__ = (
        of_site("account", "account"),
        CheckConstraint("kind <> 'authorisation' OR account <> by", name="not_oneself"),
    )
    id: Mapped[Key]
    account: Mapped[Code]
    method: Mapped[Code]
    kind: Mapped[Code]
    passed: Mapped[bool]
    score: Mapped[Name]
    done_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)
    trainer: Mapped[Name]
    note: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Climate(Record):
    """Temperature in degrees Celsius and relative humidity in percent of a room, as a person read them."""

    __tablename__ = "climate"
    __table_args__ = (Index(None, "site", "at"),)
    id: Mapped[Key]
    room: Mapped[Name]
    temperature: Mapped[Decimal] = mapped_column(DecimalText)
    humidity: Mapped[Decimal | None] = mapped_column(DecimalText)
    by: Mapped[Code]
    at: Mapped[Moment]


class ControlTarget(Record):
    """Mean and standard deviation against which a control of a method is charted, with where they come from."""

    __tablename__ = "control_target"
    __table_args__ = (Index(None, "site", "method", "instrument"),)
    id: Mapped[Key]
    method: Mapped[Code]
    instrument: Mapped[Code]
    lot: Mapped[Name]
    role: Mapped[Code]
    mean: Mapped[Decimal] = mapped_column(DecimalText)
    sd: Mapped[Decimal] = mapped_column(DecimalText)
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class QualityCheck(Record):
    """One check beside the routine: spike, parallel, blind, retained sample or comparison with a laboratory."""

    __tablename__ = "quality_check"
    __table_args__ = (Index(None, "site", "method", "at"),)
    id: Mapped[Key]
    kind: Mapped[Code]
    method: Mapped[Code]
    instrument: Mapped[Code]
    lot: Mapped[Name]
    sample: Mapped[Code | None]
    operator: Mapped[Code]
    expected: Mapped[Object]
    found: Mapped[Object]
    figure: Mapped[Decimal | None] = mapped_column(DecimalText)
    passed: Mapped[bool]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Nonconformity(Record):
    """Work that was not as it should be: what, since when, who owns it, what was done, whether it helped.

    `instrument`, `method` and `lot` narrow what it touches and are empty for any; while `blocks` holds, no run
    that it touches may start. `state` is `open`, `corrected` or `closed`.
    """

    __tablename__ = "nonconformity"
    __table_args__ = (
        Index(None, "site", "state"),
        CheckConstraint("closed_by <> owner", name="second_person"),
    )
    id: Mapped[Key]
    what: Mapped[Code]
    detail: Mapped[str] = mapped_column(Text)
    instrument: Mapped[Code]
    method: Mapped[Code]
    lot: Mapped[Name]
    since: Mapped[Moment]
    state: Mapped[Code]
    blocks: Mapped[bool]
    owner: Mapped[Code]
    due_on: Mapped[date] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[Code]
    opened_at: Mapped[Moment]
    closed_by: Mapped[Code | None]
    closed_at: Mapped[Moment | None]


class Hold(Record):
    """A verdict that waits because of nonconforming work; `state` is `held`, `released` or `withdrawn`."""

    __tablename__ = "hold"
    __table_args__ = (
        of_site("verdict", "verdict"),
        of_site("nonconformity", "nonconformity"),
        Index(None, "site", "verdict"),
    )
    id: Mapped[Key]
    verdict: Mapped[Code]
    nonconformity: Mapped[Code]
    sample: Mapped[Code]
    slip: Mapped[Code | None]
    state: Mapped[Code]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code | None]
    at: Mapped[Moment]


class Override(Record):
    """A run that may start although something is missing: asked by one person, granted by another with a reason.

    `blockers` holds what was missing when it was asked. `state` is `asked`, `granted`, `refused` or `used`.
    """

    __tablename__ = "readiness_override"
    __table_args__ = (
        of_site("instrument", "instrument"),
        Index(None, "site", "state"),
        CheckConstraint("decided_by <> asked_by", name="two_people"),
    )
    id: Mapped[Key]
    instrument: Mapped[Code]
    method: Mapped[Code]
    lot: Mapped[Name]
    blockers: Mapped[Object]
    asked_by: Mapped[Code]
    asked_at: Mapped[Moment]
    state: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[Code | None]
    decided_at: Mapped[Moment | None]
    run: Mapped[Code | None]


class RunReadiness(Record):
    """What stood behind a run when it started: the lot, the calibration, the authorisation, the override if any."""

    __tablename__ = "run_readiness"
    __table_args__ = (of_site("run", "run"),)
    run: Mapped[Key]
    lot: Mapped[Code | None]
    calibration: Mapped[Code | None]
    authorisation: Mapped[Code | None]
    override: Mapped[Code | None]
    warnings: Mapped[Object]
    at: Mapped[Moment]
