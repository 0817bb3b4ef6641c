"""Audit: the log page by page, and the proof that it is whole, or where it is not."""

from sqlalchemy import text

from gui.shell import Shell
from tests.counts import Counts
from tests.gui.lab import Lab, drawn, press, settle, window


def cells(shell: Shell, row: int) -> list[str]:
    model = shell.shown.table.model()
    return [str(model.index(row, at).data()) for at in range(model.columnCount())]


def test_the_log_is_read_page_by_page_the_newest_first(lab: Lab) -> None:
    drawn(lab, 260)
    with window(lab, "zheng", "audit") as shell:
        model = shell.shown.table.model()
        settle(shell, lambda: model.rowCount() > 260)
        last = model.rowCount() - 1
        model.index(last, 0).data()
        settle(shell)
        assert cells(shell, last)[0] == "0"
        assert cells(shell, last)[3] == "founds the laboratory"
        assert cells(shell, 5)[2:4] == ["陈抽样", "draws a sample"]
        assert [int(cells(shell, at)[0]) for at in range(3)] == [last, last - 1, last - 2]


def test_enter_proves_that_the_log_is_whole(lab: Lab) -> None:
    drawn(lab, 3)
    with window(lab, "zheng", "audit") as shell:
        screen = shell.shown
        press(shell, "Return")
        settle(shell, lambda: screen.result is not None)
        assert "Whole" in screen.big.text()
        assert "LJ/LJ01/sha256" in screen.facts.words()
        assert screen.result.logs[0].root[:8] in screen.facts.words()


def test_a_changed_row_is_told_with_its_place(lab: Lab) -> None:
    (number,) = drawn(lab)
    with lab.station.store.engine.begin() as connection:
        triggers = [
            row[0] for row in connection.execute(text("select name from sqlite_master where type='trigger'"))
        ]
        for name in triggers:
            connection.execute(text(f'drop trigger "{name}"'))
        connection.execute(text("update sample set food='别的' where id=:id"), {"id": number})
    with window(lab, "zheng", "audit") as shell:
        screen = shell.shown
        press(shell, "Return")
        settle(shell, lambda: screen.result is not None)
        assert "Not whole" in screen.big.text()
        assert "1 rows of the tables" in screen.said.text()
        assert number in screen.facts.words()


def test_the_check_can_be_stopped(lab: Lab, counts: Counts) -> None:
    drawn(lab, counts.drawn_samples)
    with window(lab, "zheng", "audit") as shell:
        screen = shell.shown
        screen.verify()
        screen.stop()
        settle(shell, lambda: shell.acts()[-1].word == "Verify now")
        assert screen.result is None
