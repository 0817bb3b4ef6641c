"""Plates: laid out by keys, given a read, calculated; the curve and every figure stand beside the wells."""

from decimal import Decimal
from typing import Any

from drivers.reading import Flag, Reading
from lims import clock
from lims.queries import plates, reviews
from lims.services import edition, measure, rules
from lims.services.measure import Source
from tests.gui.lab import Lab, Shell, press, settle, window
from tests.laboratory import today

LEVELS = ("0", "0.05", "0.15", "0.45", "1.35", "4.05")
READ = ("1.850", "1.700", "1.430", "0.850", "0.420", "0.190")


def reads(lab: Lab, *flags: Flag, **other: str) -> None:
    """Hand a whole plate over as the reader would."""
    instrument = "P1" if other else lab.instrument("P1", "biorad_550", "DOCUMENT")
    figures = {f"{row}{n}": one for n, one in enumerate(READ, 1) for row in "AB"}
    figures |= {"H1": "0.050", "C1": "0.850", "D1": "0.860", "C2": "2.900", "D2": "2.950"} | other
    entry = next(lab.entries)
    for place, (well, figure) in enumerate(figures.items()):
        reading = Reading(position=well, item="absorbance", value=Decimal(figure), unit="Abs", flags=flags)
        lab.station.do(measure.take_in, Source(instrument, entry, place, clock.now()), reading)


def test_a_plate_is_started_read_calculated_and_closed_into_verdicts(lab: Lab) -> None:
    number = lab.received(1, food="猪肉")[0]
    with window(lab, "lin", "plates") as shell:
        screen = shell.shown
        screen.table.setFocus()
        press(shell, "N")
        lay_out(screen)
        for name, words in {"kit": "KIT", "lot": "LOT-1"}.items():
            screen.heading.fields[name].setText(words)
        fill(screen, ["C1", "D1"], "sample", number)
        fill(screen, ["C2", "D2"], "control", "QC")
        lab.instrument("P1", "biorad_550", "DOCUMENT")
        screen.map.setFocus()
        press(shell, "F6")
        settle(shell, lambda: screen.starting.instrument == "P1" and primary(shell) == "take a read first")
        press(shell, "F8")
        settle(shell, screen.starting.state.isVisible)
        reads(lab, C2="0.850", D2="0.860")
        settle(shell, lambda: screen.read.count() == 1)
        press(shell, "F7")
        settle(shell, lambda: screen.map.words("C1").endswith("0.850"))
        press(shell, "F9")
        settle(shell, lambda: [one.word for one in shell.acts() if one.primary] == ["Close the run"])
        press(shell, "Ctrl+Return")
        settle(shell, lambda: "Valid run" in screen.starting.state.text())
        shell.go("bench")
        bench = shell.shown
        settle(shell, lambda: bench.results.curve is not None and bench.results.curve.isVisible())
        assert bench.results.table.model().index(0, 2).data() == "0.4619 ug/kg"
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    assert (waiting.number, waiting.finding.word) == (number, "positive")


def fill(screen: Any, wells: list[str], role: str, name: str = "", level: str = "") -> None:
    screen.map.mark_wells(wells)
    screen.wells.role.setCurrentIndex(screen.wells.role.findData(role))
    screen.wells.name.setText(name)
    screen.wells.level.setText(level)
    screen.wells.put_in.emit()


def lay_out(screen: Any) -> None:
    for name, words in {
        "name": "CAP 1",
        "item": "氯霉素",
        "unit": "ng/mL",
        "kit": "CAP-ELISA",
        "lot": "L42",
    }.items():
        screen.heading.fields[name].setText(words)
    for place, level in enumerate(LEVELS, 1):
        fill(screen, [f"A{place}", f"B{place}"], "standard", level=level)
    fill(screen, ["H1"], "blank")
    fill(screen, ["C1", "D1"], "sample", "S-1")
    fill(screen, ["C2", "D2"], "sample", "S-2")


def primary(shell: Shell) -> str:
    """Why the main action cannot be done now."""
    return next(one.missing for one in shell.acts() if one.primary)


