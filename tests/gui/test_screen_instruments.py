"""Instruments: the table, the wire of a real line, adding one by keys, taking one out of use."""

from datetime import timedelta

import pytest

from drivers import finding
from drivers.registry import profile
from gui.screens import _adding, _wire
from lims import clock
from lims.bench import wires
from lims.bench.lines import Bench
from lims.bench.wires import read_wire
from lims.queries import bench as asked
from lims.queries import equipment
from lims.services import equip
from lims.services.equip import Device
from tests.drivers.serving import on_pty
from tests.gui.lab import Lab, press, received, settle, window
from tests.gui.live import live


def test_the_first_instrument_is_added_by_keys(lab: Lab) -> None:
    with window(lab, "zheng", "instruments") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.form.form)
        assert shell.acts()[-1].word == "Add an instrument"
        press(shell, "N")
        assert "still missing" in shell.acts()[-1].missing
        screen.form.form.fill({"profile": "dayuan_tl310", "id": "TL310-9", "name": "农残仪", "serial": "/",
                               "port": "COM9", "settings": "settle=5; item=农残"})  # fmt: skip
        press(shell, "Ctrl+Return")
        settle(shell, lambda: screen.chosen is not None)
        (one,) = lab.as_("zheng").ask(equipment.instruments)
        assert (one.id, one.name, one.port, one.evidence) == ("TL310-9", "农残仪", "COM9", "DOCUMENT")
        assert dict(one.settings) == {"settle": 5, "item": "农残"}
        press(shell, "X")
        settle(shell, lambda: not screen.chosen.active)
        assert "Put into use" in [action.word for action in shell.acts()]


def test_settings_that_nobody_touched_stay_what_they_were_when_a_name_is_changed(lab: Lab) -> None:
    items = {"ENR": {"item": "enrofloxacin", "unit": "ug/kg"}}
    settings = {"items": items, "position": "O.4.1", "settle": 5}
    lab.as_("zheng").do(
        equip.instrument, Device("F1", "荧光仪", "astm_lis2", "/", "COM9", "DOCUMENT", settings)
    )
    with window(lab, "zheng", "instruments") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.form.form and screen.chosen is not None)
        press(shell, "E")
        screen.form.form.fill({"name": "荧光仪二号"})
        written = screen.form.form.values()["settings"]
        screen.form.form.fill({"settings": written.replace("settle=5", "settle=7")})
        press(shell, "Ctrl+Return")
        settle(shell, lambda: screen.chosen is not None and screen.chosen.name == "荧光仪二号")
        assert dict(screen.chosen.settings) == {**settings, "settle": 7}


def test_a_name_that_cannot_be_a_folder_is_refused_under_its_field(lab: Lab) -> None:
    with window(lab, "zheng", "instruments") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.form.form)
        press(shell, "N")
        screen.form.form.fill(
            {"profile": "dayuan_tl310", "id": "../x", "name": "x", "serial": "/", "port": "COM9"}
        )
        screen.save()
        settle(shell)
        assert "Short name" in shell.acts()[-1].missing
        assert lab.as_("zheng").ask(equipment.instruments) == []


def test_a_technician_sees_but_does_not_change(lab: Lab) -> None:
    lab.instrument()
    with window(lab, "lin", "instruments") as shell:
        settle(shell, lambda: shell.shown.chosen is not None)
        assert all(
            "administrator" in action.missing for action in shell.acts() if action.key not in {"S", "M"}
        )


def test_the_wire_of_a_real_line_is_seen_both_ways_with_what_it_meant(lab: Lab) -> None:
    with live(lab, {"1": "12.5"}) as bench, window(lab, "zheng") as shell:
        shell.desk.bench = bench
        shell.go("instruments")
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        bench.ask("TL310-1", "last")
        settle(shell, lambda: " < 7E " in screen.wire.toPlainText(), 15)
        settle(shell, lambda: "12.5 %" in screen.wire.toPlainText(), 15)
        text = screen.wire.toPlainText()
        assert " > 7E " in text
        screen.pane.filter.setText("12.5")
        assert " > 7E " not in screen.wire.toPlainText()
        assert "12.5 %" in screen.wire.toPlainText()
        screen.pane.filter.clear()
        screen.table.setFocus()
        press(shell, "M")
        assert "mark 1" in screen.wire.toPlainText()
        press(shell, "S")
        reports = lab.laboratory.folder.reports
        settle(shell, lambda: list(reports.glob("TL310-1-*.wire")))
        (saved,) = reports.glob("TL310-1-*.wire")
        values = [one.get("value") for one in wires.lines("dayuan_tl310", read_wire(saved.read_bytes()), {})]
        assert "12.5" in values
        assert "connected" in screen.sentence()


