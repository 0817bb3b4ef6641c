import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from gui import app as desktop
from gui.look import Look, read
from gui.shell import Shell
from gui.ties import Lims, Session, Ties
from lims.app import opened
from lims.bench.papers import Papers
from lims.errors import StorageUnfit
from tests.laboratory import found_lab
from tests.lims.storage.meddling import run

Settle = Callable[..., None]


class Closed:
    """A laboratory that nobody has signed in to."""

    def acting(self, _: object) -> "Closed":
        return self

    def listen(self, _: object) -> Callable[[], None]:
        return lambda: None


def nobody(*_: object) -> Session:
    raise AssertionError("nobody signs in here")


def test_the_window_is_shown_before_the_laboratory_is_open(
    dressed: QApplication, settle: Settle, tmp_path: Path
) -> None:
    assert isinstance(dressed, QApplication)
    gate, threads = threading.Event(), list[threading.Thread]()

    def slow() -> desktop.Opened:
        threads.append(threading.current_thread())
        gate.wait(60)
        return desktop.Opened(cast("Lims", Closed()))

    made = desktop.Desktop(Ties(sign_in=nobody, drafts=tmp_path), Look(language="en", sound=False))
    made.show(slow)
    settle()
    assert made.shell.isVisible()
    assert not made.desk.ready
    assert "opened" in made.shell.sign_in.sentence()
    gate.set()
    settle(lambda: made.desk.ready)
    assert threads[0] is not threading.main_thread()
    made.close()
    made.shell.deleteLater()


def test_an_unfit_laboratory_is_told_in_the_window(
    dressed: QApplication, settle: Settle, tmp_path: Path
) -> None:
    assert isinstance(dressed, QApplication)

    def broken() -> desktop.Opened:
        raise OSError("the disk is gone")

    made = desktop.Desktop(Ties(sign_in=nobody, drafts=tmp_path), Look(language="en", sound=False))
    made.show(broken)
    settle(made.shell.banners.sentences)
    assert "the disk is gone" in made.shell.banners.sentences()[0]
    assert isinstance(made.shell, Shell)
    made.close()
    made.shell.deleteLater()


def test_a_laboratory_of_a_newer_program_is_shown_and_not_recovered(
    dressed: QApplication, settle: Settle, tmp_path: Path
) -> None:
    assert isinstance(dressed, QApplication)
    lab = found_lab(tmp_path / "lab")
    run(lab, "UPDATE alembic_version SET version_num = '9999_from_the_future'")
    with opened(lab.laboratory.folder.root) as laboratory:
        papers = Papers(laboratory)
        made = desktop.Desktop(Ties(sign_in=nobody, drafts=tmp_path), Look(language="en", sound=False))
        made.show(lambda: desktop.Opened(cast("Lims", laboratory.lims), papers=papers))
        settle(made.shell.banners.sentences)
        assert "9999_from_the_future" in made.shell.banners.sentences()[0]
        assert not made.shell.sign_in.recovery.isVisible()
        made.close()
        made.shell.deleteLater()
        with pytest.raises(StorageUnfit, match=r"storage\.newer"):
            papers.recover(("zheng", "x"), ("admin", "x"), "a try")
    lab.close()


def test_practice_is_written_over_every_screen_and_every_look(
    dressed: QApplication, settle: Settle, tmp_path: Path
) -> None:
    ties = Ties(sign_in=nobody, drafts=tmp_path, look=tmp_path / "desktop.toml")
    made = desktop.Desktop(ties, Look(language="en", sound=False))
    made.show(lambda: desktop.Opened(cast("Lims", Closed()), practice="chen samples", site="连江县快检室"))
    settle(lambda: made.desk.ready)
    assert made.shell.frame.stripe.isVisible()
    assert "连江县快检室" in [label.text() for label in made.shell.bar.findChildren(QLabel)]
    assert "chen samples" in made.shell.banners.sentences()
    made.desk.wear(Look("dark", "touch", 1.25, "en", sound=False))
    settle(lambda: made.desk.work.idle)
    assert made.shell.frame.stripe.isVisible()
    assert "连江县快检室" in [label.text() for label in made.shell.bar.findChildren(QLabel)]
    assert read(tmp_path / "desktop.toml") == Look("dark", "touch", 1.25, "en", sound=False)
    made.desk.wear(Look(language="en", sound=False))
    settle(lambda: made.desk.work.idle)
    made.close()
    made.shell.deleteLater()
    assert isinstance(dressed, QApplication)
