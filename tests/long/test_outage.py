"""An hour without the server: analysers go on sending, the journals keep it, all of it arrives once.

The amount is that of an hour (eight analysers, a result a minute each); the clock need not run an hour for it.
"""

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from drivers.links.far import ListeningEnd
from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.astm_lis2 import Sender, simulator
from lims.bench.lines import Bench
from lims.errors import StorageUnfit
from lims.queries import audit, bench
from lims.services.equip import Device
from lims.sync.freshness import AWAY, BACK, Freshness
from tests.laboratory import found_once, opened_lab
from tests.lims.sync.test_away import ITEMS, until
from tests.servers import Servers

ANALYSERS, RESULTS = tuple(f"A{at}" for at in range(1, 9)), 60
BATCH = 20
"""Results that an analyser sends between two looks at the server that is away."""


def told(name: str, first: int, last: int) -> list[Record]:
    """Return the results of one analyser, each with a record of its own."""
    return [
        Record(
            "1", number=str(at), sample=f"{name}-{at}", item="pesticide inhibition", value=f"{at / 10:.1f}"
        )
        for at in range(first, last)
    ]


def kept(root: Path, name: str) -> int:
    """Return how many results lie in an analyser's journal."""
    files = sorted((root / "journal" / name).glob("*.journal"))
    return sum(one.read_bytes().count(b"|" + name.encode() + b"-") for one in files)


def all_kept(root: Path, least: int) -> bool:
    """Tell whether every analyser's journal holds so many results."""
    return all(kept(root, name) >= least for name in ANALYSERS)


def test_an_hour_without_the_server_loses_and_doubles_nothing(tmp_path: Path) -> None:
    verbs: list[str] = []
    with Servers() as servers, ExitStack() as closing:
        address = servers.fresh()
        lab = opened_lab(tmp_path / "lab", address, found_once(address))
        closing.callback(lab.close)
        fresh = Freshness(lab.station)
        fresh.start()
        closing.callback(fresh.stop)
        lab.station.listen(lambda notice: verbs.append(notice.verb))
        players = {
            name: closing.enter_context(Player(Sender([], 64_000), ListeningEnd())) for name in ANALYSERS
        }
        for name, player in players.items():
            port = f"tcp:{player.address}"
            lab.device(Device(name, name, "astm_lis2", f"SN{name}", port, "DOCUMENT", {"items": ITEMS}))
        lines = Bench(lab.laboratory, pauses=(0.1,))
        lines.start()
        closing.callback(lines.stop)
        until(lambda: all(one.state == "open" for one in lines.lines()))
        servers.halt()
        until(lambda: AWAY in verbs)
        for first in range(0, RESULTS, BATCH):
            for name, player in players.items():
                player.swap(simulator({"items": ITEMS}, told(name, first, first + BATCH)))
            until(partial(all_kept, tmp_path / "lab", first + BATCH))
        assert all(one.waiting and one.state == "open" for one in lines.lines())
        with pytest.raises(StorageUnfit, match=r"storage\.away"):
            lab.draw()
        servers.resume()
        until(lambda: BACK in verbs)
        until(lambda: len(lab.station.ask(bench.readings, count=5000)) >= RESULTS * len(ANALYSERS), 600)
        until(lambda: not any(one.waiting for one in lines.lines()), 600)
        found = lab.station.ask(bench.readings, count=5000)
        print(f"  {len(found)} readings kept while the server was away, all taken in once", flush=True)
        assert len(found) == RESULTS * len(ANALYSERS)
        assert len({(one.instrument, one.sample_text) for one in found}) == len(found)
        assert lab.station.ask(audit.verify).ok
        marks = [json.loads((tmp_path / "lab/journal" / name / "cursor").read_bytes()) for name in ANALYSERS]
        assert all(mark["entry"] > 0 for mark in marks)