def test_a_plate_is_laid_out_read_and_calculated(lab: Lab) -> None:
    reads(lab)
    with window(lab, "lin", "plates") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.read.count() == 1)
        screen.table.setFocus()
        press(shell, "N")
        assert primary(shell) == "save the layout first"
        lay_out(screen)
        assert screen.map.words("A3") == "S 0.15"
        screen.map.setFocus()
        press(shell, "F6")
        settle(shell, lambda: screen.table.model().rowCount() == 1 and primary(shell) == "take a read first")
        press(shell, "F7")
        settle(shell, lambda: primary(shell) == "" and screen.map.words("C1") == "S-1\n0.850")
        press(shell, "F9")
        settle(shell, lambda: screen.outcome.table.model().rowCount() == 9)
        rows = {screen.outcome.table.model().index(n, 0).data(): n for n in range(9)}
        read_off = screen.outcome.table.model().index(rows["S-2"], 2).data()
        assert read_off == "<0.05"
        assert "count" in screen.outcome.word.text()
        assert screen.outcome.curve is not None
    (listed,) = lab.as_("wang").ask(plates.listed)
    assert (listed.name, listed.state) == ("CAP 1", "counts")


def test_a_new_plate_is_laid_out_by_its_method_and_scanned_samples_find_their_wells(lab: Lab) -> None:
    assay = {"curve_standards": "0 0.05 0.15 0.45 1.35", "curve_repeats": "2", "curve_blanks": "2",
             "curve_controls": "QC", "curve_dilution": "5", "source": "说明书", "clause": "附录"}  # fmt: skip
    proposed = lab.as_("zheng").do(
        rules.method, "KIT-CAP-ELISA", assay, effective_from=today(), reason="换试剂盒"
    )
    lab.as_("zhao").do(edition.publish, edition=proposed)
    lab.instrument("P1", "biorad_550", "DOCUMENT")
    first, second = lab.received(2, food="猪肉")
    with window(lab, "lin", "plates") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.starting.rule is not None and bool(screen.starting.rule.edition))
        screen.table.setFocus()
        press(shell, "N")
        assert (screen.map.words("E2"), screen.map.words("F1"), screen.map.words("G2")) == (
            "S 1.35",
            "C QC",
            "B",
        )
        assert (screen.heading.fields["unit"].text(), screen.wells.dilution.text()) == ("ng/mL", "5")
        screen.wells.put_in.emit()
        assert screen.map.words("H1") == ""
        for number in (first, second):
            screen.wells.name.setText(number)
            screen.wells.put_in.emit()
        assert screen.map.words("H2") == first[-6:]
        assert screen.map.words("A4") == second[-6:]
        for name, words in {"name": "CAP 1", "kit": "KIT", "lot": "LOT-1"}.items():
            screen.heading.fields[name].setText(words)
        screen.map.setFocus()
        press(shell, "F6")
        settle(shell, lambda: primary(shell) == "take a read first" and screen.starting.instrument == "P1")
        press(shell, "F8")
        settle(shell, screen.starting.state.isVisible)
        assert "run is open" in screen.starting.state.text()


def test_a_number_that_is_none_changes_nothing_and_unverified_bytes_are_compared_first(lab: Lab) -> None:
    reads(lab, Flag.UNVERIFIABLE)
    with window(lab, "lin", "plates") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.read.count() == 1)
        screen.table.setFocus()
        press(shell, "N")
        lay_out(screen)
        fill(screen, ["A1"], "standard", level="much")
        assert screen.map.words("A1") == "S 0"
        fill(screen, ["D2"], "")
        assert screen.map.words("D2") == ""
        press(shell, "F6")
        settle(shell, lambda: primary(shell) == "take a read first")
        missing = {one.word: one.missing for one in shell.acts()}
        assert missing["Take the read"] == "compare it first"
        assert screen.compared.isVisible()
        screen.compared.setChecked(True)
        press(shell, "F7")
        settle(shell, lambda: primary(shell) == "")
