"""Many late answers to one link: every run that is handed over must hold that run's own registers."""

import random
import time
from dataclasses import dataclass
from typing import Any

from drivers.links.modbus_port import Line
from drivers.links.registers import RegistersLink, Stats
from drivers.register_map import RegisterMap, parse
from drivers.simulators.modbus_reader import Fault, RegisterSlave
from protocols.snapshot import decode

CHANNELS = 8


def small_map(**device: Any) -> RegisterMap:
    return parse(small_table(**device))


def small_table(**device: Any) -> dict[str, Any]:
    return {
        "device": {
            "name": "late",
            "source": "test",
            "unit_id": 1,
            "function": 3,
            "timeout": 0.02,
            "latency": 0.03,
            "poll": 0.001,
            **device,
        },
        "blocks": [{"address": 0, "count": 2 + CHANNELS}],
        "status": {"address": 0, "ready": [2], "error": [3]},
        "run_number": {"address": 1},
        "results": [
            {
                "positions": [str(one + 1) for one in range(CHANNELS)],
                "stride": 1,
                "value": {"address": 2, "scale": "0.1"},
            }
        ],
    }


def image_of_run(run: int) -> dict[int, int]:
    """Registers in which every value names its run, so that a foreign one is seen."""
    return {0: 2, 1: run, **{2 + one: (run * CHANNELS + one) & 0xFFFF for one in range(CHANNELS)}}


@dataclass
class LateAnswers:
    """Makes answers late until `wanted` of them were, some of them later than the map believes possible."""

    wanted: int
    seed: int
    made: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def __call__(self, _pdu: bytes) -> Fault | None:
        if self.made >= self.wanted or self._random.random() < 0.85:
            return None
        self.made += 1
        return Fault(late=self._random.uniform(0.021, 0.07))


@dataclass(frozen=True)
class Tally:
    late: int
    runs: int
    wrong: int
    stats: Stats


def play(slave: RegisterSlave, line: Line, register_map: RegisterMap, late: LateAnswers) -> Tally:
    """Read runs through the link until all late answers were made; count runs with a foreign register."""
    link = RegistersLink(line, register_map)
    run, runs, wrong = 1, 0, 0
    slave.image = image_of_run(run)
    slave.plan = late
    end = time.monotonic() + late.wanted + 10
    try:
        while (late.made < late.wanted or runs == 0) and time.monotonic() < end:
            data = link.read(0.01)
            link._misses = 0  # here silence is the test, not a dead device
            if not data:
                continue
            runs += 1
            image = image_of_run(run)
            for block in decode(data).blocks:
                expected = tuple(image[block.start + one] for one in range(len(block.words)))
                wrong += block.words != expected
            run += 1
            slave.image = image_of_run(run)
    finally:
        link.close()
    return Tally(late.made, runs, wrong, link.stats)
