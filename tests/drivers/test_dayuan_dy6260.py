"""DY-6260: the maker's sample answer, words and figures as results, other names kept."""

import json

import pytest

from drivers.profile import Record
from drivers.simulators.dayuan_dy6260 import row
from tests.drivers.golden import one

ID = "dayuan_dy6260"
S1 = {
    "检测结果": "阴性",
    "检测项目": "黄曲霉毒素B1",
    "样品编号": "1",
    "样品名称": "大米",
    "检测时间": "2011-01-02 17:31:44",
}


def said(**other: str) -> str:
    return json.dumps({"detail": [{**S1, **other}]}, ensure_ascii=False).encode().hex()


def test_the_sample_answer() -> None:
    line = one(ID, said())
    assert (line["sample"], line["item"], line["call"], line["value"]) == (
        "1",
        "黄曲霉毒素B1",
        "negative",
        None,
    )
    assert (line["measured_at"], line["flags"], line["extra"]["sample_name"]) == (
        "2011-01-02T17:31:44", [], "大米"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit", "call", "flags"),
    [
        ("350 ug/kg 合格", "350", "ug/kg", "negative", []),
        ("350 ug/kg", "350", "ug/kg", None, []),
        ("0.35", "0.35", None, None, []),
        ("350 阳性", "350", None, "positive", []),
        ("++", None, None, None, ["not_a_number"]),
        ("", None, None, None, []),
    ],
)
def test_results(text: str, value: str | None, unit: str | None, call: str | None, flags: list[str]) -> None:
    line = one(ID, said(检测结果=text))
    assert (line["value"], line["unit"], line["call"]) == (value, unit, call)
    assert line["flags"] == flags


def test_a_strange_time_and_a_name_nobody_knows_are_kept() -> None:
    line = one(ID, said(检测时间="昨天", 通道="3"))
    assert (line["measured_at"], line["extra"]["time_text"], line["extra"]["通道"]) == (None, "昨天", "3")
    assert row(Record("", sample="1", call="positive", fields={"通道": "3"}))["通道"] == "3"
