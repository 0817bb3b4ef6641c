"""What is noted although it changes nothing: positives that were looked at, papers, exports, the program itself."""

import platform
import threading
from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from lims.actor import ROLES, STATION
from lims.door import Lims, question, verb
from lims.queries import sites, trace
from lims.queries.trace import Trail
from lims.records.oversight import Access, Program
from lims.records.results import Verdict
from lims.rules.form import SLASH
from lims.storage.unit import Unit, View, new_id
from lims.version import BUILD, fingerprint

Kind = Literal["view", "print", "export"]
AGAIN = timedelta(minutes=10)
"""The same person who looks at the same positive within this time is noted once."""

_LOOKING = threading.Lock()
"""Held from asking whether a look was noted to noting it: a screen may ask twice at once."""
_EVERYBODY = " ".join(("station", *ROLES))


@verb(needs=_EVERYBODY)
def noted(unit: Unit, kind: Kind, subject: str, what: str = SLASH) -> str:
    """Note that something was looked at, printed or exported; return the note's id.

    Args:
        unit: the act.
        kind: `view`, `print` or `export`.
        subject: a sample's number, or the name of a list.
        what: the slip, the file or the filter.
    """
    row = Access(
        id=new_id(),
        station=unit.place.station,
        kind=kind,
        subject=subject[:200],
        what=what[:200],
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@question()
def looked(view: View, number: str) -> bool:
    """Tell whether this person's look at a sample needs no further note: nothing positive, or noted just now."""
    positive = select(Verdict.id).where(
        Verdict.site == sites.holding(view, number).site, Verdict.sample == number, Verdict.word == "positive"
    )
    if not view.all(positive.limit(1)):
        return True
    query = select(Access.at).where(
        Access.site == view.site,
        Access.subject == number,
        Access.kind == "view",
        Access.by == view.actor.account,
    )
    last = next(iter(view.all(query.order_by(Access.id.desc()).limit(1))), None)
    return last is not None and last + AGAIN > view.now


def trail(lims: Lims, number: str) -> Trail:
    """Return a sample's trail; that somebody looked at a positive one is noted.

    Raises:
        NotFound: no sample has this number.
    """
    found = lims.ask(trace.sample, number)
    seen(lims, number)
    return found


def seen(lims: Lims, number: str) -> None:
    """Note that somebody looked at a sample, where anything of it is positive and he was not noted just now."""
    with _LOOKING:
        if lims.store.writer.barred is None and not lims.ask(looked, number):
            lims.do(noted, "view", number)


def left(lims: Lims, kind: Kind, subject: str, what: str) -> None:
    """Note that something was printed or exported, unless nothing may be written now."""
    if lims.store.writer.barred is None:
        lims.do(noted, kind, subject, what)


@verb(needs="station")
def program(unit: Unit, hashed: str) -> str:
    """Note which program writes this station's log from here on; return the note's id."""
    row = Program(
        id=new_id(),
        station=unit.place.station,
        build=BUILD,
        fingerprint=hashed,
        python=platform.python_version(),
        system=platform.platform()[:200],
        at=unit.now,
    )
    unit.put(row)
    return row.id


@question()
def last_program(view: View) -> tuple[str, str] | None:
    """Return version and hash of the program that was noted last for this station, or None."""
    query = select(Program.build, Program.fingerprint).where(
        Program.site == view.site, Program.station == view.place.station
    )
    found = next(iter(view.rows(query.order_by(Program.id.desc()).limit(1))), None)
    return (found[0], found[1]) if found else None


def starts(lims: Lims) -> None:
    """Note the program where it is another than the one that was noted last."""
    station, hashed = lims.acting(STATION), fingerprint()
    if station.store.writer.barred is None and station.ask(last_program) != (BUILD, hashed):
        station.do(program, hashed)
