"""The bench with real keys and scans on a real laboratory: placing, starting, live readings, closing."""

from datetime import UTC, datetime

from drivers.reading import Reading
from gui.desk import Scan
from gui.shell import Shell
from lims.queries import bench, samples
from lims.services import measure
from lims.services.measure import Source
from tests.gui.lab import Lab, press, received, scan, settle, window, write


def words(shell: Shell) -> str:
    return " ".join(tile.accessibleName() for tile in shell.shown.board.tiles.values())


def test_without_an_instrument_it_says_what_to_do_first(lab: Lab) -> None:
    with window(lab, "lin", "bench") as shell:
        assert "Add an instrument under Instruments first." in shell.shown.sentence()
        scan(shell, received(lab)[0])
        assert shell.acts() == []


def test_samples_are_placed_by_scanning_in_order_and_the_run_starts_with_enter(lab: Lab) -> None:
    lab.instrument()
    first, second = received(lab, 2)
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chips.current)
        press(shell, "B")
        scan(shell, first)
        scan(shell, second)
        assert [one.sample for one in screen.bound.values()] == ["", first, second]
        assert list(screen.bound) == ["1", "2", "3"]
        assert "lot" in shell.acts()[-1].missing
        press(shell, "L")
        write("LOT-1", screen.lot)
        press(shell, "Return")
        settle(shell, lambda: screen.mode == "running")
        run = lab.as_("lin").ask(bench.current, "TL310-1")
        assert run is not None
        assert (run.lot, [place.sample for place in run.places]) == ("LOT-1", ["", first, second])


def test_the_code_of_a_kit_gives_the_lot_and_a_number_in_an_address_the_sample(lab: Lab) -> None:
    lab.instrument()
    (number,) = received(lab)
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chips.current)
        scan(shell, "FOB2,20221003,123963,0.1,76680.6,38051200,0.85")
        settle(shell, lambda: screen.lot.text() == "20221003")
        shell.scanned(Scan(f"http://a.example/?SampleNumber={number}&v=1"))
        settle(shell, lambda: [one.sample for one in screen.bound.values()] == [number])
        assert screen.lot.text() == "20221003"


def test_what_may_not_be_placed_is_refused_with_the_reason(lab: Lab) -> None:
    lab.instrument()
    (good,) = received(lab)
    drawn = lab.draw()
    with window(lab, "lin", "bench") as shell:
        screen, told = shell.shown, []
        settle(shell, lambda: screen.chips.current)
        shell.desk.told.connect(lambda _, sentence: told.append(sentence))
        for code in ("6901234567892", drawn, good, good):
            scan(shell, code)
        assert [one.sample for one in screen.bound.values()] == [good]
        assert "no sample of ours" in told[0]
        assert "cannot be tested now: Drawn" in told[1]
        assert "channel 1 already" in told[2]


def test_arrows_move_and_backspace_takes_out(lab: Lab) -> None:
    lab.instrument()
    (number,) = received(lab)
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chips.current)
        press(shell, "Right", "Right")
        scan(shell, number)
        assert list(screen.bound) == ["3"]
        press(shell, "Backspace")
        assert screen.bound == {}
        press(shell, "C")
        assert [one.role for one in screen.bound.values()] == ["control"]


def test_readings_appear_without_refresh_and_closing_gives_verdicts(lab: Lab) -> None:
    lab.instrument()
    numbers = received(lab, 2)
    lab.run("TL310-1", numbers)
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.mode == "running")
        assert "3 channels have no reading" in shell.acts()[-1].missing
        lab.value("TL310-1", "1", "2.0")
        lab.value("TL310-1", "2", "12.5")
        lab.value("TL310-1", "3", "87.2")
        settle(shell, lambda: "87.2" in words(shell))
        assert "Control good" in words(shell)
        assert "Negative" not in words(shell), "no verdict before the controls are judged"
        press(shell, "Return")
        settle(shell, lambda: screen.mode == "closed")
        settle(shell, lambda: "Positive" in words(shell) and "Negative" in words(shell))
        assert "Valid run" in screen.results.head.text()
        assert "control good today" in screen.chips.chips["TL310-1"].accessibleName()


def test_a_void_channel_says_why_and_a_failed_blank_spoils_the_run(lab: Lab) -> None:
    lab.instrument()
    (number,) = received(lab)
    lab.run("TL310-1", [number])
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.mode == "running")
        lab.value("TL310-1", "1", "45.0")
        lab.reads("TL310-1", Reading(position="2", record="9"))
        settle(shell, lambda: "no value" in words(shell) and "out of its limits" in words(shell))
        press(shell, "Return")
        settle(shell, lambda: "Invalid run" in screen.results.head.text())
        found_ = lab.as_("lin").ask(samples.by_number, number)
        assert found_ is not None
        assert found_.state == "received"


def test_a_strip_shows_its_curve(lab: Lab) -> None:
    lab.instrument("CARD-1", "dayuan_cards")
    (number,) = received(lab, food="对虾")
    run = lab.as_("lin").do(
        measure.start_run, instrument="CARD-1", method="KIT-CAP-STRIP", lot="LOT-1",
        bindings=[measure.Binding("1", "sample", number), measure.Binding("2", "control")],
    )  # fmt: skip
    assert run
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.mode == "running")
        curve = [1000 - (600 if 28 < at < 34 else 300 if 52 < at < 58 else 0) for at in range(90)]
        extra = {"samples": " ".join(map(str, curve)), "c_index": "31", "t_index": "55", "c_height": "600",
                 "t_height": "300", "t_over_c": "0.5000"}  # fmt: skip
        lab.station.do(
            measure.take_in, Source("CARD-1", 1, 0, datetime.now(UTC)), Reading(position="1", extra=extra)
        )
        settle(shell, lambda: not screen.strip.isHidden())
        assert "0.5000" in screen.strip.facts.words()
        assert "0.5000 T/C" in words(shell)


def test_it_fits_a_small_screen_and_speaks_both_languages(lab: Lab) -> None:
    lab.instrument()
    with window(lab, "lin", "bench", size=(1024, 600)) as shell:
        settle(shell, lambda: shell.shown.chips.current)
        assert shell.width() == 1024
        shell.speak("zh_CN")
        assert "请扫第一份样品" in shell.shown.sentence()
        assert shell.acts()[0].word == "Blank"
