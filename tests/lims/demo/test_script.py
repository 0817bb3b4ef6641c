"""What the demonstration's devices have to say can be said on their wires, whatever the dice."""

import random
from decimal import Decimal

import pytest

from drivers import register_map
from drivers.simulators.dayuan_tl310 import result_body
from drivers.simulators.modbus_reader import image_of
from lims.demo import script

MOMENT = "2026-11-24T09:30:00"
SEEDS = range(100)


def test_a_wire_without_a_sign_is_given_none() -> None:
    assert script.figure(-1.2, script.least("dayuan_tl310")) == "0.0"
    assert script.figure(-1.2, script.least("taiyang_ttnj")) == "-1.2"
    assert script.figure(-0.04, script.LOWEST_RATE) == "0.0"


@pytest.mark.parametrize("least", [0.0, script.LOWEST_RATE])
def test_a_rate_is_never_minus_zero_nor_below_what_its_wire_can_say(least: float) -> None:
    figures = [one for seed in SEEDS for one in script.rates(random.Random(seed), 11, (2,), least)]
    assert "-0.0" not in figures
    assert min(map(Decimal, figures)) >= Decimal(str(least))
    assert any(Decimal(one) < 0 for one in figures) == (least < 0)


def test_every_seed_gives_records_that_the_wires_can_carry() -> None:
    readers_map = register_map.load({"map": "inhibition12"})
    for seed in SEEDS:
        dice = random.Random(seed)
        held = script.tl310(["1.5", *script.rates(dice, 8, (2,), 0.0)], MOMENT)
        bodies = [result_body(one, len(held), index) for index, one in enumerate(held, 1)]
        assert [int.from_bytes(one[17:19], "little") for one in bodies] == [
            int(Decimal(one.value) * 10) for one in held
        ]
        image = image_of(readers_map, script.modbus(script.rates(dice, 12, (2,)), MOMENT, 7))
        assert len(image) == 82
