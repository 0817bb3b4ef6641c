"""The text of plate readers: figures exact or none, words of conclusion, times as they are written."""

import pytest

from tests.drivers.golden import lines, one

ID = "rayto_dy5000ld"


def said(text: str) -> str:
    return (text + "TRANSFERFINISH").encode("gb18030").hex()


def test_the_derived_record() -> None:
    line = one(ID, said("R,0001,亚硝酸盐,2.35,mg/kg,2011-05-06 10:20:30"))
    assert (line["item"], line["value"], line["unit"], line["measured_at"]) == (
        "亚硝酸盐", "2.35", "mg/kg", "2011-05-06T10:20:30"
    )  # fmt: skip
    assert (line["position"], line["call"], line["flags"]) == (None, None, ["unverifiable"])


@pytest.mark.parametrize(
    ("value", "word", "time", "expected"),
    [
        ("0.25", "阴性", "2019-08-07 10:31:44", ("0.25", "negative", ["unverifiable"])),
        ("<0.1", "阳性", "2019-08-07 10:31:44", ("0.1", "positive", ["unverifiable", "below_range"])),
        ("OVER", "+++", "2019-08-07 10:31:44", (None, None, ["unverifiable", "not_a_number"])),
        ("0.25", "", "07-08 10:31", ("0.25", None, ["unverifiable", "bad_clock"])),
    ],
)
def test_wells(value: str, word: str, time: str, expected: tuple[str | None, str | None, list[str]]) -> None:
    line = one(ID, said(f"B,1,氯霉素,A1A2,0.812,{value},{word},ug/kg,{time}"))
    assert (line["value"], line["call"], line["flags"]) == expected
    assert (line["position"], line["extra"]["absorbance"], line["extra"]["value_text"]) == (
        "A1A2",
        "0.812",
        value,
    )


def test_a_record_that_stops_is_an_error() -> None:
    assert [line["error"] for line in lines(ID, b"B,1,x".hex())] == ["timeout"]
