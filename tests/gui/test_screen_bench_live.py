"""An assay on a bare board with real keys: zero, run, watch the curves grow, see the rates, and what stops it."""

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.simulators.dayuan_bx1 import Board
from drivers.simulators.optics import Optics
from gui.shell import Shell
from lims.bench.lines import Bench
from lims.services import measure
from lims.services.equip import Device
from lims.services.measure import Binding
from tests.drivers.serving import on_pty
from tests.gui.lab import Lab, press, received, settle, window

QUICK = {"interval": "0.05", "zeroing": "0.02", "assay.preheat": "0.2", "assay.detect": "1.4",
         "assay.window": "0.3", "assay.looks": 3, "assay.unstable": "0.1"}  # fmt: skip


@contextmanager
def board(lab: Lab, optics: Optics, *roles: str) -> Iterator[Shell]:
    """A window on a board whose run is open, with these roles in its first holes."""
    with on_pty(Board(optics)) as port:
        device = Device("BX1-1", "BX1-1", "dayuan_bx1", "SN1", port, "CAPTURE", settings=QUICK)
        lab.device(device)
        samples = received(lab, roles.count("sample"))
        numbers = iter(samples)
        if "blank" not in roles:
            lab.allowed("BX1-1", samples, roles)
        bindings = [
            Binding(str(at), role, next(numbers) if role == "sample" else None)
            for at, role in enumerate(roles, 1)
        ]
        lab.as_("lin").do(measure.start_run, instrument="BX1-1", method="GBT5009.199-2003", lot="LOT-1",
                          bindings=bindings)  # fmt: skip
        lines = Bench(lab.laboratory)
        lines.start()
        try:
            with window(lab, "lin") as shell:
                shell.desk.bench = lines
                shell.go("bench")
                settle(shell, lambda: shell.shown.mode == "running")
                settle(shell, lambda: lines.lines()[0].state == "open")
                yield shell
        finally:
            lines.stop()


def missing(shell: Shell, word: str) -> str:
    return next(act.missing for act in shell.acts() if act.word == word)


def test_an_assay_from_the_zero_to_the_rates(lab: Lab) -> None:
    optics = Optics()
    with board(lab, optics, "blank", "sample", "sample") as shell:
        screen = shell.shown
        assert not screen.live.isHidden()
        assert "press Z" in screen.live.said.text()
        assert missing(shell, "Run the assay") == "zero the board first"
        press(shell, "Z")
        settle(shell, lambda: "16 holes zeroed" in screen.live.said.text())
        optics.put("1", 0.2, 24.0)
        optics.put("2", 0.2, 4.0)
        press(shell, "T")
        settle(shell, lambda: screen.live.curve is not None)
        assert next(act.word for act in shell.acts()) == "Stop the assay"
        assert "lid" in screen.sentence()
        settle(shell, lambda: " A" in screen.board.tiles["1"].accessibleName())
        settle(shell, lambda: all(place.said for place in screen._run.places))
        tiles = {name: screen.board.tiles[name].accessibleName() for name in ("1", "2", "3")}
        assert "%" in tiles["1"]
        assert "no cuvette" in tiles["3"]
        assert "Zero the board" not in [act.word for act in shell.acts()]
        assert screen.live.said.text() == "The assay has ended. Close the run to judge it"


def test_without_a_control_an_assay_cannot_be_run_and_what_runs_can_be_stopped(lab: Lab) -> None:
    with board(lab, Optics(), "sample") as shell:
        screen = shell.shown
        assert missing(shell, "Run the assay") == "no control is placed"
        press(shell, "Z")
        press(shell, "S")
        settle(shell, lambda: not screen.live.running)
