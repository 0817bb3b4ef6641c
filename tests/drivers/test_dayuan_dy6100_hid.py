"""DY-6100(S): figures that hosts read wrongly, both limits as numbers, and doubt where no sum is checked."""

from drivers.profile import Record
from drivers.simulators.dayuan_dy6100_hid import record_bytes
from protocols.dy6100_hid import STORE, reply
from tests.drivers.golden import lines, one

ID = "dayuan_dy6100_hid"
FIRST = "01 00 01 05 00 13 08 07 0A 1F 00 00 00 00 00 1E 0A 2C"
SECOND = "02 01 00 05 00 13 08 07 0A 20 00 00 00 00 01 2C 0A 01"


def page(*records: str) -> str:
    return reply(STORE, 0, bytes.fromhex("".join(records))).hex()


def test_the_derived_page() -> None:
    first, second = lines(ID, page(FIRST, SECOND))
    assert (first["value"], first["unit"], first["measured_at"], first["call"]) == (
        "261",
        "RLU",
        "2019-08-07T10:31:44",
        None,
    )
    assert (second["value"], second["extra"]["upper_limit"], second["extra"]["lower_limit"]) == (
        "65541",
        "300",
        "10",
    )
    assert first["flags"] == ["unverifiable"]


def test_a_date_that_cannot_be_is_kept_as_bytes() -> None:
    odd = FIRST.replace("13 08 07", "13 0D 07")
    line = one(ID, page(odd))
    assert (line["measured_at"], line["flags"]) == (None, ["unverifiable", "bad_clock"])
    assert record_bytes(Record("", value="261", fields=line["extra"])).hex(" ").upper() == odd


def test_counts_are_no_readings_and_a_page_without_a_sum_is_refused_where_sums_are_demanded() -> None:
    assert lines(ID, reply(STORE, 1, b"\0\2").hex()) == []
    assert all("error" in line for line in lines(ID, page(FIRST), {"report_sum": True}))
