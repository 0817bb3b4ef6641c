import json
from decimal import Decimal

import pytest

from drivers.instruments.dayuan_heavy_metal import concentration
from drivers.simulators.dayuan_heavy_metal import Module, simulator, status
from protocols.stripping import Present, Run, Status, module
from tests.drivers import golden

ORDER = {"item": 1, "method": "sample", "dilution": 1, "concentration": 50, "liquid": 10, "requirement": "0.1",
         "a0": 0, "a1": 1, "a2": 0}  # fmt: skip


@pytest.mark.parametrize(
    ("curve", "x"),
    [
        (("0.4", "2", "0"), "1.05"),
        (("0.4", "2", "0.1"), "1"),
        (("0.4", "0", "0"), None),
        (("9", "1", "0.1"), None),
    ],
)
def test_a_concentration_is_the_root_of_the_curve_or_nothing(
    curve: tuple[str, str, str], x: str | None
) -> None:
    found = concentration(Decimal("2.5"), *(Decimal(one) for one in curve))
    assert (None if found is None else round(found, 4)) == (None if x is None else Decimal(x))


def test_what_the_module_said_and_what_the_curve_gives_stand_side_by_side() -> None:
    wire = status("testing", 1.0, -850, Decimal("2.5"), Decimal(0))
    wire += status("done", 2.0, 0, Decimal(0), Decimal("15.23"))
    line = golden.one(
        "dayuan_heavy_metal", wire.hex(), {"curve": [0, "0.25", 0], "dilution": 2, "item": "Pb"}
    )
    assert (line["value"], line["unit"], line["item"], line["call"]) == ("15.2300", "ug/L", "Pb", None)
    assert (line["extra"]["peak_ua"], line["extra"]["computed_ug_l"]) == ("2.5000", "20.0000")
    plain = golden.one("dayuan_heavy_metal", wire.hex(), {"curve": [0, 0, 0]})
    assert "computed_ug_l" not in plain["extra"]


def play(device: Module, *commands: str) -> list[object]:
    host, now, events = module(), 0.0, list[object]()
    for command in commands:
        host.ask(command)
        device.receive(b"\x00" + host.to_send(), now)
        while not host.idle:
            due = [one for one in (host.deadline, device.deadline) if one is not None]
            now = max(now, min(due))
            device.expire(now)
            events += host.receive(device.to_send(), now)
            events += host.expire(now)
    return events


def test_a_simulated_run_from_the_hand_shake_to_its_peak() -> None:
    events = play(simulator({}, ()), "test", "hello", "start:" + json.dumps(ORDER))
    assert sum(isinstance(event, Present) for event in events) == 2
    assert sum(isinstance(event, Status) for event in events) == 25
    (ended,) = [event for event in events if isinstance(event, Run)]
    assert max(one.microamperes for one in ended.course) == Decimal("2.5")


def test_a_simulated_run_can_be_stopped() -> None:
    device = simulator({}, ())
    assert play(device, "stop") == []
    device.expire(100.0)
    assert device.to_send() == b""
