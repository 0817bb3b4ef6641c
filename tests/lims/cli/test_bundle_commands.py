"""A van by commands: found at the county, opened on the van, admitted, a stick there and back."""

import json
import re
from pathlib import Path

import pytest

from lims.app import opened
from lims.cli import main
from lims.services import plan
from tests.laboratory import PASSWORD, found_lab


def test_a_stick_goes_there_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: object, code: int = 0) -> str:
        assert main.run([str(part) for part in arguments]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    monkeypatch.setenv("KUAIJIAN_PASSWORD", PASSWORD)
    found_lab(tmp_path / "county").close()
    county, van, stick = ("--dir", tmp_path / "county"), ("--dir", tmp_path / "van"), tmp_path / "stick"
    manager = ("--as", "zheng", *county)
    run("station", "issue", "people", *manager)
    run("station", "address", "https://127.0.0.1:1", *manager)
    charter = stick / "van.kjcharter"
    said = run("station", "found", "LV1/LV01", "--name", "一号车", "--out", charter, *manager)
    code = re.search(r"code.*: (\S+)", said)
    assert code is not None
    assert "重号" in run(
        "station", "found", "LV2/LV01", "--name", "二号车", "--out", charter, *manager, code=1
    )
    assert "口令" in run("station", "open", charter, "--code", "AAAA-AAAA-AAAA-AAAA", *van, code=1)
    said = run("station", "open", charter, "--code", code[1], *van)
    read = said.rsplit(": ", 1)[1].strip()
    answer = tmp_path / "van" / "LV01.kjanswer"
    assert "指纹" in run("station", "admit", answer, "--fingerprint", "0000", *manager, code=1)
    run("station", "admit", answer, "--fingerprint", read, *manager)
    with opened(tmp_path / "van") as laboratory:
        laboratory.lims.do(plan.population, township="350122100", year=2026, people=1, source="测试")
    assert json.loads(run("bundle", "waiting", *van, "--json"))["entries"] > 0
    (made,) = json.loads(run("bundle", "make", "--to", stick, *van, "--json"))
    assert "已收下" in run("bundle", "take", made["file"], "--reply", stick, *county)
    assert "admitted" in run("bundle", "take", stick / "LV01.kjreply", *van)
    assert json.loads(run("bundle", "waiting", *van, "--json"))["entries"] == 0
    run("bundle", "conflicts", *county)
    assert "people" in run("station", "sets", *van)
    run("station", "revoke", "LV01", "--reason", "停用", *manager)
    assert "revoked" in run("station", "list", *county)
    assert "连不上" in run("bundle", "send", *van, code=1)
    assert "https" in run("station", "address", "http://county", "--as", "zheng", *van, code=1)
