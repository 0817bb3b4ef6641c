"""What is looked for: analytes with their CAS numbers, classes, residue definitions and other names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lims.errors import NotFound
from lims.rules import regulation


@dataclass(frozen=True, slots=True)
class Analyte:
    """One analyte, or a class that a screening method finds as a whole.

    Attributes:
        code: its id.
        zh: Chinese name.
        en: English name.
        cas: number of the Chemical Abstracts Service, empty for sums and indices.
        kind: the class of substances.
        residue: what counts towards the limit, empty for the substance itself.
        names: other names in use.
    """

    code: str
    zh: str
    en: str
    cas: str
    kind: str
    residue: str
    names: tuple[str, ...]


@cache
def analytes() -> Mapping[str, Analyte]:
    """Return every analyte by its code."""
    rows = regulation.table("analytes")["analytes"]
    return {row[0]: Analyte(row[0], row[1], row[2], row[3], row[4], row[5], tuple(row[6])) for row in rows}


@cache
def _spelled() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for one in analytes().values():
        for name in (one.code, one.zh, one.en, one.cas, *one.names):
            if name:
                names.setdefault(name.lower(), one.code)
    return names


def analyte(text: str) -> Analyte:
    """Return the analyte that a code, a name or a CAS number means.

    Raises:
        NotFound: none is called so.
    """
    code = _spelled().get(text.strip().lower())
    if code is None:
        raise NotFound("analyte.unknown", analyte=text)
    return analytes()[code]
