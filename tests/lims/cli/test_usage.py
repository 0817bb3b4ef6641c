"""A wrong command line is told in the language of the moment, with the option and what was written."""

import pytest

from lims.cli.main import run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("quota --year x", "--year 写的是“x”，应为数字"),
        ("quota --year 1", "--year 写的是“1”，超出允许范围"),
        ("limit 韭菜 腐霉利 2019-02-30", "DATE 写的是“2019-02-30”，不是日期"),
        ("quota", "缺少 --year"),
        ("quota --nope", "没有选项 --nope"),
        ("plan nope", "没有命令“nope”"),
        ("stats --year", "缺少 --year"),
        ("quota --year 2026 more", "多写了“more”"),
        ("stats --year 2026 --month 13", "--month 写的是“13”，超出允许范围"),
    ],
)
def test_what_is_wrong_is_named(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments.split()) == 2
    assert said in capsys.readouterr().err


def test_the_other_language_says_it_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUAIJIAN_LANGUAGE", "en")
    assert run(["draw", "make", "--count", "x"]) == 2
    assert capsys.readouterr().err.startswith("--count is “x”, which is no number.")


def test_an_unknown_state_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["samples", "--state", "nope"]) == 1
    assert "nope。可用的有：drawn received" in capsys.readouterr().err
