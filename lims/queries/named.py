"""What people call the things that entries hold by their ids: a person's name, a sample's number, a lot."""

import re
from collections.abc import Collection

from sqlalchemy import select

from lims.records.cases import Case
from lims.records.equipment import Instrument
from lims.records.people import Account
from lims.records.places import Business
from lims.records.portions import Portion
from lims.records.readings import Reading
from lims.records.results import Certificate, Result, Verdict
from lims.records.runs import Run
from lims.records.supplies import Lot
from lims.storage.unit import View

ID = re.compile(r"[0-9a-f]{12}7[0-9a-f]{19}")
"""An id that this program gave, a UUID of version 7 in hex."""
CALLED = (
    (Account, (Account.name,)),
    (Business, (Business.name,)),
    (Lot, (Lot.number,)),
    (Verdict, (Verdict.sample, Verdict.item)),
    (Result, (Result.sample, Result.position)),
    (Reading, (Reading.instrument, Reading.position, Reading.value, Reading.unit)),
    (Certificate, (Certificate.sample,)),
    (Case, (Case.sample, Case.item)),
    (Run, (Run.instrument, Run.lot)),
    (Portion, (Portion.sample, Portion.role)),
)


def names(view: View, values: Collection[str]) -> dict[str, str]:
    """Return what a person calls each id among values: columns of its row, apart by a space."""
    ids = sorted(value for value in values if ID.fullmatch(value))
    found: dict[str, str] = {}
    for record, columns in CALLED if ids else ():
        query = select(record.id, *columns).where(record.site == view.site, record.id.in_(ids))
        for id_, *words in view.rows(query):
            found[id_] = " ".join(str(word) for word in words if word not in (None, ""))
    instruments = sorted(value for value in values if 0 < len(value) <= 40)
    owned = select(Instrument.id, Instrument.name).where(
        Instrument.site == view.site, Instrument.id.in_(instruments)
    )
    return {**dict(view.rows(owned)), **found}
