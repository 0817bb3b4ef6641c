"""Vans and desks at length: a thousand schedules of chance, on a file and on a server, and a fortnight brought in.

A run that was stopped goes on with `KUAIJIAN_SCHEDULE=300 python3 run.py long -- -k schedules`: from seed 300 on.
"""

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lims.queries import audit, figures
from lims.services import sample
from lims.sync import desks, members, sticks
from lims.sync.desks import Desk
from tests.laboratory import Lab, filled, found_once, opened_lab, today
from tests.lims.sync.schedules import Schedule, model
from tests.lims.sync.vans import county_and_van
from tests.servers import Servers

SEEDS, ON_SERVER, STEPS = 1000, 200, 70
FIRST = int(os.environ.get("KUAIJIAN_SCHEDULE", "0"))
SAMPLES = int(os.environ.get("KUAIJIAN_FORTNIGHT", "20000"))
IN_TIME = 600.0
"""Seconds in which a county must take a fortnight in."""
MINUTES = float(os.environ.get("KUAIJIAN_DESK_MINUTES", "5"))


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as made:
        yield made


def played(seed: int, folder: Path, servers: Servers | None, empty: str) -> Counter[str]:
    made = model(empty)
    schedule = Schedule(seed, folder, made, servers.fresh(made.database) if servers else "")
    schedule.run(STEPS)
    seen = Counter(schedule.settle())
    schedule.close()
    shutil.rmtree(folder)
    return seen


def play(seeds: range, folder: Path, servers: Servers | None = None) -> Counter[str]:
    """Play many seeds; one that fails is named by what pytest shows of `seed`."""
    seen: Counter[str] = Counter()
    empty = servers.fresh() if servers else ""
    for seed in seeds:
        seen += played(seed, folder / str(seed), servers, empty)
        if seed % 20 == 0:
            print(f"  seed {seed}: {dict(seen)}", flush=True)
    return seen


def test_schedules_lose_and_double_nothing(tmp_path: Path) -> None:
    seen = play(range(FIRST, SEEDS), tmp_path)
    assert seen["converged"] + seen["set back"] == 5 * (SEEDS - FIRST)
    assert seen["forks"]


def test_schedules_on_a_server(tmp_path: Path, servers: Servers) -> None:
    seen = play(range(5000, 5000 + ON_SERVER), tmp_path, servers)
    assert seen["converged"] + seen["set back"] == 5 * ON_SERVER


def test_a_fortnight_comes_in_within_ten_minutes(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    lab = Lab(van.laboratory, dict(van.county.accounts))
    sampler = lab.as_("chen")
    for _ in range(SAMPLES):
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
    assert county.lims.ask(members.members)[0].held >= SAMPLES
    assert county.lims.ask(figures.quota, today().year).total.rapid == SAMPLES
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
