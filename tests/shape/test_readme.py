"""What README says of the tree is so: every path of its table exists, in both languages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_path_of_the_table_exists(name: str) -> None:
    rows = re.findall(r"^\|[^|]+\| `([^`]+)`", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert len(rows) >= 9
    assert [path for path in rows if not (ROOT / path).exists()] == []


def test_the_root_stays_small() -> None:
    shown = [one.name for one in ROOT.iterdir() if not one.name.startswith(".") and one.name != "__pycache__"]
    made = {"demo-out", "build", "dist", "kuaijian.egg-info"}
    assert len(set(shown) - made) <= 16
