"""The look of this computer: kept whole or not at all, and a bad file is told, not obeyed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gui import look
from gui.look import Look
from lims.errors import Invalid


def write(path: Path, chosen: Look) -> None:
    """Write as the desktop does: in a worker thread."""
    with ThreadPoolExecutor(1) as worker:
        worker.submit(look.write, path, chosen).result()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    chosen = Look(
        "contrast", "touch", 1.75, "en", sound=False, suffix="none", scanner="COM3", printer='A "5" 机\\1'
    )
    write(tmp_path / "deep" / "desktop.toml", chosen)
    assert look.read(tmp_path / "deep" / "desktop.toml") == chosen
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["desktop.toml"]


def test_a_computer_without_the_file_has_the_first_look(tmp_path: Path) -> None:
    assert look.read(tmp_path / "desktop.toml") == Look()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("scale = 9.0", "look.content"),
        ("scale = 2", "look.content"),
        ('theme = "pink"', "look.content"),
        ('sound = "yes"', "look.content"),
        ("colour = 1", "look.content"),
        ("theme = ", "look.unreadable"),
    ],
)
def test_what_cannot_be_is_told_with_its_file(tmp_path: Path, told: str, code: str) -> None:
    file = tmp_path / "desktop.toml"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        look.read(file)
    assert refused.value.code == code
    assert refused.value.values["file"] == str(file)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "desktop.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match=r"look\.unreadable"):
        look.read(tmp_path / "desktop.toml")


def test_a_place_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Invalid, match=r"look\.unwritable"):
        write(tmp_path / "file" / "desktop.toml", Look())
