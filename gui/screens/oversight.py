"""Review of the trail: what the rules found, what stands behind it, and a signed word on what came of it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes
from gui.screens._facts import Facts, Line, Reason
from gui.screens._lookup import lines
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.queries import oversight, search
from lims.queries.oversight import Finding
from lims.queries.search import Detail
from lims.services import oversight as verbs
from lims.services.oversight import Point
from lims.text import mark, t

TITLE = mark("Trail review")
ICON = "review"
ORDER = 125
OFTEN = "manager reviewer"
NEEDS = "manager reviewer"

DAYS = (7, 30, 90, 366)
COLUMNS = (
    Column("kind", mark("Finding"), 130, sorts=False),
    Column("at", mark("When"), 150, sorts=False),
    Column("who", mark("Who"), 90, sorts=False),
    Column("verb", mark("Act"), 120, sorts=False),
    Column("subject", mark("About"), 150, sorts=False),
    Column("outcome", mark("Outcome"), 110, sorts=False),
)


class Screen(QWidget):
    """The findings at the left, the act behind the one with the cursor at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._found: dict[str, Finding] = {}
        self._settled = False
        self.days = QComboBox()
        self.table = Table(COLUMNS, desk.work, TITLE, mark("The rules find nothing to look at."))
        self.head, self.facts, self.reason = Label(role="head", wrap=True), Facts(110), Reason(desk)
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(boxes.row(self.days, None), self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(self.head, self.reason, self.facts, of=right, edge=(8, 0, 0, 0))
        column.setStretchFactor(self.facts, 1)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(820), px(430)])
        boxes.column(split, of=self, edge=12)
        self._dress()
        self.days.setCurrentIndex(1)
        self.days.currentIndexChanged.connect(self._ask)
        self.table.chosen.connect(self._choose)

    def _dress(self) -> None:
        for at, count in enumerate(DAYS):
            words = t("the last {count} days", count=count)
            self.days.setItemText(at, words) if self.days.count() > at else self.days.addItem(words, count)
        self.days.setAccessibleName(t("How far back"))

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Read the findings anew."""
        self._ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's notice
        """Follow reviews of others; findings themselves are read on arrival and on F5."""
        if getattr(notice, "verb", "") == "oversight.settle":
            self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._dress()
        self._show(list(self._found.values()))

    def sentence(self) -> str:
        """Say what a review is."""
        if self.reason.active:
            return t("The remarks stay in the log with your name.")
        return t("Look at what stands behind a finding, then say what came of it.")

    def acts(self) -> list[Action]:
        """Return what can be done with the finding under the cursor."""
        if self.reason.active:
            return self.reason.acts()
        word = mark("Only what is open") if self._settled else mark("What was settled too")
        missing = self._missing()
        return [
            Action(mark("Read anew"), "F5", self._ask),
            Action(word, "A", self._toggle),
            Action(mark("Something was done"), "U", lambda: self._begin("followed_up"), missing=missing),
            Action(
                mark("In order"), "Return", lambda: self._begin("accepted"), primary=True, missing=missing
            ),
        ]

    def _missing(self) -> str:
        one = self._one()
        if one is None:
            return t("choose a finding first")
        return t("it was settled") if one.outcome else ""

    # Asking and showing -----------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.ask(oversight.queue, days=int(self.days.currentData() or 30), settled=self._settled,
                          then=self._show, latest="oversight.queue", owner=self)  # fmt: skip

    def _toggle(self) -> None:
        self._settled = not self._settled
        self._ask()

    def _show(self, found: Sequence[Finding]) -> None:
        self._found = {f"{one.station}:{one.seq}:{one.kind}:{one.subject}": one for one in found}
        self.table.show_rows([_row(key, one) for key, one in self._found.items()])
        if not self.table.current_key() and self._found:
            self.table.step(0)
        self.desk.badged.emit("oversight", sum(not one.outcome for one in found))
        self._choose(self.table.current_key())

    def _one(self) -> Finding | None:
        return self._found.get(self.table.current_key())

    def _choose(self, key: str) -> None:
        one = self._found.get(key)
        self.head.put(_codes.coded("finding", one.kind) if one else "")
        self.facts.show_lines(_finding(one) if one else [])
        if one is not None and self.desk.session is not None:
            self.desk.ask(search.act, one.station, one.seq, latest="oversight.act", owner=self,
                          then=lambda act: self._detail(key, act), failed=lambda _: None)  # fmt: skip
        self.desk.changed.emit()

    def _detail(self, key: str, act: Detail) -> None:
        one = self._found.get(key)
        if one is not None and key == self.table.current_key():
            self.facts.show_lines([*_finding(one), *lines(act)])

    # Settling ---------------------------------------------------------------------------------------------

    def _begin(self, outcome: str) -> None:
        one = self._one()
        if one is not None:
            question = (mark("What was looked at, and why is it in order?") if outcome == "accepted"
                        else mark("What was found, and what was done about it?"))  # fmt: skip
            self.reason.begin(
                question, mark("Sign the review"), lambda why: self._settle(one, outcome, why), self.table
            )

    def _settle(self, one: Finding, outcome: str, remarks: str) -> None:
        record = " · ".join(
            [_codes.coded("finding", one.kind), f"{one.station} {one.seq}", one.subject, remarks]
        )
        self.desk.do_signed(verbs.settle, [Point(one.station, one.seq, one.kind)], outcome=outcome, remarks=remarks,
                            records=[record], meaning="复核",
                            then=lambda _: self.desk.toast(t("The review stands in the log.")))  # fmt: skip


def _row(key: str, one: Finding) -> Row:
    cells = (
        _codes.coded("finding", one.kind), text.moment(_codes.moment(one.at)) if one.at else "", one.who,
        _codes.coded("verb", one.verb) if one.verb else "", one.subject, _outcome(one),
    )  # fmt: skip
    return Row(key, cells, "muted" if one.outcome else "")


def _outcome(one: Finding) -> str:
    return f"{_codes.coded('oversight_outcome', one.outcome)} · {one.reviewer}" if one.outcome else ""


def _seen(name: str, said: str) -> str:
    if name != "doubts":
        return said
    return t("format.comma").join(_codes.coded("doubt", doubt) for doubt in said.split())


def _finding(one: Finding) -> list[Line]:
    told: list[Line] = [
        (_codes.coded("finding_detail", name), _seen(name, words), "late")
        for name, words in one.detail.items()
    ]
    return [
        (t("About"), one.subject, ""),
        *told,
        (t("Outcome"), _outcome(one), "good"),
        (t("Remarks"), one.remarks, ""),
    ]


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("settling", lambda: screen._begin("accepted"))]  # noqa: SLF001 - the gallery shows what a key does
