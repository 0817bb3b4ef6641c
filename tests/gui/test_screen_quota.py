"""Quota and people: figures on a map and in a table, what stands behind them, and who may change what."""

import json
from pathlib import Path

from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gui.widgets import townmap
from lims import clock
from lims.queries import figures, people
from lims.services import enrol, plan
from tests.gui import lab as own

YEAR = clock.local(clock.now()).year
FENGCHENG, CHANGLONG = "350122100", "350122107"


def test_a_township_without_a_population_is_hatched_and_has_no_pace(lab: own.Lab) -> None:
    own.drawn(lab, 2)
    lab.as_("zheng").do(plan.population, township=CHANGLONG, year=YEAR, people=200, source="年鉴")
    with own.window(lab, "zheng", "quota") as shell:
        towns = {town.code: town for town in shell.shown._quota.towns}
        assert townmap.pace(towns[FENGCHENG]) == ""
        assert townmap.pace(towns[CHANGLONG]) in {"behind", "on_pace"}
        assert "凤城镇: no population" in shell.shown.map.accessibleName()
        assert "townships have no population" in shell.shown._basis.text()


def test_every_township_has_a_place_of_its_own_on_the_map(lab: own.Lab) -> None:
    names = [town.name for town in lab.as_("zheng").ask(figures.quota, YEAR).towns]
    assert len({townmap.PLACES[name] for name in names}) == len(names) == 22


def test_enter_and_letters_show_the_samples_behind_a_number(lab: own.Lab) -> None:
    rapid = own.drawn(lab, 2)
    own.drawn(lab, 1, kind="laboratory")
    with own.window(lab, "zheng", "quota") as shell:
        own.press(shell, "Return")
        assert shell.shown.behind.model().rowCount() == 3
        own.press(shell, "R")
        assert shell.shown.behind.model().rowCount() == 2
        assert shell.shown._behind_head.text().endswith("2 samples")
        shell.shown.behind.opened.emit(rapid[0])
        own.settle(shell)
        assert shell.name == "samples"


def test_a_press_on_a_tile_goes_to_its_row(lab: own.Lab) -> None:
    with own.window(lab, "wang", "quota") as shell:
        tile = shell.shown.map.tiles._tile(*townmap.PLACES["长龙镇"])
        QTest.mouseClick(shell.shown.map.tiles, Qt.MouseButton.LeftButton, pos=QPoint(tile.center()))
        assert shell.shown.table.current_key() == CHANGLONG
        assert [action.key for action in shell.acts()] == ["F7", "F8", "Return"]


def test_the_manager_enters_people_with_their_source(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "quota") as shell:
        own.press(shell, "F2")
        QTest.keyClicks(own.focused(), "61490", delay=35)
        own.press(shell, "Return")
        assert not lab.as_("zheng").ask(figures.quota, YEAR).towns[0].line.basis
        own.press(shell, "Tab")
        own.write("连江县统计年鉴 2025")
        own.press(shell, "Return")
        town = lab.as_("zheng").ask(figures.quota, YEAR).towns[0]
        assert (town.line.people, town.line.target, town.source) == (61490, 308, "连江县统计年鉴 2025")
        own.settle(shell, lambda: shell.shown._quota.towns[0].line.people == 61490)


def test_the_manager_chooses_which_samples_count(lab: own.Lab) -> None:
    own.drawn(lab, 2)
    with own.window(lab, "zheng", "quota") as shell:
        own.press(shell, "F6", "Down", "Return")
        own.settle(shell, lambda: shell.shown._quota.counts == ("laboratory",))
        assert shell.shown._quota.towns[0].line.counted == 0


def test_brackets_turn_the_year(lab: own.Lab) -> None:
    with own.window(lab, "wang", "quota") as shell:
        own.press(shell, "[")
        assert shell.shown._title.text() == f"Quota {YEAR - 1}"


