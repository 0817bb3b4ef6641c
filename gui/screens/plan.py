"""The year: what each place still owes this month, early warnings, coverage, the rate of positives; plan and draw."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _pages
from gui.screens._again import Again
from gui.screens._asking import Asked, Asking
from gui.screens._facts import Facts, Line
from gui.widgets import boxes, terms
from gui.widgets.curve import Curve
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import clock
from lims.queries import draws, plans, trend, warnings
from lims.queries.plans import Coverage, Head, Standard, Task
from lims.queries.trend import Month
from lims.queries.warnings import Look
from lims.reports import drawlist
from lims.services import draw, planning
from lims.text import mark, t

TITLE = mark("Plan")
ICON = "plan"
ORDER = 95
OFTEN = "manager"
NEEDS = "sampler technician reviewer manager"
YEARS = 10
"""Years of the curve, this one included."""

COLUMNS = (
    Column("town", mark("Place"), 110, sorts=False),
    Column("group", mark("Product group"), 120, sorts=False),
    Column("stage", mark("Stage"), 96, sorts=False),
    Column("department", mark("Department"), 126, sorts=False),
    Column("owed", mark("Still owed"), 84, "number", sorts=False),
)
DIMENSIONS = {
    "item": mark("Item"), "food": mark("Food"), "business": mark("Business"), "township": mark("Township"),
    "supplier": mark("Producer or supplier"),
}  # fmt: skip


class Screen(QWidget):
    """Tasks at the left; at the right the plan's head, warnings, coverage and the curve of the rate."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.head: Head | None = None
        self._look: Look | None = None
        self._coverage: list[Coverage] = []
        self._standard: list[Standard] = []
        today = clock.local(clock.now()).date()
        self._year = today.year
        self._asked = (
            Again(desk, self, lambda: (plans.tasks, (today,), {}), self._came_tasks),
            Again(desk, self, lambda: (plans.head, (self._year,), {}), self._came_head),
            Again(desk, self, lambda: (warnings.look, (), {}), self._came_look),
            Again(desk, self, lambda: (plans.coverage, (self._year,), {}), self._came_coverage),
            Again(desk, self, lambda: (plans.standard, (), {}), self._came_standard),
            Again(
                desk,
                self,
                lambda: (trend.monthly, (self._year - YEARS + 1, self._year), {}),
                self._came_trend,
            ),
        )
        self._build()

    def _build(self) -> None:
        self.table = Table(COLUMNS, self.desk.work, TITLE, mark("Nothing is owed by the end of this month."),
                           mark("A year without a plan owes nothing: make the plan first."))  # fmt: skip
        self._title, self._basis = Label(role="head"), Label(role="small", wrap=True)
        self.facts, self.asking = Facts(150), Asking(self.desk)
        self.asking.ended.connect(self.desk.changed)
        self.curve = Curve(mark("Rate of positives, month by month"), mark("Month"), mark("Per cent"))
        self.curve.setMinimumHeight(theme.current().px(130))
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self._title, self._basis, self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(
            self.asking, Label(mark("Warnings and coverage"), "head"), self.facts,
            Label(mark("Rate of positives, month by month"), "head"), self.curve, of=right, edge=(8, 0, 0, 0),
        )  # fmt: skip
        column.setStretch(2, 3)
        column.setStretch(4, 2)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(620), px(630)])
        boxes.column(split, of=self, edge=12)

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew."""
        for each in self._asked:
            each.ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow the plan and what is drawn."""
        if getattr(notice, "verb", "planning.").split(".")[0] in {"planning", "intake", "sample"}:
            for each in self._asked[:2]:
                each.ask()

    def _came_tasks(self, tasks: list[Task]) -> None:
        self.table.show_rows([_row(one) for one in tasks])
        if not self.table.current_key():
            self.table.step(0)
        self.desk.changed.emit()

    def _came_head(self, head: Head | None) -> None:
        self.head = head
        self._title.put(t("Owed by the end of the month, {year}", year=self._year))
        self._basis.put(_basis(head))
        self.desk.changed.emit()

    def _came_look(self, look: Look) -> None:
        self._look = look
        self._fill()

    def _came_coverage(self, found: list[Coverage]) -> None:
        self._coverage = found
        self._fill()

    def _came_standard(self, found: list[Standard]) -> None:
        self._standard = found
        self._fill()

    def _came_trend(self, months: list[Month]) -> None:
        self.curve.show_named(_rates(months))

    def _fill(self) -> None:
        self.facts.show_lines([*_alarms(self._look), *_covered(self._coverage), *_equipped(self._standard)])

    # Acting -----------------------------------------------------------------------------------------------

    def make_plan(self) -> None:
        """Ask what the plan is made from, then make it."""
        asked = [
            Asked("base_year", mark("Year of the population"), unseen=False, value=str(self._year)),
            Asked("per_thousand", mark("Samples for 1,000 people"), unseen=False, value="5"),
            Asked("source", mark("Source of the figure"), unseen=False),
        ]
        head = t("Make the plan of {year}", year=self._year)
        note = t("How a year is spread over groups, stages and months is an unverified default.")
        self.asking.begin(head, note, asked, mark("Make the plan"), self._make, self.table)

    def _make(self, said: Mapping[str, str]) -> None:
        base = said["base_year"].strip()
        if not (base.isdecimal() and base.isascii()):
            self.asking.refuse(t("Write the year with four figures."), ("base_year",))
            return
        self.desk.do(planning.make, year=self._year, base_year=int(base), source=said["source"],
                     per_thousand=said["per_thousand"].strip(), then=self._made, failed=self._refused)  # fmt: skip

    def _made(self, samples: int) -> None:
        self.asking.done()
        self.desk.toast(t("The plan asks for {n} samples.", n=samples))
        self.arrived()

    def _refused(self, error: BaseException) -> None:
        self.asking.done()
        self.desk.complain(error)

    def draw_lots(self) -> None:
        """Ask what is drawn for, then draw businesses and samplers and write the list."""
        asked = [
            Asked("purpose", mark("What is drawn for"), unseen=False),
            Asked("count", mark("How many businesses"), unseen=False),
            Asked("witness", mark("Witness"), unseen=False),
            Asked(
                "seed",
                mark("Seed, as it was drawn before the witness (/ takes one by chance)"),
                unseen=False,
                value="/",
            ),
        ]
        note = t(
            "Businesses sampled within 60 days are left out, with that reason. The draw can be replayed by anybody."
        )
        self.asking.begin(t("Random draw"), note, asked, mark("Draw"), self._draw, self.table)

    def _draw(self, said: Mapping[str, str]) -> None:
        count = said["count"].strip()
        if not (count.isdecimal() and count.isascii()):
            self.asking.refuse(t("Write a whole number."), ("count",))
            return
        seed = "" if said["seed"].strip() == "/" else said["seed"]
        self.desk.do(draw.make, purpose=said["purpose"], count=int(count), witness=said["witness"], seed=seed,
                     then=self._drawn, failed=self._refused)  # fmt: skip

    def _drawn(self, id_: str) -> None:
        self.asking.done()
        door, folder = self.desk.door, self.desk.ties.reports
        if folder is not None:
            self.desk.work.run(lambda: _written(door.ask(draws.replay, id_), folder), owner=self, in_order=True,
                               failed=self.desk.complain, then=self._told)  # fmt: skip

    def _told(self, path: object) -> None:
        self.desk.banner("draw", t("Drawn. The list: {file}", file=path), "tell")

    def acts(self) -> list[Action]:
        """Return what can be done now."""
        if self.asking.active:
            return self.asking.acts()
        if not self.desk.may(["manager"]):
            return []
        nowhere = "" if self.desk.ties.reports else t("no folder for reports is known")
        return [
            Action(mark("Random draw"), "F6", self.draw_lots, missing=nowhere),
            Action(mark("Make the plan"), "F2", self.make_plan, primary=self.head is None),
        ]

    def back(self) -> bool:
        """Ask no more."""
        asked = self.asking.active
        if asked:
            self.asking.done()
        return asked

    def sentence(self) -> str:
        """Say where the year stands."""
        return t("What counts is counted from the samples themselves.") if self.head else _basis(None)

    def retranslate(self) -> None:
        """Speak the other language."""
        self.arrived()


