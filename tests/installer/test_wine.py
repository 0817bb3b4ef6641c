"""A trial under Wine shows what the program said, and its drive lies inside the root."""

from pathlib import Path

from installer.roots import Root
from installer.wine import SUITE, Wine, of_the_program


def test_what_wine_says_of_itself_is_left_out() -> None:
    said = (
        "wine: created the configuration directory '/root/wine-1'\n"
        "smoke: 15 of 15 held\n"
        "0x55d08816c1f0:1: Thread id=07dc unix pid=25471 unix tid=25932 state=1\n"
        "X connection to :99 broken (explicit kill or server shutdown).\n"
    )
    assert of_the_program(said) == "smoke: 15 of 15 held\n"


def test_a_drive_is_removed_and_its_root_stays(tmp_path: Path) -> None:
    first, second = (Wine(Root(tmp_path, SUITE), name) for name in ("wine-1", "wine-2"))
    for each in (first, second):
        each.drive.mkdir(parents=True)
    first.remove()
    assert not first.drive.parent.exists()
    assert second.drive == tmp_path / "root/wine-2/drive_c"
    assert second.drive.is_dir()
