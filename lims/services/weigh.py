"""A portion whose quantity is what the balance said."""

from sqlalchemy import select

from lims.door import verb
from lims.errors import RuleBroken
from lims.queries.weights import FRESH
from lims.records.readings import Reading, Stray
from lims.records.weighings import Weighing
from lims.rules.amount import Amount
from lims.services import portion
from lims.services.portion import Part
from lims.storage.unit import Unit


@verb(needs="sampler technician manager")
def part(unit: Unit, sample: str, role: str, reading: str, *, of: str = "", compared: bool = False) -> str:
    """Take a part of a sample or portion as heavy as a balance said; return the part's number.

    The weight stays linked to the reading, so that it can be followed to the balance's own bytes.

    Args:
        unit: the act.
        sample: its number.
        role: a code of `portion_role`.
        reading: id of the balance's reading.
        of: the portion that is divided; empty for the sample itself.
        compared: True where a person has held it against the balance's display; needed where it was said only once.

    Raises:
        NotFound: no such reading, sample or portion.
        RuleBroken: it is no weight, is a stray, too old, of another part, or was to be compared first; or as `divide`.
        Invalid: the balance's unit is none that portions are counted in, or the weight is not above zero.
    """
    row = unit.get(Reading, reading)
    if row.item != "mass" or row.value is None or row.unit is None:
        raise RuleBroken("weight.none", reading=reading)
    stray = unit.find(Stray, reading)
    if stray is not None and not stray.settled:
        raise RuleBroken("weight.stray", balance=row.instrument, value=f"{row.value} {row.unit}")
    if unit.now - row.received_at > FRESH:
        raise RuleBroken("weight.old", balance=row.instrument, value=f"{row.value} {row.unit}")
    query = select(Weighing.portion).where(Weighing.site == unit.site, Weighing.reading == reading)
    if taken := unit.one(query):
        raise RuleBroken("weight.used", value=f"{row.value} {row.unit}", portion=taken)
    if row.flags and not compared:
        raise RuleBroken("weight.compare", balance=row.instrument, value=f"{row.value} {row.unit}")
    (made,) = portion.divide(unit, sample, [Part(role, Amount(row.value, row.unit))], of=of)
    unit.put(Weighing(portion=made, reading=reading, by=unit.actor.account, at=unit.now))
    return made
