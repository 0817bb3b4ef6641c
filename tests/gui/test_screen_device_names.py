"""A word of a device is given its meaning on screen, and the reading that waited finds its place."""

from gui import gallery
from lims.queries import bench
from tests.gui.lab import Lab, press, received, settle, window


def test_a_word_is_given_its_meaning_by_keys(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.run(instrument, received(lab))
    lab.value(instrument, "2", "4.2")
    lab.value(instrument, "1", "1.0", sample="豇")
    assert lab.as_("lin").ask(bench.strays) == []
    with window(lab, "zheng", "device_names") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.key)
        assert "something else" in shell.acts()[0].missing
        press(shell, "F4")
        screen.form.fill({"ours": "没有"})
        press(shell, "Return")
        assert screen.entering is not None
        screen.form.fill({"ours": "豇豆"})
        press(shell, "Return")
        settle(shell, lambda: "豇豆" in screen._told.text() or "Cowpea" in screen._told.text())
        assert gallery.faults_in(shell, "words") == []


def test_a_technician_reads_and_does_not_change(lab: Lab) -> None:
    with window(lab, "lin", "device_names") as shell:
        assert shell.acts() == []
