"""The server dies and comes back: nothing acknowledged is lost, readings wait on this computer, all is told again."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from drivers.links.far import ListeningEnd
from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.astm_lis2 import Sender, simulator
from lims.app import open_laboratory
from lims.bench.lines import Bench
from lims.errors import StorageUnfit
from lims.queries import audit, bench, samples
from lims.services import plan
from lims.services.equip import Device
from lims.sync.freshness import AWAY, BACK, Freshness
from tests.laboratory import Lab, opened_lab
from tests.servers import Servers

ITEMS = {"INH": {"item": "pesticide inhibition", "unit": "%"}}


def until(done: Callable[[], object], seconds: float = 60.0) -> None:
    limit, pause = time.monotonic() + seconds, Event()
    while not done() and time.monotonic() < limit:
        pause.wait(0.05)
    assert done()


@pytest.fixture
def address(servers: Servers, founded: tuple[str, dict[str, str]]) -> str:
    return servers.fresh(founded[0])


@pytest.fixture
def lab(address: str, founded: tuple[str, dict[str, str]], tmp_path: Path) -> Iterator[Lab]:
    made = opened_lab(tmp_path / "lab", address, founded[1])
    yield made
    made.close()


def test_a_server_that_dies_loses_nothing_and_is_heard_again(
    lab: Lab, servers: Servers, address: str, tmp_path: Path
) -> None:
    verbs: list[str] = []
    fresh = Freshness(lab.station)
    fresh.start()
    lab.station.listen(lambda notice: verbs.append(notice.verb))
    with Player(Sender([], 64_000), ListeningEnd()) as player:
        lab.device(
            Device("A1", "A1", "astm_lis2", "SN1", f"tcp:{player.address}", "DOCUMENT", {"items": ITEMS})
        )
        lines = Bench(lab.laboratory, pauses=(0.1,))
        lines.start()
        until(lambda: lines.lines()[0].state == "open")
        number = lab.draw()
        servers.halt()
        until(lambda: AWAY in verbs)
        with pytest.raises(StorageUnfit, match=r"storage\.away"):
            lab.draw()
        record = Record("1", number="1", sample=number, item="pesticide inhibition", value="12.5")
        player.swap(simulator({"items": ITEMS}, [record]))
        until(lambda: lines.lines()[0].waiting)
        servers.resume()
        until(lambda: BACK in verbs)
        until(lambda: len(lab.station.ask(bench.readings, count=5)) == 1)
        until(lambda: not lines.lines()[0].waiting)
        lines.stop()
    assert lab.station.ask(samples.by_number, number) is not None
    assert lab.station.ask(audit.verify).ok
    other = open_laboratory(tmp_path / "other", address)
    other.lims.do(plan.population, township="350122100", year=2026, people=9, source="测试")
    until(lambda: "plan.population" in verbs)
    other.close()
    fresh.stop()
