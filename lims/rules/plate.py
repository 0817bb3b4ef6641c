"""A 96-well plate: what stands in each well, and whether that can be calculated."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lims.errors import Problem

ROLES = ("standard", "blank", "control", "sample")
FITS = ("4pl", "logit_log")
LEAST_LEVELS = {"4pl": 4, "logit_log": 3}
"""Different standards above zero that a curve needs at least."""
_WELL = re.compile(r"[A-H](?:[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Well:
    """What stands in one well.

    Attributes:
        role: `standard`, `blank`, `control` or `sample`.
        name: number of the sample, or name of the control; wells of the same role and name are repeats.
        level: concentration of a standard in the plate's unit; zero for the zero standard.
        dilution: by what the concentration read off the curve is multiplied.
    """

    role: str
    name: str = ""
    level: Decimal | None = None
    dilution: Decimal = Decimal(1)


Layout = Mapping[str, Well]


@dataclass(frozen=True, slots=True)
class Group:
    """Wells that hold the same, in the order of the plate."""

    role: str
    name: str
    level: Decimal | None
    dilution: Decimal
    wells: tuple[str, ...]


def order(well: str) -> tuple[str, int]:
    """The place of a well in the order of the plate, row by row."""
    return well[0], int(well[1:])


def groups(layout: Layout) -> Sequence[Group]:
    """Put repeats together: standards by level, all others by role and name."""
    found: dict[tuple[str, str, Decimal | None, Decimal], list[str]] = {}
    for name in sorted(layout, key=order):
        well = layout[name]
        level = well.level if well.role == "standard" else None
        own = "" if well.role in ("standard", "blank") else well.name
        found.setdefault((well.role, own, level, well.dilution), []).append(name)
    return [Group(*key, tuple(wells)) for key, wells in found.items()]


def problems(layout: Layout, fit: str) -> list[Problem]:
    """Return everything that keeps a layout from being calculated, each with its well."""
    found = [problem for name, well in layout.items() for problem in _well(name, well)]
    if fit not in FITS:
        return [*found, Problem("plate.fit", "", {"fit": fit, "known": " ".join(FITS)})]
    levels = {well.level for well in layout.values() if well.role == "standard" and well.level is not None}
    above = sum(level > 0 for level in levels)
    if above < LEAST_LEVELS[fit]:
        found.append(Problem("plate.levels", "", {"found": above, "least": LEAST_LEVELS[fit]}))
    if fit == "logit_log" and Decimal(0) not in levels:
        found.append(Problem("plate.no_zero"))
    if not any(well.role in ("sample", "control") for well in layout.values()):
        found.append(Problem("plate.no_sample"))
    return [*found, *_twice(layout.items())]


def _well(name: str, well: Well) -> list[Problem]:
    if not _WELL.fullmatch(name):
        return [Problem("plate.well", name, {"well": name})]
    found: list[Problem] = []
    if well.role not in ROLES:
        found.append(Problem("plate.role", name, {"well": name, "role": well.role}))
    if well.role == "standard" and (well.level is None or not well.level.is_finite() or well.level < 0):
        found.append(Problem("plate.level", name, {"well": name}))
    if well.role in ("sample", "control") and not well.name.strip():
        found.append(Problem("plate.name", name, {"well": name}))
    if not well.dilution.is_finite() or well.dilution <= 0:
        found.append(Problem("plate.dilution", name, {"well": name}))
    return found


def _twice(wells: Iterable[tuple[str, Well]]) -> list[Problem]:
    """A sample whose wells say different dilutions would have two results of one group."""
    seen: dict[tuple[str, str], Decimal] = {}
    found: list[Problem] = []
    for name, well in wells:
        if well.role not in ("sample", "control"):
            continue
        first = seen.setdefault((well.role, well.name), well.dilution)
        if first != well.dilution:
            found.append(Problem("plate.dilutions", name, {"well": name, "name": well.name}))
    return found
