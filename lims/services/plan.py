"""What the county asks for: people of a township in a year, and which samples count."""

from datetime import date

from lims.door import verb
from lims.errors import Invalid
from lims.records.places import Population, Township
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


@verb(needs="manager", cli="end-township")
def end_township(unit: Unit, *, code: str, last_day: str, source: str) -> str:
    """End the code of a township with a last day; older samples keep it, none is drawn under it afterwards.

    Raises:
        NotFound: no such township.
        Invalid: no such day, or no document that says so.
    """
    town = unit.get(Township, code)
    try:
        until = date.fromisoformat(last_day)
    except ValueError:
        raise Invalid("calendar.day", day=last_day) from None
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
