"""Vans and desks at length: a thousand schedules of chance, on a file and on a server, and a fortnight brought in.

`python3 run.py long -k schedules -n 2` shares them out; a run that was stopped goes on with `--first-seed 300`, and one
seed alone is `-k "schedules_lose and seed7]"`.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from installer.environment import quick_place
from lims.queries import audit, figures
from lims.services import sample
from lims.sync import desks, members, sticks
from lims.sync.desks import Desk
from tests.counts import seeds
from tests.laboratory import Lab, filled, found_once, opened_lab, today
from tests.lims.sync.schedules import Schedule, model
from tests.lims.sync.vans import county_and_van
from tests.servers import Servers
from tests.wrongclock import shifted

SEEDS, ON_SERVER, STEPS = 1000, 200, 70
SAMPLES = int(os.environ.get("KUAIJIAN_FORTNIGHT", "20006"))
DAYS, DAY = 14, timedelta(days=1)
IN_TIME = 600.0
"""Seconds in which a county must take a fortnight in."""
MINUTES = float(os.environ.get("KUAIJIAN_DESK_MINUTES", "5"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        count = ON_SERVER if "empty" in metafunc.fixturenames else SEEDS
        metafunc.parametrize("seed", seeds(metafunc.config, count), ids=lambda seed: f"seed{seed}")


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as made:
        yield made


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is room: what is tried here is order and chance, no disk."""
    with quick_place() as place:
        yield Path(place.get("TMPDIR", tmp_path)) / "schedule"


@pytest.fixture(scope="module")
def seen() -> Iterator[Counter[str]]:
    """What all schedules of this process saw, said at the end."""
    counted: Counter[str] = Counter()
    yield counted
    print(f"  {counted.pop('schedules')} schedules: {dict(counted)}", flush=True)


@pytest.fixture(scope="module")
def empty(servers: Servers) -> str:
    """A database on the server, in which the county of all schedules is founded."""
    return servers.fresh()


def play(schedule: Schedule, seen: Counter[str]) -> None:
    schedule.run(STEPS)
    told = schedule.settle()
    schedule.close()
    seen.update(told)
    seen["schedules"] += 1
    assert told["converged"] + told["set back"] == len(schedule.lives)


def test_schedules_lose_and_double_nothing(seed: int, memory: Path, seen: Counter[str]) -> None:
    play(Schedule(seed, memory, model()), seen)


def test_schedules_on_a_server(
    seed: int, memory: Path, seen: Counter[str], servers: Servers, empty: str
) -> None:
    made = model(empty)
    play(Schedule(seed, memory, made, servers.fresh(made.database)), seen)


def test_a_fortnight_comes_in_within_ten_minutes(tmp_path: Path) -> None:
    with shifted(-DAYS * DAY):
        van = county_and_van(tmp_path)
        lab = Lab(van.laboratory, dict(van.county.accounts))
        sampler = lab.as_("chen")
    for day in range(DAYS):
        with shifted((day - DAYS) * DAY):
            for _ in range(SAMPLES // DAYS):
                sampler.do(sample.draw, filled())
    stick = tmp_path / "stick"
    stick.mkdir()
    sticks.write(van.lims, van.laboratory.sealing, stick)
    county = van.county.laboratory
    began = time.monotonic()
    taken = sticks.take(county.lims, county.sealing, stick)
    lasted = time.monotonic() - began
    print(f"  {SAMPLES} samples, {len(taken.outcomes)} bundles: {lasted:.1f} s", flush=True)
    assert not taken.refused
    assert county.lims.ask(members.members)[0].held >= SAMPLES // DAYS * DAYS
    years = {today().year, (today() - DAYS * DAY).year}
    counted = sum(county.lims.ask(figures.quota, year).total.rapid for year in years)
    assert counted == SAMPLES // DAYS * DAYS
    assert lasted < IN_TIME
    van.laboratory.close()
    van.county.close()


def test_four_desks_write_for_five_minutes(tmp_path: Path, servers: Servers) -> None:
    address = servers.fresh()
    accounts = found_once(address)
    first = opened_lab(tmp_path / "LJ01", address, accounts)
    labs = [first]
    for at in range(2, 5):
        folder = tmp_path / f"LJ{at:02d}"
        desks.set_up(first.as_("admin"), Desk(f"LJ{at:02d}", f"{at}号台"), folder, address)
        labs.append(opened_lab(folder, "", accounts))
    until = time.monotonic() + 60 * MINUTES
    drawn: list[str] = []

    def work(lab: Lab) -> None:
        while time.monotonic() < until:
            drawn.append(lab.draw())

    threads = [threading.Thread(target=work, args=(lab,)) for lab in labs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"  {len(drawn)} acts of four desks in {MINUTES} minutes", flush=True)
    assert len(set(drawn)) == len(drawn) == first.station.ask(figures.quota, today().year).total.rapid
    assert first.station.ask(audit.verify).ok
    for lab in labs:
        lab.close()
