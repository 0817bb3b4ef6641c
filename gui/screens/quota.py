"""Quota: what each township owes and has, on a map and in a table, and the samples behind every number."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gui import theme, typed
from gui.desk import Action, Desk
from gui.screens import _county_map
from gui.screens._county_map import CountyMap
from gui.widgets import boxes, terms
from gui.widgets.fan import Fan, said_of
from gui.widgets.field import Field, Value
from gui.widgets.form import Form
from gui.widgets.label import Button, Label
from gui.widgets.rows import Column, Row, figure
from gui.widgets.table import Table
from gui.widgets.townmap import PACES, SIGNS, pace
from gui.work import Job
from lims import clock, text
from lims.queries import course, figures
from lims.queries import register as register_lines
from lims.queries.course import Course
from lims.queries.figures import Quota, Town
from lims.queries.samples import Row as Sample
from lims.reports import register
from lims.rules.numbering import spell
from lims.rules.quota import Line
from lims.services import plan
from lims.text import mark, t

TITLE = mark("Quota")
ICON = "quota"
ORDER = 90
OFTEN = "manager sampler"
NEEDS = None
COUNTY = "county"
MANAGER = frozenset({"manager"})


COLUMNS = (
    Column("town", mark("Township"), 92, sorts=False),
    figure("people", mark("Residents"), 70, sorts=False),
    figure("target", mark("Target"), 62, sorts=False),
    figure("laboratory", mark("Laboratory"), 80, sorts=False),
    figure("rapid", mark("Rapid"), 62, sorts=False),
    figure("counted", mark("Counted"), 62, sorts=False),
    figure("due", mark("Due by today"), 86, sorts=False),
    figure("missing", mark("Still owed"), 62, sorts=False),
)
KINDS = {"laboratory": "laboratory", "rapid": "rapid"}
BEHIND = (
    Column("number", mark("Number"), 150), Column("food", mark("Food"), 80),
    Column("business", mark("Business"), 142), Column("kind", mark("Counted as"), 90),
    Column("drawn", mark("Drawn"), 104), Column("state", mark("State"), 84),
)  # fmt: skip
COUNTS = (
    ("laboratory rapid", mark("Laboratory samples and rapid tests")),
    ("laboratory", mark("Laboratory samples alone")),
    ("rapid", mark("Rapid tests alone")),
)


def whole(value: Value) -> str:
    """Say what is wrong with a number of people, or nothing."""
    number = typed.read_number(str(value))
    fits = number is not None and number == number.to_integral_value() and number > 0
    return "" if fits else t("A whole number of people.")


PEOPLE_FORM = (
    Field("people", mark("Residents"), "number", required=True, slash=False, check=whole),
    Field("source", mark("Source of the figure"), required=True, slash=False,
          hint=mark("Yearbook, page, date of the letter")),
)  # fmt: skip
COUNTS_FORM = (Field("kinds", mark("Which samples count"), "choice", COUNTS, required=True, slash=False),)


def write_register(path: Path, lines: Sequence[register_lines.Line], job: Job) -> Path:
    """Write the register as a workbook and return where it lies; for a worker thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    register.write(path, lines, lambda done: job.step(done, len(lines)))
    return path


