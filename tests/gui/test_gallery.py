from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from gui import discover, gallery, theme
from gui.desk import Desk
from gui.shell import Shell
from gui.ties import Lims, Ties

Settle = Callable[..., None]


@pytest.fixture
def make(tmp_path: Path, settle: Settle) -> Callable[[], Shell]:
    class Person:
        account, name, roles = "a1", "林秀英", frozenset({"technician"})

    class Laboratory:
        def acting(self, _: object) -> "Laboratory":
            return self

        def listen(self, _: object) -> Callable[[], None]:
            return lambda: None

    def run() -> Shell:
        desk = Desk(Ties(sign_in=lambda *_: Person(), site="连江县快检室", drafts=tmp_path / "drafts"))
        desk.open(cast("Lims", Laboratory()))
        shell = Shell(desk)
        desk.sign_in("x", "y")
        settle(lambda: desk.session)
        return shell

    return run


@pytest.mark.parametrize(
    ("size", "name", "layout"),
    [((1366, 768, 1.0), "light", "desk"), ((1920, 1080, 1.5), "dark", "desk"), ((1024, 600, 1.0), "contrast", "touch"),
     ((1366, 768, 2.0), "light", "desk")],
)  # fmt: skip
def test_the_demonstration_is_whole_in_every_look(
    dressed: QApplication, demo: discover.ScreenFile, make: Callable[[], Shell], tmp_path: Path,
    size: tuple[int, int, float], name: str, layout: str,
) -> None:  # fmt: skip
    before = theme.current()
    theme.change(dressed, layout=layout)
    faults = gallery.render(tmp_path, [demo], make, ["en"], [size], [name])
    theme.wear(dressed, before)
    assert faults == []
    assert len(list(tmp_path.glob("*.png"))) == 10


@pytest.mark.usefixtures("dressed")
def test_clipped_and_overlapping_words_are_found() -> None:
    window = QWidget()
    QHBoxLayout(window)
    first, second = QLabel("a long sentence that has no room", window), QLabel("other", window)
    window.resize(200, 50)
    window.show()
    first.setGeometry(0, 0, 60, 20)
    second.setGeometry(30, 0, 200, 20)
    found = " ".join(fault.what for fault in gallery.faults_in(window, "x"))
    assert "cut at the side" in found
    assert "lies on" in found
    assert "reaches out" in found
    assert "not plain text" in found
    window.close()
    window.deleteLater()
