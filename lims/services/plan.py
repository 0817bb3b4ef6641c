"""What the county asks for: people of a township in a year, and which samples count."""

import re
from datetime import date

from sqlalchemy import func, select

from lims.door import verb
from lims.errors import Invalid, Problem
from lims.records.places import Population, Site, Township
from lims.records.plans import ReportingUnit
from lims.records.samples import Sample
from lims.records.settings import Setting
from lims.storage.unit import Unit

COUNTS = frozenset({"laboratory", "rapid"})
MOST_PEOPLE = 5_000_000


@verb(needs="manager station", cli="population")
def population(unit: Unit, *, township: str, year: int, people: int, source: str) -> str:
    """Enter how many people a township has for a year's quota, with the source of the figure.

    Raises:
        Invalid: no source, or a figure that cannot be a township's.
        NotFound: no such township.
    """
    unit.get(Township, township)
    if not source.strip():
        raise Invalid("population.source")
    if not 0 < people <= MOST_PEOPLE:
        raise Invalid("population.people", people=people)
    if not 2000 <= year <= 2100:
        raise Invalid("population.year", year=year)
    unit.put(
        Population(
            township=township,
            year=year,
            people=people,
            source=source,
            entered_by=unit.actor.account,
            entered_at=unit.now,
        )
    )
    return township


TOWNSHIP = re.compile(r"[0-9]{9}")


@verb(needs="manager", cli="add-township")
def add_township(
    unit: Unit, *, code: str, name: str, first_day: str, source: str, counted: bool = True
) -> str:
    """Add a township by its code of nine digits, with its first day and the document that says so; return the code.

    Raises:
        Invalid: the code is none of this county or is known, no name, no such day, or no document.
    """
    site = unit.get(Site)
    if TOWNSHIP.fullmatch(code) is None or not code.startswith(site.county):
        raise Invalid("township.code", town=code, county=site.county)
    if unit.find(Township, code) is not None or unit.find(ReportingUnit, code) is not None:
        raise Invalid("township.known", town=code)
    if not name.strip():
        raise Invalid("form.problems", [Problem("form.missing", "name")], count=1)
    if not source.strip():
        raise Invalid("township.source", name=name)
    unit.why = source
    unit.put(Township(code=code, name=name.strip(), counted=counted, since=_day(first_day), until=None))
    return code


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("calendar.day", day=text) from None


@verb(needs="manager", cli="end-township")
def end_township(unit: Unit, *, code: str, last_day: str, source: str) -> str:
    """End the code of a township with a last day; older samples keep it, none is drawn under it afterwards.

    Raises:
        NotFound: no such township.
        Invalid: no such day or one before its first, no document that says so, or samples of later days bear it.
    """
    town = unit.get(Township, code)
    until = _day(last_day)
    if town.since is not None and until < town.since:
        raise Invalid("township.backwards", name=town.name, since=town.since, day=until)
    later = select(func.count()).where(
        Sample.site == unit.site, Sample.township == code, Sample.drawn_on > until, Sample.state != "void"
    )
    if count := unit.one(later):
        raise Invalid("township.used", name=town.name, count=count, day=until)
    if not source.strip():
        raise Invalid("township.source", name=town.name)
    unit.why = source
    town.until = until
    unit.put(town)
    return code


@verb(needs="manager", cli="count-kinds")
def count_kinds(unit: Unit, kinds: str) -> str:
    """Set which kinds of samples count for the quota: `laboratory`, `rapid` or both, separated by spaces.

    Raises:
        Invalid: an unknown kind, or none.
    """
    wanted = frozenset(kinds.split())
    if not wanted or wanted - COUNTS:
        raise Invalid("quota.kinds", kinds=kinds)
    return setting(unit, "quota.counts", " ".join(sorted(wanted)))


def setting(unit: Unit, name: str, value: str) -> str:
    """Put one setting of the site and return its value."""
    unit.put(Setting(name=name, value=value, by=unit.actor.account, at=unit.now))
    return value
