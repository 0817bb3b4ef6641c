"""How often a sweep is repeated: a few times in the check, in full by `run.py long`; here and nowhere else.

A test that takes the fixture `counts` runs in both forms; `pytest --long` gives it the full one, and leaves out
every test that has only one form and does not lie in `tests/long`.
"""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Counts:
    """One form of the tests, in numbers."""

    examples: int
    """Examples that Hypothesis tries for each property that names no number of its own."""
    conversion_kills: int
    """Conversions to another passphrase or back that are killed."""
    migration_kills: int
    """Migrations that are killed."""
    founding_kills: int
    """Foundings of a database that are killed."""
    killed_writers: int
    """Writers that are killed while they acknowledge samples."""
    full_disks: tuple[int, ...]
    """Bytes that a disk still takes before it is full."""
    logged_acts: int
    """Acts in a log whose check tells its progress."""
    drawn_samples: int
    """Samples in a log whose check is stopped at the desk."""


CHECK = Counts(
    examples=50,
    conversion_kills=3,
    migration_kills=3,
    founding_kills=3,
    killed_writers=1,
    full_disks=(100_000,),
    logged_acts=100,
    drawn_samples=60,
)
LONG = Counts(
    examples=100,
    conversion_kills=12,
    migration_kills=10,
    founding_kills=12,
    killed_writers=4,
    full_disks=(30_000, 150_000, 400_000),
    logged_acts=500,
    drawn_samples=600,
)


def counts_of(config: pytest.Config) -> Counts:
    """Return the numbers of the form that was asked for."""
    return LONG if config.getoption("--long") else CHECK


def has_a_long_form(item: pytest.Item) -> bool:
    """Tell whether a test belongs to the long form: by its folder, by the counts it takes, or as a property."""
    test = getattr(item, "obj", None)
    return (
        item.nodeid.startswith("tests/long/")
        or "counts" in getattr(item, "fixturenames", ())
        or bool(getattr(test, "is_hypothesis_test", False))
    )


def seeds(config: pytest.Config, count: int) -> range:
    """Return the seeds of a sweep, from the one that was asked for; at least that one."""
    first: int = config.getoption("--first-seed")
    return range(first, max(count, first + 1))
