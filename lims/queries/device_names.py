"""The words of devices: those the laboratory gave a meaning, and those that readings wait for."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from lims.door import question
from lims.records.equipment import DeviceName, Instrument
from lims.records.readings import Reading, Stray
from lims.rules import naming
from lims.rules.numbering import is_number
from lims.storage.unit import View

WAITING = ("unknown_item", "other_item", "other_food")
NEWEST = 2000
"""How many of the newest readings are looked through for names of foods."""


@dataclass(frozen=True, slots=True)
class Name:
    """One word of a kind of device.

    Attributes:
        profile: id of the kind.
        kind: `item` or `sample`.
        said: the device's word.
        ours: code of our analyte or food, empty where the laboratory has said nothing.
        waiting: readings that wait because of it.
    """

    profile: str
    kind: str
    said: str
    ours: str
    waiting: int

    @property
    def key(self) -> str:
        """What tells it from the others in a list."""
        return f"{self.profile}|{self.kind}|{self.said}"


@question()
def names(view: View) -> list[Name]:
    """Return every word that has a meaning or needs one, those that readings wait for first."""
    query = (
        select(Reading, Instrument.profile)
        .join(Stray, (Stray.site == Reading.site) & (Stray.id == Reading.id))
        .join(Instrument, (Instrument.site == Reading.site) & (Instrument.id == Reading.instrument))
        .where(Stray.site == view.site, Stray.settled == "", Stray.reason.in_(WAITING))
    )
    waiting = Counter(
        (profile, naming.ITEM, said)
        for row, profile in view.rows(query)
        if (said := naming.said_item(row.item, row.extra))
    )
    known = {
        (row.profile, row.kind, row.said): row.ours
        for row in view.all(select(DeviceName).where(DeviceName.site == view.site))
    }
    wanted = {*known, *waiting, *_foods(view)}
    found = [Name(*key, known.get(key, ""), waiting[key]) for key in wanted]
    return sorted(found, key=lambda one: (-one.waiting, bool(one.ours), one.profile, one.kind, one.said))


def _foods(view: View) -> set[tuple[str, str, str]]:
    """Return the names of foods that devices hold instead of a number."""
    query = (
        select(Reading.sample_text, Instrument.profile)
        .join(Instrument, (Instrument.site == Reading.site) & (Instrument.id == Reading.instrument))
        .where(Reading.site == view.site)
        .order_by(Reading.id.desc())
        .limit(NEWEST)
    )
    return {
        (profile, naming.SAMPLE, text)
        for text, profile in view.rows(query)
        if text and not is_number(text) and any(letter.isalpha() for letter in text)
    }