class Screen(QWidget):
    """Map, table, and below the table what stands behind a number or is entered."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._quota: Quota | None = None
        self._year = clock.local(clock.now()).year
        self._kind, self._entering = "", ""
        self._title, self._legend, self._basis = (
            Label(role="result"),
            Label(role="small"),
            Label(role="small", wrap=True),
        )
        self.map = CountyMap(desk)
        self.table = Table(COLUMNS, desk.work, TITLE)
        self.behind = Table(
            BEHIND, desk.work, mark("Samples behind the number"), mark("No sample stands behind this number.")
        )
        self._behind_head = Label(role="strong")
        self.people, self.counts = Form(PEOPLE_FORM), Form(COUNTS_FORM, columns=1)
        self.outline = Form(_county_map.FORM, columns=1)
        self._fan: Fan | None = None
        self._course, self._said = QWidget(), Label(role="strong", wrap=True)
        self._below = QStackedWidget()
        self._lay()
        self.map.chosen.connect(self._to_town)
        self.table.chosen.connect(self._moved)
        self.table.clicked.connect(self._pressed)
        self.behind.opened.connect(lambda number: desk.go("samples", number=number))
        for form in (self.people, self.counts, self.outline):
            form.changed.connect(desk.changed)

    def _lay(self) -> None:
        before, after = Button(mark("Year before"), "flat", "["), Button(mark("Year after"), "flat", "]")
        before.clicked.connect(lambda: self._turn(-1))
        after.clicked.connect(lambda: self._turn(1))
        for button in (before, after):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left, right, shown = QWidget(), QWidget(), QWidget()
        years = boxes.row(self._title, None, before, after)
        boxes.column(years, self.map, self._legend, self._basis, of=left, edge=(16, 12, 8, 12)).setStretch(
            1, 1
        )
        boxes.column(self._behind_head, self.behind, of=shown, gap=4).setStretch(1, 1)
        for panel in (shown, self.people, self.counts, self.outline):
            self._below.addWidget(panel)
        column = boxes.column(self.table, self._below, of=right, edge=(8, 12, 16, 12))
        column.setStretch(0, 3)
        column.setStretch(1, 2)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(right)
        split.setChildrenCollapsible(False)
        split.setSizes([theme.current().px(480), theme.current().px(780)])
        boxes.row(split, of=self)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: object) -> None:
        """Ask for the figures."""
        self._ask()
        self.map.begin()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, _: object) -> None:
        """Follow what other people draw and enter."""
        self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        if self._quota:
            self._show(self._quota)

    def sentence(self) -> str:
        """Say what is chosen and what Enter shows."""
        if self._entering == "people":
            return t(
                "People of {town} in {year}, with the source they come from.",
                town=self._name(),
                year=self._year,
            )
        if self._entering == "outline":
            return t(
                "Outlines of the townships, by code or name; the tiles stay until the file is found good."
            )
        if self._entering:
            return t("The quota counts what is chosen here, from now on and for every year.")
        if self._quota and not self._quota.towns:
            return t("No township is counted.")
        return t("L: the laboratory's alone; R: rapid tests.")

    def acts(self) -> list[Action]:
        """Offer what stands behind a number, and entering to who may."""
        if self._entering:
            form = self._form()
            missing = t("format.comma").join(form.missing())
            return [
                Action(mark("Leave it as it is"), "Escape", self._leave),
                Action(mark("Save"), "Return", self._save, primary=True,
                       missing=t("still missing: {fields}", fields=missing) if missing else ""),
            ]  # fmt: skip
        offered = [Action(mark("Forecast"), "F7", self.show_forecast)]
        if self.desk.may(MANAGER):
            none = "" if self._town() else t("choose a township first")
            offered += [Action(mark("Enter people"), "F2", self.enter_people, missing=none),
                        Action(mark("Which samples count"), "F6", self.enter_counts),
                        Action(mark("Load a map"), "F9", self.enter_outline)]  # fmt: skip
        nowhere = "" if self.desk.ties.reports else t("no folder for reports is known")
        offered.append(Action(mark("Write the register"), "F8", self._write_register, missing=nowhere))
        return [*offered, Action(mark("Samples behind it"), "Return", self.show_behind, primary=True)]

    def back(self) -> bool:
        """Go from the samples back to the table."""
        if not self.behind.hasFocus():
            return False
        self.table.setFocus()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a kind or a year by its key."""
        written = event.text().upper()
        kinds = {"L": "laboratory", "R": "rapid"}
        if not self._entering and written in kinds:
            self.show_behind(kinds[written])
        elif not self._entering and written in {"[", "]"}:
            self._turn(-1 if written == "[" else 1)
        else:
            super().keyPressEvent(event)

    # Figures ----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.ask(figures.quota, self._year, then=self._show, latest="quota", owner=self)

    def _turn(self, by: int) -> None:
        self._year += by
        self._ask()

    def _show(self, found: Quota) -> None:
        self._quota = found
        self._title.put(f"{t(TITLE)} {found.year}")
        self.map.show_towns(found.towns)
        rows = [
            Row(town.code, _cells(f"{SIGNS[pace(town)]} {town.name}".strip(), town.line))
            for town in found.towns
        ]
        self.table.show_rows([*rows, Row(COUNTY, _cells(t("The county"), found.total))])
        if not self.table.currentIndex().isValid() and found.towns:
            self.table.choose(found.towns[0].code)
        standings = [pace(town) for town in found.towns]
        parts = [f"{SIGNS[each] or '▨'} {t(PACES[each])} {standings.count(each)}" for each in PACES]
        self._legend.put("    ".join(parts))
        self._basis.put(self._words(found))
        self.desk.changed.emit()

    @staticmethod
    def _words(found: Quota) -> str:
        kinds = t("format.comma").join(terms.term("kind", kind) for kind in found.counts)
        words = t("{n} samples for 1,000 people a year. Counted: {kinds}.", n=found.per_thousand, kinds=kinds)
        if found.without_basis:
            lacking = t("The county has no target while {count} townships have no population.",
                        count=len(found.without_basis))  # fmt: skip
            return f"{words} {lacking}"
        return words

    def _town(self) -> Town | None:
        code = self.table.current_key()
        towns: Sequence[Town] = self._quota.towns if self._quota else ()
        return next((town for town in towns if town.code == code), None)

    def _name(self) -> str:
        town = self._town()
        return town.name if town else t("The county")

    def _to_town(self, code: str) -> None:
        self.table.choose(code)
        self.table.setFocus()

    def _moved(self, code: str) -> None:
        self.map.set_current(code)
        self.desk.changed.emit()

    def _pressed(self, index: QModelIndex) -> None:
        self.show_behind(KINDS.get(COLUMNS[index.column()].name, ""))

    # Behind a number --------------------------------------------------------------------------------------

    def show_behind(self, kind: str = "") -> None:
        """Show the samples behind the chosen township's number, of one kind or of all."""
        self._kind = kind
        town, year = self._town(), self._year
        self._leave()
        head = [self._name(), str(year), *([terms.term("kind", kind)] if kind else [])]
        self.desk.ask(
            figures.behind, year, township=town.code if town else "", kind=kind, latest="quota.behind",
            then=lambda found: self._take_behind(head, found), owner=self,
        )  # fmt: skip

    def _take_behind(self, head: Sequence[str], found: Sequence[Sample]) -> None:
        self._behind_head.put(t("{what}: {count} samples", what=" · ".join(head), count=len(found)))
        self.behind.show_rows([
            Row(one.number, (spell(one.number), one.food, one.business, terms.term("kind", one.kind),
                             text.date(one.drawn_at), terms.state(one.state)))
            for one in found
        ])  # fmt: skip

    # The register -----------------------------------------------------------------------------------------

    def _write_register(self) -> None:
        self.desk.ask(register_lines.lines, self._year, then=self._write, latest="quota.register", owner=self)

    def _write(self, lines: Sequence[register_lines.Line]) -> None:
        if self.desk.ties.reports:
            path = self.desk.ties.reports / f"register-{self._year}.xlsx"
            self.desk.run(write_register, path, lines, then=self._written,
                          words=mark("The register is being written …"))  # fmt: skip

    def _written(self, path: Path) -> None:
        self.desk.banner("register", t("The register is written: {file}", file=path), "tell")

    # Entering ---------------------------------------------------------------------------------------------

    def _enter(self, what: str, form: Form, answers: Mapping[str, str]) -> None:
        self._entering = what
        form.clear()
        form.fill(answers)
        self._below.setCurrentWidget(form)
        next(iter(form.boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def enter_people(self) -> None:
        """Ask for the population of the chosen township."""
        town = self._town()
        if town is not None:
            people = "" if town.line.people is None else str(town.line.people)
            self._enter("people", self.people, {"people": people, "source": town.source})

    def enter_counts(self) -> None:
        """Ask which kinds of samples count."""
        self._enter("counts", self.counts, {"kinds": " ".join(self._quota.counts) if self._quota else ""})

    def enter_outline(self) -> None:
        """Ask for a boundary file."""
        self._enter("outline", self.outline, {})

    def _form(self) -> Form:
        return {"people": self.people, "counts": self.counts, "outline": self.outline}[self._entering]

    def show_forecast(self) -> None:
        """Show how the year went in the chosen township, and what it will come to."""
        town = self._town()
        self._leave()
        self.desk.ask(course.course, self._year, township=town.code if town else "", then=self._draw,
                      latest="quota.course", owner=self)  # fmt: skip

    def _draw(self, found: Course) -> None:
        """Draw a course; the plot is made when the first one comes."""
        if self._fan is None:
            self._fan = Fan()
            boxes.column(self._said, self._fan, of=self._course, gap=4).setStretch(1, 1)
            self._below.addWidget(self._course)
        self._said.put(f"{self._name()} {found.year} · {said_of(found)}")
        self._fan.show_course(found)
        self._below.setCurrentWidget(self._course)

    def _leave(self) -> None:
        self._entering = ""
        self._below.setCurrentIndex(0)
        self.table.setFocus()
        self.desk.changed.emit()

    def _save(self) -> None:
        if self._entering == "people":
            people = typed.read_number(self.people.boxes["people"].raw())
            self.desk.do(
                plan.population, township=self.table.current_key(), year=self._year, people=int(people or 0),
                source=self.people.boxes["source"].raw().strip(), then=lambda _: self._saved(),
            )  # fmt: skip
        elif self._entering == "outline":
            self.map.load(self.outline.boxes["file"].raw().strip())
            self._leave()
        else:
            self.desk.do(plan.count_kinds, self.counts.boxes["kinds"].raw(), then=lambda _: self._saved())

    def _saved(self) -> None:
        self._leave()
        self._ask()
        self.desk.toast(t("Saved."))


def _cells(name: str, line: Line) -> tuple[object, ...]:
    return (name, line.people, line.target, line.laboratory, line.rapid, line.counted, line.due, line.missing)


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("behind", screen.show_behind), ("people", screen.enter_people), ("counts", screen.enter_counts),
            ("forecast", screen.show_forecast), ("outline", screen.enter_outline)]  # fmt: skip
