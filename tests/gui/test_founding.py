"""Founding at the desk: nothing is there, a few fields, and the administrator signs in to a real laboratory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.app import Desktop
from gui.look import Look
from gui.program import _Opening, _sign_in, _Wanted
from gui.ties import Ties

Settle = Callable[..., None]
PASSWORD = "Kuai-jian-2026"


@pytest.fixture
def started(dressed: QApplication, settle: Settle, tmp_path: Path) -> Iterator[Desktop]:
    assert isinstance(dressed, QApplication)
    opening = _Opening(_Wanted(tmp_path / "new"))
    ties = Ties(sign_in=_sign_in, drafts=tmp_path / "new" / "drafts", found=opening.found)
    made = Desktop(ties, Look(language="en", sound=False))
    made.show(opening)
    settle(lambda: made.desk.found is not None)
    yield made
    made.close()
    made.shell.deleteLater()
    opening.close()


def answer(made: Desktop, **answers: str) -> None:
    fields = made.shell.sign_in.founding.asking.fields
    for name, words in {
        "name": "连江县快检室",
        "station": "LJ01",
        "person": "林管理",
        "password": PASSWORD,
        "again": PASSWORD,
        **answers,
    }.items():
        fields[name].setText(words)
    action = next(act for act in made.shell.acts() if act.primary)
    assert action.missing == ""
    made.shell.press(action)


def wrong(made: Desktop) -> str:
    return made.shell.sign_in.founding.asking._wrong.text()


def test_a_laboratory_is_founded_and_its_administrator_signs_in(
    started: Desktop, settle: Settle, tmp_path: Path
) -> None:
    founding = started.shell.sign_in.founding
    settle(founding.isVisible)
    assert founding.asking.fields["station"].text() == "LJ01"
    answer(started, again="another")
    assert "differ" in wrong(started)
    answer(started, station="L1")
    settle(lambda: "L1" in wrong(started))
    assert not (tmp_path / "new" / "laboratory.db").exists()
    answer(started, password="short", again="short")
    settle(lambda: "8" in wrong(started))
    assert not (tmp_path / "new" / "laboratory.db").exists()
    answer(started)
    settle(lambda: started.desk.ready)
    assert not founding.isVisible()
    started.desk.sign_in("admin", PASSWORD)
    settle(lambda: started.desk.session is not None)
    assert started.desk.session is not None
    assert started.desk.session.name == "林管理"
    assert "guide" in started.shell.rail.names()
