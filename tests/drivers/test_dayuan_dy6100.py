"""DY-6100, serial: light units with their limits and no conclusion, and a store that empties itself only when told."""

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_dy6100 import record_bytes, simulator
from protocols.dy6100 import DELETE, READ
from tests.drivers.golden import one

ID = "dayuan_dy6100"
N1 = "00 01 00 19 00 0A 00 1E 00 01 02 2C 1F 0A 03 07 08 13 00"


def test_the_derived_record() -> None:
    line = one(ID, N1)
    assert (line["value"], line["unit"], line["call"], line["measured_at"]) == (
        "25",
        "RLU",
        None,
        "2019-08-07T10:31:44",
    )
    assert (line["extra"]["lower_limit"], line["extra"]["upper_limit"]) == ("10", "30")
    assert "device_serial" not in line["extra"]


def test_the_serial_number_goes_with_the_records() -> None:
    assert one(ID, "67 67 12" + N1)["extra"]["device_serial"] == "4711"


def test_a_day_that_no_month_has_is_kept_as_bytes() -> None:
    line = one(ID, N1.replace("07 08 13", "1F 02 13"))
    assert (line["measured_at"], line["flags"]) == (None, ["unverifiable", "bad_clock"])
    again = record_bytes(Record("", "1", value="25", fields=line["extra"]))
    assert again.hex(" ").upper() == N1.replace("07 08 13", "1F 02 13")


def test_the_store_is_empty_only_after_it_was_told_to_delete() -> None:
    assert profile(ID).destructive == ("delete",)
    device = simulator({}, [Record("", "1", value="5", measured_at="2019-08-07T10:31:44")])
    device.receive(READ, 0.0)
    assert len(device.to_send()) == 19
    device.receive(DELETE + READ, 0.0)
    assert device.to_send() == b""
