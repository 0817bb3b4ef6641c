"""The commands about limits, as a person types them."""

import json
from pathlib import Path

import pytest

from lims.cli.main import run
from tests.laboratory import PASSWORD, found_lab

TABLE = (
    "检测项目,食品,单位,限量,标准,来源,生效日期\n"
    "毒死蜱,豇豆,mg/kg,0.03,GB 2763-2030,第 3 页,2030-01-01\n"
    "毒死蜱,全部,mg/kg,0.03,S,x,2030-01-01\n"
)


@pytest.fixture
def root(tmp_path: Path) -> str:
    found_lab(tmp_path / "lab").close()
    return str(tmp_path / "lab")


def test_a_limit_is_asked_for_and_an_edition_taken_in(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["limit", "韭菜", "腐霉利", "2019-06-01", "--json", "--dir", root]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["limit"]["value"], found["limit"]["standard"], found["on"]) == (
        "0.2",
        "GB 2763-2014 至 -2019",
        "2019-06-01",
    )
    assert run(["limit", "韭菜", "神药", "2019-06-01", "--dir", root]) == 1
    assert "神药" in capsys.readouterr().err
    table = tmp_path / "新版.csv"
    table.write_text(TABLE, "utf-8")
    assert run(["import", "limits", str(table), "--dry-run", "--dir", root, "--json"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert (dry["edition"], [row["how"] for row in dry["rows"]], [row["line"] for row in dry["aside"]]) == (
        "",
        ["changed"],
        [3],
    )
    assert "食品" in dry["aside"][0]["reasons"][0]
    signed = ["--password", PASSWORD, "--dir", root]
    assert run(["import", "limits", str(table), "--as", "zheng", "--json", *signed]) == 0
    edition = json.loads(capsys.readouterr().out)["edition"]
    assert run(["publish-limits", "--edition", edition, "--as", "zheng", *signed]) == 1
    assert run(["publish-limits", "--edition", edition, "--as", "wang", *signed]) == 0
    capsys.readouterr()
    assert run(["limit", "豇豆", "毒死蜱", "2030-01-01", "--dir", root]) == 0
    assert "0.03 mg/kg" in capsys.readouterr().out


def test_an_empty_table_is_printed_and_a_missing_file_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "limits", "--template"]) == 0
    assert "检测项目" in capsys.readouterr().out
    assert run(["import", "limits", "nowhere.csv"]) == 1
    assert "nowhere.csv" in capsys.readouterr().err
