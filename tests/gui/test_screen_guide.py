"""First steps at the desk: what is left, led to by keys, skipped, tried against a simulator."""

from functools import partial

import pytest

from lims.bench import wires
from lims.bench.finding import find
from lims.bench.lines import Bench
from lims.services import equip
from tests.gui import lab as own


def test_a_step_is_skipped_and_taken_up_by_keys_and_today_counts_what_is_left(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "guide") as shell:
        own.settle(shell, lambda: shell.shown._steps)
        left = sum(one.open for one in shell.shown._steps.values())
        shell.shown.table.choose("label")
        own.press(shell, "S")
        own.settle(shell, lambda: shell.shown._steps["label"].skipped)
        assert shell.shown.sentence().startswith(str(left - 1))
        own.press(shell, "S")
        own.settle(shell, lambda: not shell.shown._steps["label"].skipped)
        shell.go("today")
        own.settle(
            shell, lambda: left in [one.line.count for one in shell.shown.lines if one.line.screen == "guide"]
        )
        line = next(one for one in shell.shown.lines if one.line.screen == "guide")
        line.click()
        assert shell.name == "guide"


def test_enter_goes_where_the_step_is_done(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "guide") as shell:
        own.settle(shell, lambda: shell.shown._steps)
        shell.shown.table.choose("populations")
        own.press(shell, "Return")
        assert shell.name == "quota"
        shell.go("guide")
        shell.shown.table.choose("sample")
        assert "another person" in shell.acts()[-1].missing


def test_the_first_instrument_is_tried_against_its_simulator(lab: own.Lab) -> None:
    device = equip.Device("I1", "农残仪", "dayuan_tl310", "SN1", "COM9", "DOCUMENT", {})
    lab.as_("zheng").do(equip.instrument, device)
    with own.window(lab, "zheng", "guide") as shell:
        own.settle(shell, lambda: shell.shown._device is not None)
        shell.shown.table.choose("instrument")
        own.press(shell, "T")
        own.settle(shell, lambda: not shell.shown._busy)
        assert "readings came" in shell.shown._outcome.text()


def test_the_first_instrument_is_found_on_a_port_tried_and_led_into_the_form(
    lab: own.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.window(lab, "zheng", "guide") as shell:
        shell.desk.bench = Bench(lab.laboratory)
        with wires.playing(
            "dayuan_tl310", records=wires.sample_records("dayuan_tl310"), settings={}
        ) as player:
            only = partial(find, [player.address], expected="dayuan_tl310")
            monkeypatch.setattr(shell.desk.bench, "find", only)
            own.settle(shell, lambda: shell.shown._steps)
            shell.shown.table.choose("instrument")
            own.press(shell, "F")
            own.settle(shell, lambda: not shell.shown._busy)
            assert f"on {player.address}" in shell.shown._outcome.text()
            assert "readings came" in shell.shown._outcome.text()
            own.press(shell, "Return")
        assert shell.name == "instruments"
        own.settle(shell, lambda: shell.shown.form.form is not None)
        told = shell.shown.form.form.values()
        assert (told["profile"], told["port"]) == ("dayuan_tl310", player.address)
