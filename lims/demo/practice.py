"""A laboratory to practise in: a folder of its own, made-up people, playing instruments, nothing that is real."""

import random
from pathlib import Path

from lims import app, clock
from lims.app import Founding, Laboratory
from lims.config import Folder
from lims.demo import script, stock
from lims.demo.live import Devices
from lims.errors import RuleBroken
from lims.rules import practice, regulation
from lims.services import enrol, passwords, plan

NAME = f"【{practice.MARK}】练习实验室"


def prepare(root: Path) -> None:
    """Found the laboratory where none is there yet: one person for each role, lots, training, populations."""
    if not Folder(root).database.exists():
        laboratory = app.found(Founding(practice.SITE, practice.STATION, NAME, station_name="练习台"), root)
        try:
            _furnish(laboratory)
        finally:
            laboratory.close()


def check(laboratory: Laboratory) -> None:
    """Make sure that a laboratory is one of practice.

    Raises:
        RuleBroken: it is a real one.
    """
    if not practice.is_site(laboratory.lims.store.place.site):
        raise RuleBroken("practice.real", folder=str(laboratory.folder.root))


def _furnish(laboratory: Laboratory) -> None:
    hashed, station = passwords.hash_password(script.PASSWORD), laboratory.lims
    for login, name, roles in script.PEOPLE:
        station.do(enrol.person, login=login, name=name, roles=roles, password_hash=hashed)
    doors = {login: laboratory.sign_in(login, script.PASSWORD) for login in ("lin", "zheng")}
    stock.stocked(doors["zheng"], doors["lin"])
    year = clock.local(clock.now()).year
    for town in (each.code for each in regulation.townships() if each.counted):
        doors["zheng"].do(plan.population, township=town, year=year, people=20_000, source=script.SOURCE)


def devices(laboratory: Laboratory) -> Devices:
    """Return the playing instruments of a practice laboratory; `start` plugs them in, `close` takes them away."""
    return Devices(laboratory, random.Random())  # noqa: S311 - made-up values
