"""Townships and other units that report: from when to when each counts, and by what it is known."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lims.door import question
from lims.records.places import Township
from lims.records.plans import ReportingUnit
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Reporting:
    """A township or another unit that reports; `kind` is `township` or `unit`, `ended` says that it is over."""

    code: str
    name: str
    kind: str
    counted: bool
    since: date | None
    until: date | None
    source: str = ""
    ended: bool = False


def names(view: View) -> dict[str, str]:
    """Return what townships and other units that report are called, by code."""
    return {one.code: one.name for one in reporting(view)}


@question()
def reporting(view: View) -> list[Reporting]:
    """Return every township, then every other unit, by code."""
    towns = view.all(select(Township).where(Township.site == view.site).order_by(Township.code))
    units = view.all(
        select(ReportingUnit).where(ReportingUnit.site == view.site).order_by(ReportingUnit.code)
    )
    return [
        *(Reporting(one.code, one.name, "township", one.counted, one.since, one.until, ended=one.until is not None)
          for one in towns),
        *(Reporting(one.code, one.name, "unit", False, None, None, one.source, not one.active) for one in units),
    ]  # fmt: skip
