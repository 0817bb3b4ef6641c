"""Many desks on one server: a further station of the same site, with a log, numbers and keys of its own."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from lims import config
from lims.config import Folder
from lims.door import Lims, question, verb
from lims.errors import Invalid, RuleBroken, StorageUnfit
from lims.records.log import LogHead
from lims.records.peers import Member
from lims.records.places import Station
from lims.rules import practice
from lims.rules.numbering import station_fits
from lims.storage.log import begin, place_of
from lims.storage.unit import Unit, View


@dataclass(frozen=True, slots=True)
class Desk:
    """A further computer of this laboratory: its code, which begins its sample numbers, and what people call it."""

    station: str
    name: str


@verb(needs="administrator manager")
def add(unit: Unit, desk: Desk) -> str:
    """Give a further computer of this site a log of its own; return the log's origin.

    Raises:
        Invalid: the code cannot stand in a sample number, or there is no name.
        RuleBroken: the code is in use.
    """
    if not practice.fits(unit.site, desk.station):
        raise Invalid("practice.code", site=unit.site, station=desk.station)
    if not station_fits(desk.station) or not desk.name.strip():
        raise Invalid("station.code", station=desk.station)
    if unit.find(Station, desk.station) or unit.find(Member, desk.station):
        raise RuleBroken("sync.code_taken", station=desk.station)
    place = place_of(unit.site, desk.station, unit.place.origin.rsplit("/", 1)[-1])
    begin(unit.connection, place)
    unit.put(Station(id=desk.station, name=desk.name))
    return place.origin


@dataclass(frozen=True, slots=True)
class DeskView:
    """A computer of this site and how many entries its log has."""

    station: str
    name: str
    origin: str
    size: int


@question()
def desks(view: View) -> list[DeskView]:
    """Return the computers of this site, by code."""
    query = (
        select(Station.id, Station.name, LogHead.origin, LogHead.size)
        .join(LogHead, (LogHead.site == Station.site) & (LogHead.station == Station.id))
        .where(Station.site == view.site)
        .order_by(Station.id)
    )
    return [DeskView(*row) for row in view.rows(query)]


def set_up(lims: Lims, desk: Desk, folder: Path, database: str) -> str:
    """Give a computer its log and write its folder's settings, so that the program finds the server by itself.

    Args:
        lims: the door of who adds it.
        desk: the computer.
        folder: its folder, new or empty.
        database: the server's address as that computer reaches it; a password belongs into libpq's own file.

    Raises:
        LimsError: as `add` does, or the folder cannot be written.
    """
    if lims.store.engine.dialect.name != "postgresql":
        raise StorageUnfit("sync.desk_file")
    origin = lims.do(add, desk)
    write_settings(folder, database, lims.store.place.site, desk.station)
    return origin


def write_settings(root: Path, database: str, site: str, station: str) -> None:
    """Write which database and station a folder belongs to; other settings stay.

    Raises:
        Invalid: the folder or its settings cannot be used.
    """
    folder = Folder(root)
    folder.make()
    known = config.load(folder)
    config.save(folder, replace(known, site=site, station=station, database=database))
