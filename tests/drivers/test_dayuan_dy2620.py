"""DY-2620: the derived record, units that are not known, clocks and rates that cannot be."""

import pytest

from protocols.dy2620 import DATA, LAST
from tests.drivers.golden import lines, one

ID = "dayuan_dy2620"


def test_the_derived_record() -> None:
    line = one(ID, "01 65 0A 13 08 07 0A 1F 00 06 D9 01 09 C3 08")
    assert (line["item"], line["value"], line["unit"], line["measured_at"]) == (
        "polar compounds", "26.5", "%", "2019-08-07T10:31:00"
    )  # fmt: skip
    assert (line["extra"]["temperature"], line["extra"]["temperature_unit"], line["flags"]) == (
        "175.3",
        "℃",
        [],
    )


@pytest.mark.parametrize(
    ("record", "flags", "unit"),
    [
        ("13 0D 07 0A 1F 00 06 D9 01 09", ["bad_clock"], "℃"),
        ("13 08 07 0A 1F 01 06 D9 FF FF", ["above_range"], "unknown"),
    ],
)
def test_what_cannot_be_is_flagged_and_kept(record: str, flags: list[str], unit: str) -> None:
    line = one(ID, DATA.build(b"", bytes.fromhex(record)).hex())
    assert (line["flags"], line["extra"]["temperature_unit"]) == (flags, unit)
    assert line["extra"].get("clock_bytes", record[:14]) == record[:14]


def test_the_end_of_the_records_is_no_reading() -> None:
    assert lines(ID, LAST.build(b"").hex()) == []
