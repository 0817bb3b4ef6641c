"""Backup: where to, made at a key and read back, compared with its medium, drilled; a stop leaves nothing behind."""

from pathlib import Path

import pytest

from gui import gallery
from lims.bench.papers import Papers
from lims.errors import Invalid, StorageUnfit
from lims.queries import keeping as asked
from lims.services import goback, keeping
from lims.storage import keys
from tests.gui import lab as own
from tests.lims.storage.keeping import PHRASE, recovery


def with_key(lab: own.Lab) -> None:
    keys.write_file(lab.laboratory.folder.root / keys.RECOVERY, recovery()[0].plain())


def test_a_backup_is_planned_made_compared_and_drilled_by_keys(lab: own.Lab, tmp_path: Path) -> None:
    with_key(lab)
    stick = tmp_path / "stick"
    stick.mkdir()
    with own.window(lab, "zheng", "keeping") as shell:
        screen = shell.shown
        own.settle(shell, lambda: "due" in screen.big.text())
        own.press(shell, "F8")
        screen.asking.fields["to"].setText(str(stick))
        own.press(shell, "Return")
        own.settle(shell, lambda: screen._kept and screen._kept.plan.to == str(stick))
        own.press(shell, "Return")
        own.settle(shell, lambda: screen._kept and screen._kept.backups and screen.job is None)
        (file,) = stick.iterdir()
        assert "read back and checked" in screen.facts.words()
        own.press(shell, "F6")
        own.settle(shell, lambda: screen._media == {file.name: ""})
        file.write_bytes(file.read_bytes()[:-1])
        own.press(shell, "F6")
        own.settle(shell, lambda: screen._media == {file.name: "changed"})
        file.unlink()
        own.press(shell, "Return")
        own.settle(shell, lambda: len(screen._kept.backups) == 2 and screen.job is None)
        own.press(shell, "F7")
        screen.asking.fields["phrase"].setText(PHRASE)
        own.press(shell, "Return")
        own.settle(shell, lambda: screen._kept.state.drill is not None and screen.job is None)
        assert "came back whole" in screen.facts.words()
        own.settle(shell, lambda: "Kept" in screen.big.text())


def test_without_a_recovery_key_the_key_comes_first(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "keeping") as shell:
        own.settle(shell, lambda: shell.shown._kept is not None)
        (first,) = [one for one in shell.shown.acts() if one.primary]
        assert first.word == "Make the recovery key"
        own.press(shell, "Return")
        assert set(shell.shown.asking.fields) == {"phrase", "again"}


class Enough(Exception):  # noqa: N818 - read aloud
    """The person stops the backup."""


def test_a_stopped_backup_leaves_nothing_behind(lab: own.Lab, tmp_path: Path) -> None:
    with_key(lab)
    told: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise Enough

    with pytest.raises(Enough):
        keeping.back_up(lab.as_("zheng"), lab.laboratory.folder.root, tmp_path, step)
    assert [done for done, _ in told] == [0, 1, 2]
    assert list(tmp_path.glob("kuaijian-*")) == []
    assert lab.station.ask(asked.backups) == []


def test_what_is_due_is_made_by_itself_and_a_medium_that_is_gone_is_told(
    lab: own.Lab, tmp_path: Path
) -> None:
    with_key(lab)
    papers, manager = Papers(lab.laboratory), lab.as_("zheng")
    assert papers.keep(lambda *_: None) is False
    assert lab.station.ask(asked.backups) == []
    for hours in (0, 169):
        with pytest.raises(Invalid, match=r"backup\.plan"):
            manager.do(keeping.planned, str(tmp_path), hours)
    manager.do(keeping.planned, str(tmp_path / "gone"), 12)
    with pytest.raises(StorageUnfit, match=r"backup\.gone"):
        papers.keep(lambda *_: None)
    manager.do(keeping.planned, str(tmp_path), 12)
    assert papers.keep(lambda *_: None) is False
    (made,) = lab.station.ask(asked.backups)
    assert papers.keep(lambda *_: None) is False
    assert lab.station.ask(asked.state, hours=12).backup == made
    assert lab.station.ask(asked.plan) == asked.Plan(str(tmp_path), 12)


def test_going_back_to_an_older_version_is_tried_on_a_copy_and_confirmed_by_its_number(lab: own.Lab) -> None:
    with_key(lab)
    form = goback.older(lab.as_("admin"))[0]
    with own.window(lab, "admin", "keeping") as shell:
        screen = shell.shown
        own.settle(shell, lambda: screen._kept is not None)
        own.press(shell, "F5")
        own.settle(shell, lambda: screen.asking.active)
        own.press(shell, "Return")
        own.settle(shell, lambda: screen.back_to.meaning is not None and screen.asking.active)
        assert gallery.faults_in(shell, "goback") == []
        screen.asking.fields["to"].setText("0001")
        own.press(shell, "Return")
        assert "nothing was changed" in screen.asking._wrong.text()
        screen.asking.fields["to"].setText(form)
        own.press(shell, "Return")
        own.settle(shell, lambda: screen.back_to.form == form)
    with pytest.raises(StorageUnfit, match=r"storage\.gone_back"):
        lab.draw()
