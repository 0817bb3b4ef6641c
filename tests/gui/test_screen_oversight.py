"""Review of the trail: findings, what stands behind them, a signed word; and the log looked up by what it is about."""

from zipfile import ZipFile

from gui.desk import Desk
from gui.shell import Shell
from gui.ties import Ties
from lims.bench.papers import Papers
from lims.queries import oversight as found_by_rule
from lims.services import enrol
from tests.gui.lab import PASSWORD, Lab, drawn, keyed, press, received, settle, signs, window, write


def test_a_finding_is_looked_at_and_settled_with_a_signature(lab: Lab) -> None:
    lab.as_("admin").do(enrol.set_roles, lab.accounts["lin"], "technician sampler")
    keyed(lab, "zheng")
    with window(lab, "zheng", "oversight") as shell:
        screen = shell.shown
        settle(shell, lambda: "sampler" in screen.facts.words())
        assert screen.table.model().rowCount() == 1
        press(shell, "Return")
        assert [one.missing for one in shell.acts() if one.primary] == ["a reason"]
        write("任命书 3 号，已核对")
        press(shell, "Return")
        (record,) = signs(shell)
        assert "任命书 3 号" in record
        settle(shell, lambda: screen.table.model().rowCount() == 0)
        press(shell, "A")
        settle(shell, lambda: screen.table.model().rowCount() == 1)
        assert "郑质量" in screen.facts.words()
        assert [one.missing for one in shell.acts() if one.primary] == ["it was settled"]
    assert lab.as_("wang").ask(found_by_rule.queue) == []


def test_the_log_is_looked_up_and_an_act_shows_what_it_changed(lab: Lab) -> None:
    first, second = received(lab, 2)
    with window(lab, "zheng", "audit") as shell:
        screen = shell.shown
        press(shell, "F2")
        write(second)
        press(shell, "Return")
        settle(shell, lambda: screen.table.model().rowCount() == 2)
        assert screen.result is None, "Enter in the search does not start the proof"
        press(shell, "Escape")
        screen.table.step(0)
        settle(shell, lambda: "Drawn → Received" in screen.detail.words())
        screen.lookup.words.clear()
        screen.lookup.kind.setCurrentIndex(screen.lookup.kind.findData("sample"))
        settle(shell, lambda: screen.table.model().rowCount() == 4)
        assert first != second


def test_a_shift_ends_and_a_sample_leaves_as_paper_and_as_a_bundle(lab: Lab) -> None:
    (number,) = drawn(lab)
    folder = lab.laboratory.folder.reports
    with window(lab, "zheng", "audit") as shell:
        press(shell, "F9")
        settle(shell, lambda: list(folder.glob("shift-*.pdf")))
        shell.go("samples", {"number": number})
        settle(shell, lambda: not [one for one in shell.acts() if one.missing and one.key == "F8"])
        press(shell, "F7", "F8")
        settle(shell, lambda: list(folder.glob(f"{number}-*.zip")))
    assert (folder / f"{number}-life.pdf").read_bytes().startswith(b"%PDF")
    (bundle,) = folder.glob(f"{number}-*.zip")
    assert "verify.py" in ZipFile(bundle).namelist()


def test_a_log_that_lost_its_end_is_recovered_by_two_at_the_desk(lab: Lab) -> None:
    drawn(lab)
    lab.laboratory.sealing.leave("shift")
    outside = lab.laboratory.sealing.outside
    newest = outside.path.read_text("utf-8")
    text = newest.replace(f"\n{newest.splitlines()[1]}\n", "\n999\n", 1)
    outside.path.write_text(text, "utf-8")
    assert lab.laboratory.sealing.guard() is not None
    desk = Desk(Ties(sign_in=lambda *_: None))  # type: ignore[arg-type] # nobody signs in here
    desk.papers = Papers(lab.laboratory)
    desk.open(lab.station)
    shell = Shell(desk)
    shell.show()
    shell.show_sign_in()
    recovery = shell.sign_in.recovery
    assert recovery.isVisible()
    recovers(
        shell, manager_password="wrong", manager="zheng", administrator="admin", reason="恢复了昨天的备份"
    )
    settle(shell, lambda: not recovery.asking.fields["manager_password"].text())
    assert desk.barred is not None
    recovers(shell, manager_password=PASSWORD)
    settle(shell, lambda: desk.barred is None and not recovery.isVisible())
    shell.close()
    desk.close()
    lab.draw()


def recovers(shell: Shell, **typed: str) -> None:
    """Fill the ceremony in and press its one key."""
    for name, words in {"administrator_password": PASSWORD, **typed}.items():
        shell.sign_in.recovery.asking.fields[name].setText(words)
    (act,) = shell.acts()
    assert act.missing == ""
    act.act()
