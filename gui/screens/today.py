"""Today: what must be done now, what today, what to keep an eye on; each line opens its work."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.mishap import guarded, signed
from gui.screens._clock import Clocks
from gui.widgets import boxes, terms
from gui.widgets.label import Elided, Label
from lims import clock, text
from lims.queries import beginning, custody, figures, worklist
from lims.queries.custody import Lacking
from lims.queries.figures import Quota
from lims.queries.worklist import Today
from lims.rules import regulation
from lims.text import mark, t

TITLE = mark("Today")
ICON = "today"
ORDER = 10
OFTEN = "sampler technician reviewer signatory manager administrator"
NEEDS = None

GAPS = (7, 60)
"""Days back, and samples at most, that are looked through for gaps in custody."""
RESTING = 300.0
"""Seconds until they are looked through again, since each sample's whole custody is read."""
SOON = 400
"""Milliseconds between a change and the counts that follow it, so that a flood asks once."""

NOW, DAY, WATCH = mark("Now"), mark("For today"), mark("Keep an eye on")
CALM = {
    NOW: mark("Nothing is pressing."),
    DAY: mark("Nothing waits."),
    WATCH: mark("Nothing stands out."),
}
ONE = {
    "instruments are cut off": mark("instrument is cut off"),
    "runs today without a valid control": mark("run today without a valid control"),
    "positive results to review": mark("positive result to review"),
    "positives at vans, reviewed there": mark("positive at a van, reviewed there"),
    "deadlines of positives ran out": mark("deadline of a positive ran out"),
    "deadlines of positives within four hours": mark("deadline of a positive within four hours"),
    "runs are going on": mark("run is going on"),
    "samples to receive": mark("sample to receive"),
    "samples to test": mark("sample to test"),
    "results to review": mark("result to review"),
    "slips to issue": mark("slip to issue"),
    "first steps are left": mark("first step is left"),
    "suspect results to review": mark("suspect result to review"),
    "open cases of positives": mark("open case of a positive"),
    "readings that nobody claims": mark("reading that nobody claims"),
    "broken frames today": mark("broken frame today"),
    "samples of this week with a gap in custody": mark("sample of this week with a gap in custody"),
    "townships behind the quota": mark("township behind the quota"),
    "townships without a population": mark("township without a population"),
}
"""The words of a line where one thing waits, by those for several; Chinese has one form."""
SIGNS = {"positive": "●", "suspect": "△", "text": "·"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: how many, of what (message id), where it is done, and how serious it is."""

    count: int
    words: str
    screen: str
    tone: str = "text"
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The words (message id) that fit the count."""
        return ONE.get(self.words, self.words) if self.count == 1 else self.words


def now_lines(found: Today, lost: int, reviewer: bool = False) -> list[Line]:
    """Return what cannot wait; a van's positive opens the review of who reviews, else its sample."""
    away = ("review", {}) if reviewer else ("samples", {"number": found.newest_away})
    return [
        Line(lost, mark("instruments are cut off"), "instruments", "positive"),
        Line(found.invalid_runs, mark("runs today without a valid control"), "bench", "positive"),
        Line(found.positives, mark("positive results to review"), "review", "positive"),
        Line(found.away, mark("positives at vans, reviewed there"), away[0], "positive", away[1]),
        Line(found.lapsed, mark("deadlines of positives ran out"), "disputes", "positive"),
        Line(found.soon, mark("deadlines of positives within four hours"), "disputes", "positive"),
        Line(found.open_runs, mark("runs are going on"), "bench"),
    ]


def day_lines(found: Today) -> list[Line]:
    """Return the day's work in the order a sample goes."""
    return [
        Line(found.to_receive, mark("samples to receive"), "reception"),
        Line(found.to_test, mark("samples to test"), "bench"),
        Line(found.to_review, mark("results to review"), "review"),
        Line(found.to_issue, mark("slips to issue"), "reports"),
    ]


def watch_lines(
    found: Today, quota: Quota | None, lacking: Sequence[Lacking] = (), steps: int = 0
) -> list[Line]:
    """Return what is no task yet; a gap of custody opens the newest sample that has one."""
    gap = {"number": lacking[0].number} if lacking else {}
    towns = quota.towns if quota else ()
    behind = sum(1 for town in towns if town.line.due is not None and town.line.counted < town.line.due)
    return [
        Line(steps, mark("first steps are left"), "guide"),
        Line(found.suspects, mark("suspect results to review"), "review", "suspect"),
        Line(found.cases, mark("open cases of positives"), "disputes", "suspect"),
        Line(found.strays, mark("readings that nobody claims"), "strays", "suspect"),
        Line(found.faults, mark("broken frames today"), "instruments", "suspect"),
        Line(len(lacking), mark("samples of this week with a gap in custody"), "custody", "suspect", gap),
        Line(behind, mark("townships behind the quota"), "quota", "suspect"),
        Line(len(quota.without_basis) if quota else 0, mark("townships without a population"), "quota"),
    ]


def reachable(desk: Desk, screen: str) -> bool:
    """Tell whether this person may go to a screen that is there."""
    module = sys.modules.get(f"gui.screens.{screen}")
    needs = getattr(module, "NEEDS", None)
    wanted = needs.split() if isinstance(needs, str) else needs
    return module is not None and desk.may(wanted)


class LineButton(QPushButton):
    """A line that opens its work: key, sign, count, words."""

    def __init__(self, line: Line, key: str, tell: Desk) -> None:
        super().__init__()
        self.line, self.key, self._desk = line, key, tell
        self.setAutoDefault(False)
        self.setAccessibleName(self.said())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        parts = (
            (key, "muted", 16),
            (SIGNS[line.tone], {"positive": "wrong", "suspect": "late"}.get(line.tone, "muted"), 16),
            (text.number(line.count), "head", 36),
        )
        inside = boxes.row(of=self, edge=(12, 0, 12, 0), gap=8)
        for words, role, width in parts:
            label = Label(role=role)
            label.put(words)
            label.setMinimumWidth(theme.current().px(width))
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            inside.addWidget(label)
        words_label = Elided(line.shown)
        words_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside.addWidget(words_label, 1)

    def said(self) -> str:
        """Return the line in words."""
        return f"{text.number(self.line.count)} {t(self.line.shown)}"

    def sizeHint(self) -> QSize:
        """Ask for the height of a control; the words decide the width."""
        return QSize(super().sizeHint().width(), theme.current().size("control"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Have the action bar say what Enter opens now."""
        super().focusInEvent(event)
        self._desk.changed.emit()


class StateBar(QWidget):
    """Today's samples by state: one thin bar, and under it each state with its sign and number."""

    SHADES: ClassVar[Mapping[str, str]] = {
        "drawn": "edge", "received": "accent", "rejected": "positive", "testing": "suspect",
        "tested": "muted", "reviewed": "negative", "certified": "text", "void": "line",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._states: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.current().px(40))

    def show_states(self, states: Mapping[str, int]) -> None:
        """Show numbers by state, in the order of a sample's life."""
        self._states = [
            (one.code, states[one.code]) for one in regulation.vocabulary("state") if states.get(one.code)
        ]
        self.setAccessibleName(self.words())
        self.update()

    def words(self) -> str:
        """Return the bar in words."""
        if not self._states:
            return t("No sample was drawn today.")
        return "   ".join(f"{terms.state(code)} {count}" for code, count in self._states)

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the bar and its words."""
        painter, look = QPainter(self), theme.current()
        bar = QRect(0, look.px(4), self.width(), look.px(8))
        painter.fillRect(bar, look.colour("line"))
        whole = sum(count for _, count in self._states)
        left = 0
        for code, count in self._states:
            wide = max(look.px(4), bar.width() * count // whole)
            painter.fillRect(
                QRect(left, bar.top(), wide - look.px(2), bar.height()),
                look.colour(self.SHADES.get(code, "muted")),
            )
            left += wide
        painter.setFont(look.font("small"))
        painter.setPen(look.colour("muted"))
        words = QRect(0, look.px(16), self.width(), self.height() - look.px(16))
        shown = painter.fontMetrics().elidedText(self.words(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class Screen(QWidget):
    """Three columns of lines and the bar of the day."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._today: Today | None = None
        self._quota: Quota | None = None
        self._lacking: Sequence[Lacking] = ()
        self._looked = -RESTING
        self._steps = 0
        self.lines: list[LineButton] = []
        self._day, self.bar = Label(role="result"), StateBar()
        self._columns = {head: boxes.column(gap=4) for head in (NOW, DAY, WATCH)}
        self._lay()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SOON)
        self._later.timeout.connect(self._ask)
        self.clocks = Clocks(desk, self)
        desk.noticed.connect(self.clocks.follow)
        desk.noticed.connect(self._noticed)
        desk.flooded.connect(self._noticed)

    def _lay(self) -> None:
        top = boxes.row(self._day, self.bar, gap=24)
        top.setStretchFactor(self.bar, 1)
        panels = [boxes.panel(Label(head, "head"), inside, None) for head, inside in self._columns.items()]
        row = boxes.row(*panels, gap=12)
        for at in range(len(panels)):
            row.setStretch(at, 1)
        whole = boxes.column(top, row, of=self, edge=16, gap=12)
        whole.setStretch(1, 1)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: object) -> None:
        """Ask anew what waits."""
        self.setFocus()
        self._ask()
        self.clocks.ask()
        self.desk.ask(
            figures.quota,
            clock.local(clock.now()).year,
            then=self._take_quota,
            latest="today.quota",
            owner=self,
        )
        if clock.monotonic() - self._looked > RESTING:
            self._looked = clock.monotonic()
            self.desk.ask(custody.lacking, days=GAPS[0], count=GAPS[1], then=self._take_lacking,
                          latest="today.gaps", owner=self)  # fmt: skip

    def refresh(self, _: object) -> None:
        """Follow the laboratory; the same notice has come by the desk already."""

    def retranslate(self) -> None:
        """Write everything anew."""
        self._show()

    def sentence(self) -> str:
        """Say what Enter opens, or that nothing waits."""
        if self._today is None:
            return t("One moment, the work is being counted …")
        if line := self._current():
            return t("Enter opens: {line}. The digits open the other lines.", line=line.said())
        return t("Nothing waits for you.")

    def acts(self) -> list[Action]:
        """Offer to open the line under the cursor."""
        missing = "" if self._current() else t("nothing waits")
        return [Action(mark("Open"), "Return", self._open, primary=True, missing=missing)]

    # Lines ------------------------------------------------------------------------------------------------

    def _noticed(self) -> None:
        if self.desk.session is not None and not self._later.isActive():
            self._later.start()

    def _ask(self) -> None:
        if self.desk.session is not None and self.window().isVisible():
            self.desk.ask(worklist.today, then=self._take, latest="today", owner=self)
            if reachable(self.desk, "guide"):
                self.desk.ask(beginning.left, then=self._take_steps, latest="today.steps", owner=self)

    def _take(self, found: Today) -> None:
        self._today = found
        badges = {
            "reception": found.to_receive,
            "bench": found.to_test,
            "strays": found.strays,
            "review": found.to_review,
            "reports": found.to_issue,
        }
        for screen, count in badges.items():
            self.desk.badged.emit(screen, count)
        self._show()

    def _take_steps(self, left: int) -> None:
        if left != self._steps:
            self._steps = left
            self._show()

    def _take_quota(self, found: Quota) -> None:
        self._quota = found
        self._show()

    def _take_lacking(self, found: Sequence[Lacking]) -> None:
        self._lacking = found
        self._show()

    def _show(self) -> None:
        at = self._focused()
        self._day.put(f"{t(TITLE)}  {text.date(clock.now())}")
        found = self._today
        self.bar.show_states(found.states if found else {})
        if found is None:
            return
        groups = {
            NOW: now_lines(found, self._lost(), reachable(self.desk, "review")),
            DAY: day_lines(found),
            WATCH: watch_lines(found, self._quota, self._lacking, self._steps),
        }
        self.lines = []
        for head, lines in groups.items():
            self._fill(head, [line for line in lines if line.count and reachable(self.desk, line.screen)])
        if self.isVisible():
            self._focus(at)
        self.desk.changed.emit()

    def _lost(self) -> int:
        bench = getattr(self.desk, "bench", None)
        return sum(1 for line in bench.lines() if line.state == "lost") if bench else 0

    def _fill(self, head: str, lines: Sequence[Line]) -> None:
        column = self._columns[head]
        boxes.clear(column)
        for line in lines:
            button = LineButton(line, _key(len(self.lines)), self.desk)
            button.clicked.connect(lambda *_, line=line: self.desk.go(line.screen, **line.context))
            self.lines.append(button)
            column.addWidget(button)
        if not lines:
            column.addWidget(Label(CALM[head], "muted", wrap=True))

    def _focused(self) -> str:
        found = next((button for button in self.lines if button.hasFocus()), None)
        return found.line.words if found else ""

    def _focus(self, words: str) -> None:
        same = next((button for button in self.lines if button.line.words == words), None)
        target: QWidget = same or (self.lines[0] if self.lines else self)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _current(self) -> LineButton | None:
        return next(
            (button for button in self.lines if button.hasFocus()), self.lines[0] if self.lines else None
        )

    def _open(self) -> None:
        if button := self._current():
            button.click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open a line by its key."""
        pressed = next((button for button in self.lines if button.key == event.text().upper() != ""), None)
        if pressed is not None:
            pressed.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look."""
        if event.type() == QEvent.Type.StyleChange:
            self.bar.update()
        super().changeEvent(event)


def _key(at: int) -> str:
    return "123456789ABCDEFG"[at : at + 1]
