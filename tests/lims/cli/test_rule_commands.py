"""Methods on the command line: listed, changed by one person's proposal, and what is written wrong is named."""

import json

import pytest

from lims.cli.main import run
from tests.laboratory import PASSWORD, found_lab, today

GB = "GBT5009.199-2003"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("rules") / "lab"
    found_lab(folder).close()
    return str(folder)


def proposed(root: str, *said: str) -> int:
    sets = [word for one in said for word in ("--set", one)]
    who = ["--as", "zheng", "--password", PASSWORD, "--dir", root, "--json"]
    return run(["propose-method", GB, *sets, "--from", today().isoformat(), "--reason", "更严", *who])


def test_a_method_is_listed_and_another_edition_of_it_proposed(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["methods", "--dir", root]) == 0
    (line,) = (one for one in capsys.readouterr().out.splitlines() if one.startswith(f"{GB}@"))
    assert "[" in line
    assert proposed(root, "threshold=40", "source=县内文件", "clause=≥ 40 %") == 0
    assert json.loads(capsys.readouterr().out)["edition"]
    assert run(["methods", "--dir", root, "--json"]) == 0
    assert GB in {one["id"] for one in json.loads(capsys.readouterr().out)}


@pytest.mark.parametrize("said", [("threshold",), ("=40",), ("threshold=40", "threshold=50")])
def test_what_cannot_be_read_is_named_whole(
    said: tuple[str, ...], root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert proposed(root, *said) == 1
    assert f"“{said[-1]}”" in capsys.readouterr().err
