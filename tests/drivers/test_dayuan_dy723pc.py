"""The text of a spectrophotometer: a day is asked for, its records are read, the pocket program's form too."""

import pytest

from drivers.registry import profile
from protocols.codec import ProtocolError
from tests.drivers.golden import lines, one

ID = "dayuan_dy723pc"
RECORD = "R,12,3,亚硝酸盐,0.412,{value},mg/kg,{word},2019-08-07 10:31:44,"


def said(value: str = "2.35", word: str = "合格", end: str = "FINISH") -> str:
    return (RECORD.format(value=value, word=word) + end).encode("gb18030").hex()


@pytest.mark.parametrize(
    ("pocket", "sent"), [(0, b"D2019-08-07D2019-08-07"), (1, b"%D2019-08-07D2019-08-07~")]
)
def test_a_day_is_asked_for(pocket: int, sent: bytes) -> None:
    codec = profile(ID).codec({"pocket": pocket})
    codec.ask("day:2019-08-07")
    assert codec.to_send() == sent
    with pytest.raises(ProtocolError):
        profile(ID).codec({}).ask("read")


@pytest.mark.parametrize(
    ("value", "word", "expected"),
    [
        ("2.35", "合格", ("2.35", "negative", ["unverifiable"])),
        ("<0.1", "阳性", ("0.1", "positive", ["unverifiable", "below_range"])),
        ("---", "", (None, None, ["unverifiable", "not_a_number"])),
    ],
)
def test_a_record(value: str, word: str, expected: tuple[str | None, str | None, list[str]]) -> None:
    line = one(ID, said(value, word))
    assert (line["value"], line["call"], line["flags"]) == expected
    assert (line["position"], line["item"], line["extra"]["absorbance"]) == ("3", "亚硝酸盐", "0.412")


def test_a_record_that_stops_is_an_error() -> None:
    assert [line["error"] for line in lines(ID, said(end="")[:40])] == ["timeout"]
