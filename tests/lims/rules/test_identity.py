"""A device is told by the number it says, else by the adapter of its line, never by its port."""

import pytest

from lims.rules.identity import Known, against, line_facts

FTDI = {"vid": "0403", "pid": "6001", "serial": "A9XYZ", "location": "1-2", "port": "COM3"}
PLAIN = {"vid": "067B", "pid": "2303", "location": "1-2", "port": "COM3"}


@pytest.mark.parametrize(
    ("identity", "facts"),
    [
        (FTDI, {"vid": "0403", "pid": "6001", "serial": "A9XYZ"}),
        (PLAIN, {"vid": "067B", "pid": "2303", "location": "1-2"}),
        ({"port": "COM1"}, {}),
        ({"port": "192.168.1.9:5000", "location": "192.168.1.9"}, {}),
    ],
)
def test_what_tells_a_line_is_not_its_port(identity: dict[str, str], facts: dict[str, str]) -> None:
    assert line_facts(identity) == facts


@pytest.mark.parametrize(
    ("bound", "said", "lines", "why"),
    [
        ("4711", "4711", ({}, {}), ""),
        ("004711", "4711 ", ({}, {}), ""),
        ("4711", "4712", ({}, {}), "other_device"),
        ("/", "4712", ({}, {}), "other_device"),
        ("4711", "", ({}, {}), ""),
        ("4711", "", ({"vid": "0403"}, {}), ""),
        ("4711", "", ({"vid": "0403"}, {"vid": "067B"}), "other_line"),
        ("4711", "4711", ({"vid": "0403"}, {"vid": "067B"}), ""),
    ],
)
def test_another_device_or_another_line(
    bound: str, said: str, lines: tuple[dict[str, str], dict[str, str]], why: str
) -> None:
    assert against(Known(bound, lines[0]), Known(said, lines[1])) == why


def test_a_port_with_another_number_is_the_same_line() -> None:
    assert line_facts({**FTDI, "port": "COM7"}) == line_facts(FTDI)