def _written(found: draws.Whole, folder: Path) -> Path:
    stated = drawlist.DrawList(
        found.id, found.purpose, found.rule, found.seed, found.frozen_hash, found.witness, found.by, found.at,
        found.drawn, found.excluded,
    )  # fmt: skip
    return _pages.save(drawlist.render(stated), folder / f"draw-{found.id}.pdf")


def _basis(head: Head | None) -> str:
    if head is None:
        return t("This year has no plan yet.")
    figures = {"samples": head.samples, "people": head.people, "year": head.base_year, "county": head.county}
    return t("{samples} samples for {people} people of {year} ({source}); as one county {county}.",
             source=head.source, **figures)  # fmt: skip


def _rates(months: list[Month]) -> list[tuple[str, float | None]]:
    """Return the per cent of each month from the first to the last that has a rate; None where nothing was judged."""
    known = {one.month: float(one.rate) * 100 for one in months if one.rate is not None}
    if not known:
        return []
    first, last = (int(name[:4]) * 12 + int(name[5:]) - 1 for name in (min(known), max(known)))
    names = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, last + 1)]
    return [(name, known.get(name)) for name in names]


def _row(one: Task) -> Row:
    cells = (one.name, terms.term("product_group", one.product_group), terms.term("stage", one.stage),
             terms.term("department", one.department), one.owed)  # fmt: skip
    return Row(f"{one.unit} {one.product_group} {one.stage}", cells)


def _alarms(look: Look | None) -> list[Line]:
    if look is None:
        return []
    if not look.alarms:
        words = t("No cluster among {n} items; a look at nothing alarms in {rate} of cases.", n=look.items,
                  rate=f"{look.false_alarms:.0%}")  # fmt: skip
        return [(t("Early warning"), words, "")]
    return [
        (
            f"{t(DIMENSIONS[one.dimension])} {terms.township(one.value)}",
            t("{positives} of {tested} positive in {days} days, {expected} expected", positives=one.positives,
              tested=one.tested, days=one.days, expected=f"{one.expected:.1f}"),
            "wrong",
        )
        for one in look.alarms
    ]  # fmt: skip


def _covered(found: list[Coverage]) -> list[Line]:
    return [
        (
            f"{one.food} {terms.term('stage', one.stage)}",
            t("{done} of {least} samples", done=one.done, least=one.at_least),
            "" if one.covered else "late",
        )
        for one in found
    ]


def _equipped(found: list[Standard]) -> list[Line]:
    return [
        (
            one.unit,
            f"{t('Standard equipment')} {one.rate * 100:.0f} % {t('format.comma').join(one.lacking)}",
            "",
        )
        for one in found
    ]


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("make", screen.make_plan), ("draw", screen.draw_lots)]
