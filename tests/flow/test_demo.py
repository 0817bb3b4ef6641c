"""The demonstration day as a newcomer plays it: real ports, faults, a crash, and nothing lost."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

PATIENCE = 240.0


def _kuaijian(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lims.cli" if arguments[0] != "demo" else "gui.program", *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """Return the day's folder and what it says of itself; of several workers the first plays it, for all."""
    own = tmp_path_factory.getbasetemp()
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, said = common / "demo" / "lab", common / "demo" / "said.json"
    try:
        folder.parent.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not said.exists() and time.monotonic() < until:
            time.sleep(0.2)
    else:
        done = _kuaijian("demo", "--headless", "--dir", str(folder), "--json")
        part = said.with_suffix(".part")
        part.write_text(
            done.stdout if done.returncode == 0 else json.dumps({"fault": done.stderr}), encoding="utf-8"
        )
        part.replace(said)
    summary = json.loads(said.read_text(encoding="utf-8"))
    assert "fault" not in summary, summary["fault"]
    return folder, summary


def test_the_day_ends_with_nothing_lost_and_nothing_doubled(played: tuple[Path, dict[str, object]]) -> None:
    _, summary = played
    assert (summary["lost"], summary["duplicated"], summary["chain_ok"]) == (0, 0, True)
    assert summary["samples"] == 42
    for what in ("readings", "results", "positives", "invalid_runs", "strays", "repeats_ignored", "reports"):
        count = summary[what]
        assert isinstance(count, int)
        assert count > 0, what
    assert summary["repeats_ignored"] == 19, (
        "of two devices that are asked twice; how often more is the machine's"
    )


def test_a_positive_of_farm_produce_has_its_notice_and_its_four_hours(
    played: tuple[Path, dict[str, object]],
) -> None:
    folder, summary = played
    assert summary["clocks"] == ["authority", "rapid_objection"]
    found = json.loads(_kuaijian("deadlines", "--dir", str(folder), "--json").stdout)
    running = next(one for one in found if one["clock"] == "rapid_objection")
    assert (running["amount"], running["unit"]) == (4, "hour")
    assert running["state"] == "notified"
    assert 0 < running["minutes_left"] <= 240


def test_each_slip_is_a_pdf_that_names_its_sample(played: tuple[Path, dict[str, object]]) -> None:
    folder, summary = played
    slips = sorted((folder / "reports").glob("*.pdf"))
    assert len(slips) == summary["reports"]
    document = PdfDocument(slips[0])
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "快速检测结果单" in text
    assert slips[0].name[:15] in text.replace(" ", "")


def test_the_register_holds_every_sample_and_no_formula(played: tuple[Path, dict[str, object]]) -> None:
    folder, summary = played
    (path,) = (folder / "reports").glob("register-*.xlsx")
    book = load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    assert len({row[0] for row in rows[1:]}) == summary["samples"]
    assert not any(isinstance(cell, str) and cell.startswith("=") for row in rows for cell in row)
    at = rows[0].index("复核")
    states = {row[at] for row in rows[1:] if row[at]}
    assert {"已批准", "待复核"} <= states <= {"已批准", "待复核", "要求复测", "已退回"}


def test_the_log_verifies_from_the_command_line(played: tuple[Path, dict[str, object]]) -> None:
    folder, _ = played
    done = _kuaijian("audit", "verify", "--dir", str(folder), "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["logs"][0]["first_bad"]) == (0, True, None)


def test_the_quota_names_every_township(played: tuple[Path, dict[str, object]]) -> None:
    folder, summary = played
    done = _kuaijian("quota", "--year", "2026", "--dir", str(folder), "--json")
    found = json.loads(done.stdout)
    assert len(found["townships"]) == 22
    assert isinstance(summary["quota"], dict)
    year = json.loads(_kuaijian("quota", "--year", "2001", "--dir", str(folder), "--json").stdout)
    assert {town["basis"] for town in year["townships"]} == {"no basis"}
    assert {town["target"] for town in year["townships"]} == {None}


def test_a_second_day_in_the_same_folder_is_refused(played: tuple[Path, dict[str, object]]) -> None:
    folder, _ = played
    done = _kuaijian("demo", "--headless", "--dir", str(folder), "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "已有实验室" in done.stderr
    assert "Traceback" not in done.stderr
