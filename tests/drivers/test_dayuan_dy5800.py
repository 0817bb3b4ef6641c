"""DY-5800: figures exact or none, rates out of range, clocks that cannot be."""

import pytest

from drivers.profile import Record
from drivers.simulators.dayuan_dy5800 import frame
from tests.drivers.golden import one

ID = "dayuan_dy5800"


@pytest.mark.parametrize(
    ("value", "unit", "digits", "expected"),
    [
        ("37.4", "%", "1908071031", ("37.4", None, [])),
        ("101.0", "%", "1908071031", ("101.0", None, ["above_range"])),
        ("101.0", "mg/kg", "1908071031", ("101.0", None, [])),
        ("-1.0", "%", "1908071031", ("-1.0", None, ["below_range"])),
        ("NaN", "%", "1908071031", (None, "invalid", ["not_a_number"])),
        ("-----", "%", "1913071031", (None, None, ["not_a_number", "bad_clock"])),
    ],
)
def test_a_result(
    value: str, unit: str, digits: str, expected: tuple[str | None, str | None, list[str]]
) -> None:
    fields = {"value_text": value, "unit": unit, "clock_digits": digits, "byte_41": "07"}
    line = one(ID, frame(Record("3", sample="12", item="农药总残留", fields=fields)).hex())
    wanted, call, flags = expected
    assert (line["value"], line["call"], line["flags"]) == (wanted, call, ["unverifiable", *flags])
    assert (line["position"], line["sample"], line["unit"], line["extra"]["byte_41"]) == (
        "3",
        "12",
        unit,
        "07",
    )
