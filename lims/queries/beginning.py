"""The first steps of a laboratory: which were done, which were skipped, which are still to do."""

from dataclasses import dataclass

from sqlalchemy import func, select

from lims import clock
from lims.actor import ROLES
from lims.door import question
from lims.records.equipment import Instrument
from lims.records.labels import LabelPrint
from lims.records.people import Account, Grant
from lims.records.places import Population, Township
from lims.records.samples import Sample
from lims.records.settings import Setting
from lims.storage.unit import View

STEPS = ("people", "populations", "instrument", "sample", "label")
"""In the order in which a new laboratory takes them; founding and the first administrator come before."""
SKIPPED = "beginning.skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whether it is done, whether somebody skipped it, and how much of it is missing."""

    id: str
    done: bool
    skipped: bool
    missing: int

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return not self.done and not self.skipped


@question()
def steps(view: View) -> list[Step]:
    """Return every step in its order; what is done is read from the records, not from a tick."""
    found = view.find(Setting, SKIPPED)
    skipped = set(found.value.split()) if found else set()
    missing = {
        "people": len(set(ROLES) - _held(view)),
        "populations": _without_people(view),
        "instrument": _lacks(view, Instrument, Instrument.active),
        "sample": _lacks(view, Sample),
        "label": _lacks(view, LabelPrint),
    }
    return [Step(one, missing[one] == 0, one in skipped, missing[one]) for one in STEPS]


@question()
def left(view: View) -> int:
    """Return how many steps are still to be done."""
    return sum(one.open for one in steps(view))


def _held(view: View) -> set[str]:
    query = (
        select(Grant.role)
        .join(Account, (Account.site == Grant.site) & (Account.id == Grant.account))
        .where(Grant.site == view.site, Grant.active, Account.active)
        .distinct()
    )
    return set(view.all(query))


def _without_people(view: View) -> int:
    year = clock.local(view.now).year
    known = select(Population.township).where(Population.site == view.site, Population.year == year)
    query = select(func.count()).where(
        Township.site == view.site, Township.counted, Township.until.is_(None), Township.code.not_in(known)
    )
    return next(iter(view.all(query)), 0)


def _lacks(view: View, record: type[Instrument | Sample | LabelPrint], *more: object) -> int:
    query = select(record.site).where(record.site == view.site, *more).limit(1)  # type: ignore[arg-type]  # columns of one
    return 0 if list(view.all(query)) else 1