def test_f8_writes_the_register_as_a_workbook(lab: own.Lab) -> None:
    (number,) = own.drawn(lab)
    with own.window(lab, "zheng", "quota") as shell:
        own.press(shell, "F8")
        path = lab.laboratory.folder.reports / f"register-{YEAR}.xlsx"
        own.settle(shell, lambda: shell.desk.work.idle and path.is_file())
        sheet = load_workbook(path).worksheets[0]
        assert sheet.cell(2, 1).value == number
        assert any(str(path) in words for words in shell.banners.sentences())


def held(lab: own.Lab, login: str) -> tuple[str, ...]:
    return next((one.roles for one in lab.as_("admin").ask(people.people) if one.login == login), ())


def test_the_administrator_adds_a_person_who_can_sign_in(lab: own.Lab) -> None:
    with own.window(lab, "admin", "people") as shell:
        own.press(shell, "F2")
        for words in ("huang", "黄新来", "short"):
            own.write(words)
            own.press(shell, "Tab")
        own.press(shell, "Space", "Tab", "Space", "Shift+Tab", "Shift+Tab", "Return")
        assert held(lab, "huang") == ()
        password = shell.shown.fields["password"]
        assert any("8" in label.text() for label in password.findChildren(QLabel))
        own.write("short-Kuaijian")
        own.press(shell, "Return")
        own.settle(shell, lambda: held(lab, "huang"))
        assert held(lab, "huang") == ("sampler", "technician")
    assert enrol.sign_in(lab.station, "huang", "short-Kuaijian").actor.name == "黄新来"


def test_digits_change_roles_and_the_administrator_stays_alone(lab: own.Lab) -> None:
    with own.window(lab, "admin", "people") as shell:
        assert shell.shown.table.choose(lab.accounts["lin"])
        own.settle(shell)
        own.press(shell, "3", "Return")
        own.settle(shell, lambda: held(lab, "lin") == ("reviewer", "technician"))
        own.press(shell, "6")
        assert "no other role" in next(action.missing for action in shell.acts() if action.primary)
        own.press(shell, "Escape")
        assert shell.shown._chosen == {"reviewer", "technician"}
    with own.window(lab, "lin") as shell:
        assert "people" not in {place.name for place in shell.places()}


def test_a_boundary_file_draws_the_county_and_names_who_is_not_on_it(lab: own.Lab, tmp_path: Path) -> None:
    square = [[[119.5, 26.2], [119.6, 26.2], [119.6, 26.3], [119.5, 26.3], [119.5, 26.2]]]
    beside = [[[119.6, 26.2], [119.7, 26.2], [119.7, 26.3], [119.6, 26.3], [119.6, 26.2]]]
    features = [
        {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": ring}}
        for said, ring in (
            ({"code": FENGCHENG}, square),
            ({"name": "长龙镇"}, beside),
            ({"name": "外县"}, square),
        )
    ]
    good, bad = tmp_path / "county.geojson", tmp_path / "bad.geojson"
    good.write_text(json.dumps({"features": features}), "utf-8")
    bad.write_text("no map", "utf-8")
    with own.window(lab, "zheng", "quota") as shell:
        screen = shell.shown
        for file, drawn in ((bad, False), (good, True)):
            own.press(shell, "F9")
            screen.outline.fill({"file": str(file)})
            own.press(shell, "Return")
            own.settle(shell)
            assert (screen.map.currentWidget() is screen.map.outlines) == drawn
        said = " ".join(label.text() for label in shell.findChildren(QLabel))
        assert "No township is called 外县." in said
        middle = screen.map.outlines.paths[CHANGLONG].boundingRect().center().toPoint()
        QTest.mouseClick(screen.map.outlines, Qt.MouseButton.LeftButton, pos=middle)
        own.settle(shell)
        assert screen.table.current_key() == CHANGLONG
    with own.window(lab, "zheng", "quota") as again:
        own.settle(again, lambda: again.shown.map.currentWidget() is again.shown.map.outlines)
        own.press(again, "F7")
        own.settle(again, lambda: again.shown._fan is not None)
        assert "counted" in again.shown._said.text()
