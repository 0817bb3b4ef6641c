"""What a device's words mean: the laboratory's own table of items and foods, and what waited for it taken in again."""

from dataclasses import dataclass

from sqlalchemy import select

from lims.door import Lims, question, verb
from lims.errors import Invalid, Problem
from lims.queries import equipment
from lims.records.equipment import DeviceName, Instrument
from lims.rules import naming
from lims.rules.analytes import analyte
from lims.rules.foods import named
from lims.services import retake
from lims.storage.unit import Unit, View

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a kind of device; see `lims.records.equipment.DeviceName`."""

    profile: str
    kind: str
    said: str


@verb(needs="manager")
def word(unit: Unit, one: Word, ours: str) -> str:
    """Say what a device's word means by our code, name or CAS number; nothing takes the meaning away. Return the code.

    Raises:
        Invalid: no such kind of device, no word, or nothing of ours is called so.
        NotFound: no analyte is called so.
    """
    if one.profile not in {kind.id for kind in equipment.kinds()}:
        raise Invalid("naming.profile", profile=one.profile)
    said = one.said.strip()
    if one.kind not in naming.KINDS or not said or len(said) > LONGEST:
        raise Invalid("form.problems", [Problem("form.missing", "said")], count=1)
    code = _ours(one.kind, ours.strip())
    row = DeviceName(
        profile=one.profile, kind=one.kind, said=said, ours=code, by=unit.actor.account, at=unit.now
    )
    unit.put(row)
    return code


def _ours(kind: str, text: str) -> str:
    if not text:
        return ""
    if kind == naming.ITEM:
        return analyte(text).code
    food = named(text)
    if food is None:
        raise Invalid("naming.food", food=text[:40])
    return food.code


@question(needs="manager")
def _having(view: View, profile: str) -> list[str]:
    query = select(Instrument.id).where(Instrument.site == view.site, Instrument.profile == profile)
    return list(view.all(query))


def translate(lims: Lims, one: Word, ours: str) -> int:
    """Say what a word means, then take in again what waited for it; return how many readings found their place."""
    lims.do(word, one, ours)
    return sum(retake.strays(lims, instrument) for instrument in lims.ask(_having, one.profile))
