"""Strays: why each waits, where it belongs, and the bytes that gave no reading."""

from datetime import UTC, datetime

import pytest

from lims.queries import bench
from lims.services import measure
from lims.services.measure import Source
from tests.gui.lab import Lab, press, received, scan, settle, window, write


@pytest.fixture
def lab(lab: Lab) -> Lab:
    lab.instrument()
    return lab


def test_nothing_waits_says_so(lab: Lab) -> None:
    with window(lab, "lin", "strays") as shell:
        assert shell.shown.sentence() == "Nothing waits here."
        assert "no stray is chosen" in shell.acts()[-1].missing


def test_a_bag_is_scanned_and_the_stray_goes_to_its_channel(lab: Lab) -> None:
    (number,) = received(lab)
    lab.run("TL310-1", [number])
    lab.value("TL310-1", "9", "33.0", sample="<b>7</b>")
    with window(lab, "lin", "strays") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None and shell.acts()[-1].missing == "")
        assert "nothing was placed" in screen.head.text()
        assert "<b>7</b>" in screen.decoded.words()
        scan(shell, number)
        assert "channel 2" in screen.target.text()
        assert shell.acts()[-1].missing == "a reason"
        write("通道号印错，经核对")
        press(shell, "Return")
        settle(shell, lambda: not lab.as_("lin").ask(bench.strays))
        run = lab.as_("lin").ask(bench.current, "TL310-1")
        assert run is not None
        assert [place.said.value for place in run.places if place.said] == ["33.0"]


def test_it_is_put_aside_with_a_reason_and_esc_keeps_it(lab: Lab) -> None:
    lab.value("TL310-1", "9", "33.0")
    with window(lab, "lin", "strays") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        assert "no run is open" in screen.head.text()
        press(shell, "X", "Escape")
        assert len(lab.as_("lin").ask(bench.strays)) == 1
        press(shell, "X")
        write("仪器自检")
        press(shell, "Return")
        settle(shell, lambda: not screen.table.current_key())
        assert lab.as_("lin").ask(bench.strays) == []


def test_a_scan_without_an_open_run_is_refused_with_what_to_do(lab: Lab) -> None:
    lab.value("TL310-1", "9", "33.0")
    (number,) = received(lab)
    with window(lab, "lin", "strays") as shell:
        told: list[str] = []
        shell.desk.told.connect(lambda _, sentence: told.append(sentence))
        settle(shell, lambda: shell.shown.chosen is not None)
        scan(shell, number)
        assert "Start one on the bench" in told[0]
        assert "a run must be open" in shell.acts()[-1].missing


def test_broken_bytes_stand_in_hex_and_a_new_stray_appears_by_itself(lab: Lab) -> None:
    source = Source("TL310-1", 5, 0, datetime.now(UTC))
    lab.station.do(measure.hold_broken, source, reason="check", detail="sum 3A, not 3B", data="7E 41 42 3B")
    with window(lab, "lin", "strays") as shell:
        screen = shell.shown
        press(shell, "B")
        settle(shell, screen.hex.toPlainText)
        assert screen.hex.toPlainText().startswith("0000  7E 41 42 3B")
        assert "wrong check" in screen.head.text()
        press(shell, "B")
        lab.value("TL310-1", "9", "33.0")
        settle(shell, lambda: screen.chosen is not None)
        assert screen.chosen.reason == "no_run"
