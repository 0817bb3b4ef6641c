"""What an entry of the log holds is said as a person would say it, and what nothing is known of stays as it stands."""

import pytest

from gui.screens import _values
from lims import text

ACCOUNT, OTHER = "01a21eff27607ed098ff4a57435b3eb7", "01a21eff270f7e549c086c95fb465947"
NAMES = {ACCOUNT: "王复核", "TL310-1": "达元 TL-310"}


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("review", "reviewer", ACCOUNT, "王复核"),
        ("review", "verdict", OTHER, "…465947"),
        ("review", "at", "2026-11-27T21:54:04.658Z", "2026-11-28 05:54:04"),
        ("reading", "device_time", "2026-11-28T05:52:58", "2026-11-28 05:52:58"),
        ("verdict", "state", "to_review", "待复核"),
        ("sample", "state", "tested", "待复核"),
        ("verdict", "doubts", "negative_value unverified_rule", "数值为负、判定依据未核实"),
        ("reading", "item", "pesticide inhibition", "有机磷和氨基甲酸酯类农药"),
        ("business", "township", "350122100", "凤城镇"),
        ("account", "password", "$argon2id$v=19", "•••"),
        ("review", "passed", "True", "是"),
        ("lot_test", "readings", '{"passed":true,"by":"' + ACCOUNT + '"}', "合格 是；操作人 王复核"),
        ("fault", "data", "7E 16 15", "7E 16 15"),
        ("instrument", "settings", "{", "{"),
        ("review", "reason", "", ""),
    ],
)
def test_a_value_is_said_in_words(table: str, column: str, value: str, words: str) -> None:
    text.use("zh_CN")
    try:
        assert _values.said(table, column, value, NAMES) == words
    finally:
        text.use("en")


def test_the_key_of_a_row_is_said_part_by_part() -> None:
    assert _values.key(f"{ACCOUNT}/signatory", NAMES) == "王复核 signatory"
    assert _values.key(OTHER, NAMES) == "…465947"
