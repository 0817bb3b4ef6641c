"""A device without runs: its registers are taken in after a time, not by a run number."""

import time
from itertools import count

from drivers.links.far import ListeningEnd
from drivers.links.modbus_port import TcpLine
from drivers.links.registers import RegistersLink
from drivers.player import Player
from drivers.profile import Record
from drivers.register_map import load
from drivers.register_readings import readings
from drivers.registry import profile
from protocols import snapshot

SETTINGS = {"map": "climate2", "framing": "tcp"}


def test_it_is_taken_in_again_only_after_its_time() -> None:
    one = profile("modbus_logger")
    assert one.simulator is not None
    clock = count(0.0, 100.0)
    end = ListeningEnd()
    with Player(one.simulator(SETTINGS, [Record("1", value="4.2")]), end) as player:
        host, _, port = player.address.partition(":")
        link = RegistersLink(TcpLine(host, int(port)), load(SETTINGS), clock=lambda: float(next(clock)))
        limit = time.monotonic() + 10.0
        taken: list[bytes] = []
        while len(taken) < 3 and time.monotonic() < limit:
            taken += [data] if (data := link.read(0.0)) else []
        link.close()
    assert len(taken) == 3
    assert link.stats.stale == 0
    (found,) = (
        one
        for one in readings(snapshot.decode(taken[2]), SETTINGS)
        if one.item == "temperature" and one.value
    )
    assert (found.position, str(found.value), found.record) == ("1", "4.2", None)
