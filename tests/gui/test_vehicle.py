"""Battery and disk of a van's computer: said when known, never guessed."""

from pathlib import Path

import pytest

from gui import vehicle
from gui.vehicle import State
from lims import text


@pytest.fixture(autouse=True)
def _english() -> None:
    text.use("en")


def supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir()
    for file, words in files.items():
        (folder / name / file).write_text(words, encoding="ascii")


def test_the_first_battery_is_read_and_a_mains_supply_is_none(tmp_path: Path) -> None:
    supply(tmp_path, "AC", type="Mains\n", online="1\n")
    assert vehicle.reported(tmp_path) == (None, False)
    supply(tmp_path, "BAT0", type="Battery\n", capacity="18\n", status="Discharging\n")
    assert vehicle.reported(tmp_path) == (18, False)
    (tmp_path / "BAT0" / "status").write_text("Full\n", encoding="ascii")
    assert vehicle.reported(tmp_path) == (18, True)
    assert vehicle.state(tmp_path, tmp_path).free is not None


def test_what_nobody_says_is_not_shown(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery\n", capacity="?\n")
    assert vehicle.reported(tmp_path) == (None, False)
    assert vehicle.state(tmp_path / "gone", tmp_path).free is None
    assert vehicle.words(State(None, False, None)) == {"battery": "", "disk": ""}


def test_little_is_marked_by_a_sign() -> None:
    assert vehicle.words(State(18, False, 1 << 30)) == {
        "battery": "△ Battery 18 %",
        "disk": "△ Disk 1 GB free",
    }
    assert vehicle.words(State(18, True, 90 << 30)) == {
        "battery": "Battery 18 % charging",
        "disk": "Disk 90 GB free",
    }
