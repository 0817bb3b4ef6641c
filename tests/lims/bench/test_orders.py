"""An analyser that asks is told what waits in its open run, and nothing that is done or not in it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.links.far import ListeningEnd
from drivers.player import Player
from drivers.reading import Reading
from drivers.simulators.astm_lis2 import Sender
from lims.bench import orders
from lims.bench.lines import Bench
from lims.door import Notice
from lims.services.equip import Device
from lims.sync.freshness import BACK
from protocols.astm_records import parse
from protocols.astm_session import Message
from tests.laboratory import Lab, found_lab, opened_lab
from tests.servers import Servers

ITEMS = {"INH": {"item": "pesticide inhibition", "unit": "%"}, "CAP": {"item": "氯霉素"}}


@pytest.mark.parametrize(
    ("waiting", "told"),
    [
        (
            {"S-1": ("pesticide inhibition",), "S-2": ("氯霉素", "chloramphenicol")},
            {"S-1": ["INH"], "S-2": ["CAP"]},
        ),
        ({"S-3": ("copper",)}, {}),
        ({}, {}),
    ],
)
def test_our_items_are_written_in_the_analysers_codes(waiting: dict[str, Any], told: dict[str, Any]) -> None:
    assert json.loads(orders.worklist(waiting, {"items": ITEMS})) == told
    assert json.loads(orders.worklist(waiting, {})) == {}


def until(done: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20.0
    while not done() and time.monotonic() < limit:
        time.sleep(0.02)
    assert done()


def asked(player: Player, heard: list[Any], sample: str) -> str:
    """What the host orders for a sample: the codes, or the word of the last record."""
    heard.clear()
    player.do(lambda device: device.query(sample, time.monotonic()))  # type: ignore[attr-defined] # the Sender's own
    until(lambda: any(isinstance(one, Message) for one in heard))
    records = parse(next(one.text for one in heard if isinstance(one, Message))).records
    codes = [one.get(5, 4) for one in records if one.kind == "O"]
    return " ".join(codes) or records[-1].get(3)


def test_orders_that_nobody_told_are_told_when_the_server_is_back(
    tmp_path: Path, servers: Servers, founded: tuple[str, dict[str, str]]
) -> None:
    address, heard = servers.fresh(founded[0]), list[Any]()
    lab = opened_lab(tmp_path / "lab", address, founded[1])
    (sample,) = lab.received(1)
    with Player(Sender([], 64_000), ListeningEnd(), on_event=heard.append) as player:
        instrument = found(lab, player.address)
        bench = Bench(lab.laboratory, pauses=(0.1,))
        bench.start()
        until(lambda: any(line.state == "open" for line in bench.lines()))
        other = opened_lab(tmp_path / "other", address, founded[1])
        other.run(instrument, [sample])
        assert asked(player, heard, sample) == "I"
        lab.station.listeners.tell(Notice(BACK, (), -1, "/"))
        time.sleep(0.5)  # the worklist is told when the line is free
        assert asked(player, heard, sample) == "INH"
        bench.stop()
        other.close()
    lab.close()


def found(lab: Lab, port: str) -> str:
    device = Device("A1", "A1", "astm_lis2", "SN1", f"tcp:{port}", "DOCUMENT", {"items": ITEMS})
    return lab.device(device)


def test_a_query_is_answered_from_the_open_run(tmp_path: Path) -> None:
    lab, heard = found_lab(tmp_path / "lab"), list[Any]()
    first, second = lab.received(2)
    with Player(Sender([], 64_000), ListeningEnd(), on_event=heard.append) as player:
        instrument = found(lab, player.address)
        bench = Bench(lab.laboratory, pauses=(0.1,))
        bench.start()
        until(lambda: any(line.state == "open" for line in bench.lines()))
        assert asked(player, heard, first) == "I"
        lab.run(instrument, [first])
        time.sleep(0.5)  # the worklist is told when the line is free
        assert asked(player, heard, first) == "INH"
        assert asked(player, heard, second) == "I"
        lab.reads(instrument, Reading(position="2", item="pesticide inhibition", unit="%", record="1"))
        time.sleep(0.5)
        assert asked(player, heard, first) == "I"
        bench.stop()
    lab.close()