def test_readings_of_a_real_line_reach_the_tiles_of_the_bench(lab: Lab) -> None:
    values = {"1": "2.0", "2": "87.2"}
    with live(lab, values, received(lab)) as bench, window(lab, "lin") as shell:
        shell.desk.bench = bench
        shell.go("bench")
        screen = shell.shown
        settle(shell, lambda: screen.mode == "running")
        settle(shell, lambda: "connected" in screen.chips.chips["TL310-1"].accessibleName(), 10)
        press(shell, "G")
        settle(shell, lambda: "87.2" in screen.board.tiles["2"].accessibleName(), 15)
        press(shell, "Return")
        settle(shell, lambda: "Positive" in screen.board.tiles["2"].accessibleName())
        assert screen.mode == "closed"


def test_the_wire_view_is_bounded_and_names_control_characters(lab: Lab) -> None:
    assert lab.accounts
    view = _wire.WireView()
    view.show_instrument("A")
    for number in range(700):
        view.add("A", f"line {number}")
    assert view.document().blockCount() == _wire.KEPT
    assert _wire.readable(b"\x02AB\x03\xff") == "<STX>AB<ETX>·"
    assert _adding.settings_of("/") == {}
    assert _adding.settings_of("code=007; n=7; zero=0") == {"code": "007", "n": 7, "zero": 0}
    view.deleteLater()


def test_another_device_is_seen_and_bound_where_its_readings_wait(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.run(instrument, received(lab))
    lab.value(instrument, "2", "4.2", extra={"device_serial": "SN2"})
    with window(lab, "zheng", "instruments") as shell:
        screen = shell.shown
        settle(shell, lambda: "SN2" in screen.facts.words())
        press(shell, "B")
        assert "held" in screen.sentence()
        screen.asking.fields["reason"].setText("送修换回")
        press(shell, "Return")
        settle(shell, lambda: screen.chosen and screen.chosen.serial == "SN2")
        settle(shell, lambda: "SN2" not in screen.facts.words())
        assert lab.as_("lin").ask(asked.strays) == []


def test_erasing_asks_for_the_name_and_says_why_it_was_refused(lab: Lab) -> None:
    lab.instrument("D1", "dayuan_6a", "DOCUMENT")
    with window(lab, "zheng", "instruments") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        assert [action.destroys for action in shell.acts() if action.key == "Z"] == [True]
        press(shell, "Z")
        assert "ten minutes" in screen.asking._note.text()
        screen.asking.fields["typed"].setText("D1")
        screen.asking.fields["reason"].setText("月末清空")
        press(shell, "Return")
        assert "No line runs" in screen.asking._wrong.text()
        press(shell, "Escape")
        assert not screen.asking.active


def test_a_clock_that_is_off_lasts_as_a_banner(lab: Lab) -> None:
    lab.instrument()
    ahead = clock.local(clock.now()).replace(tzinfo=None) + timedelta(minutes=90)
    lab.value("TL310-1", "1", "2.0", measured_at=ahead)
    with window(lab, "zheng", "today") as shell:
        settle(shell, lambda: "clock.TL310-1" in shell.banners._told)
        _, sentence, _, _ = shell.banners._told["clock.TL310-1"]
        assert "1 h 30 min ahead" in sentence
        shell.go("instruments")
        settle(shell, lambda: "ahead" in shell.shown.facts.words())


def test_what_answers_on_an_idle_port_begins_the_form(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    made = profile("dayuan_tl310")
    assert made.simulator is not None
    with on_pty(made.simulator({}, ())) as port, window(lab, "zheng") as shell:
        monkeypatch.setattr(finding, "idle", lambda _used: [port])  # a pseudo terminal is in no list of ports
        shell.desk.bench = Bench(lab.laboratory)
        shell.go("instruments")
        screen = shell.shown
        settle(shell, lambda: screen.form.form)
        press(shell, "F")
        settle(shell, lambda: screen.found.table.current_key() == port)
        press(shell, "Return")
        raw = screen.form.form.raw()
        assert (raw["port"], raw["profile"]) == (port, "dayuan_tl310")
        assert not screen.found.isVisible()
