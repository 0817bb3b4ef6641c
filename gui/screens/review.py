"""Review: the second person sees what needs thought first, every reason beside it, and decides record by record."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes, _evidence
from gui.screens._again import Again
from gui.screens._facts import Facts, Reason
from gui.screens._strip import Strip
from gui.signing import Act, Done
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.widgets.verdict import VerdictMark
from lims.queries import bench, reviews
from lims.queries.bench import RunView
from lims.queries.reviews import Waiting
from lims.queries.trace import Trail
from lims.rules import numbering
from lims.services import review, watch
from lims.text import mark, t

TITLE = mark("Review")
ICON = "review"
ORDER = 60
OFTEN = "reviewer"
NEEDS = "reviewer"

COLUMNS = (
    Column("word", mark("Verdict"), 100, "verdict", sorts=False),
    Column("number", mark("Sample"), 84, sorts=False),
    Column("food", mark("Food"), 88, sorts=False),
    Column("value", mark("Value"), 88, "number", sorts=False, keeps=True, whole=True),
    Column("thought", mark("Look at"), 150, sorts=False, keeps=True),
)


NAMED = 3
"""How many samples a toast names."""


class Screen(QWidget):
    """List at the left, positive first; evidence at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._waiting: dict[str, Waiting] = {}
        self._runs: dict[str, RunView] = {}
        self._trail: Trail | None = None
        self._marked: dict[str, str] = {}
        self._at = 0
        self._list = Again(desk, self, lambda: (reviews.listed, (), {}), self._came)
        self._latest = Again(desk, self, lambda: (bench.runs, (), {"count": 50}), self._ran)
        self._build()

    def _build(self) -> None:
        self.table = Table(COLUMNS, self.desk.work, TITLE, mark("Nothing waits for review."),
                           mark("Verdicts come here when a run is closed."))  # fmt: skip
        self.table.chosen.connect(lambda _: self._choose())
        self.number, self.figure, self.word = (
            Label(role="head"),
            Label(role="result"),
            VerdictMark(role="result"),
        )
        self.facts, self.strip, self.reason = Facts(), Strip(), Reason(self.desk)
        self.display = QLineEdit()
        self.display.setFixedWidth(theme.current().px(120))
        self.display.returnPressed.connect(self.table.setFocus)
        self.display.textChanged.connect(lambda _: self.desk.changed.emit())
        self.ask_display = QWidget()
        self.display_word = Label(mark("Read the instrument's own display (D):"), "strong")
        boxes.row(self.display_word, self.display, None, of=self.ask_display)
        self.right, left, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self.table, of=left, edge=(0, 0, 8, 0))
        top = boxes.row(self.figure, self.word, None, gap=12)
        column = boxes.column(self.number, top, self.ask_display, self.facts, self.strip, self.reason,
                              of=self.right, edge=(12, 0, 0, 0))  # fmt: skip
        column.setStretchFactor(self.facts, 1)
        split.addWidget(left)
        split.addWidget(self.right)
        px = theme.current().px
        split.setSizes([px(530), px(720)])
        boxes.column(split, of=self, edge=12)

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, *, verdict: str = "", **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew."""
        self._list.ask()
        self._latest.ask()
        self.table.setFocus()
        if verdict:
            self.table.choose(verdict)

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow runs that are closed and what other reviewers decide."""
        verb = getattr(notice, "verb", "")
        if verb != "measure.take_in":
            self._list.ask()
        if verb in {"", "measure.close_run"}:
            self._latest.ask()

    def _came(self, waiting: list[Waiting]) -> None:
        before = self.table.current_key()
        self._waiting = {one.finding.verdict: one for one in waiting}
        self._marked = {key: shown for key, shown in self._marked.items() if key in self._waiting}
        self.desk.badged.emit("review", sum(not one.van for one in waiting))
        self._fill()
        if before not in self._waiting and waiting:
            keys = list(self._waiting)
            self.table.choose(keys[min(self._at, len(keys) - 1)])
        self._choose()

    def _fill(self) -> None:
        self.table.show_rows([_row(one, marked=key in self._marked) for key, one in self._waiting.items()])

    def _ran(self, runs: list[RunView]) -> None:
        self._runs = {run.id: run for run in runs}
        self._show()

    # Showing ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Waiting | None:
        """The verdict with the cursor."""
        return self._waiting.get(self.table.current_key())

    def _choose(self) -> None:
        one = self.chosen
        if one is not None:
            self._at = list(self._waiting).index(one.finding.verdict)
        if self._trail is None or one is None or self._trail.number != one.number:
            self._trail = None
            self.display.clear()
        self._show()
        if one is not None:
            self.desk.work.run(watch.trail, self.desk.door, one.number, latest="review.trail", owner=self,
                               then=self._traced, failed=self.desk.complain)  # fmt: skip

    def _traced(self, trail: Trail) -> None:
        self._trail = trail
        self._show()

    def _show(self) -> None:
        one = self.chosen
        self.right.setVisible(one is not None)
        if one is not None:
            found = one.finding
            self.number.put(f"{numbering.spell(one.number)}   {one.food}   {one.business}")
            self.figure.put(f"{found.value} {found.unit}".strip() if found.value else t("no value"))
            self.word.show_verdict(found.word)
            self.ask_display.setVisible(one.display_needed and not _not_mine(one))
            run = self._runs.get(str(found.basis.get("run", "")))
            self.facts.show_lines(_evidence.lines(one, run, self._trail))
            self.strip.show_extra(found.said, found.rule)
        self.desk.changed.emit()

    # Deciding ---------------------------------------------------------------------------------------------

    def mark_one(self) -> None:
        """Mark the verdict with the cursor for the decision to come, or take its mark away, and go on."""
        one = self.chosen
        if one is None or self._unfit(one):
            return
        if self._marked.pop(one.finding.verdict, None) is None:
            self._marked[one.finding.verdict] = self._displayed()
        self._fill()
        self.table.step(1)
        self.desk.changed.emit()

    def _displayed(self) -> str:
        return self.display.text().strip()

    def _unfit(self, one: Waiting) -> str:
        """Say why one verdict cannot be approved now."""
        if no := _not_mine(one):
            return no
        return t("the figure on the display") if one.display_needed and not self._displayed() else ""

    def _meant(self) -> list[Waiting]:
        """Return what the next decision is about: everything that is marked, else the one with the cursor."""
        marked = [one for key, one in self._waiting.items() if key in self._marked]
        return marked or ([self.chosen] if self.chosen else [])

    def approve(self) -> None:
        """Approve what is marked, or the verdict with the cursor; each is signed by itself."""
        found = self._meant()
        shown = {
            one.finding.verdict: self._marked.get(one.finding.verdict, self._displayed()) for one in found
        }
        acts = [Act(review.approve, (key,), _record(self._waiting[key]), {"display": display})
                for key, display in shown.items()]  # fmt: skip
        self._decide(acts, mark("Approved: {numbers}"), found)

    def repeat(self) -> None:
        """Ask why, then have it measured again."""
        self._send_back(review.repeat, mark("Why must it be measured again?"), mark("Have it repeated"))

    def reject(self) -> None:
        """Ask why, then reject it."""
        self._send_back(review.reject, mark("Why is it rejected?"), mark("Reject"))

    def _send_back(self, verb: Any, question: str, word: str) -> None:  # noqa: ANN401 - one of the two verbs
        found = self._meant()
        if found:
            self.reason.begin(question, word, lambda why: self._back_with(verb, found, why, word), self.table)

    def _back_with(self, verb: Any, found: Sequence[Waiting], why: str, word: str) -> None:  # noqa: ANN401 - as above
        acts = [Act(verb, (one.finding.verdict,), f"{_record(one)} · {t(word)}: {why}", {"reason": why})
                for one in found]  # fmt: skip
        self._decide(acts, mark("Sent back: {numbers}"), found)

    def _decide(self, acts: Sequence[Act], told: str, found: Sequence[Waiting]) -> None:
        numbers = {one.finding.verdict: one.number for one in found}
        if acts:
            self.desk.do_all_signed(
                acts, meaning="复核", then=lambda done: self._decided(done, told, numbers)
            )

    def _decided(self, done: Sequence[Done], told: str, numbers: Mapping[str, str]) -> None:
        for one in done:
            if one.error is not None:
                self.desk.complain(one.error)
        good = [numbers[one.act.args[0]] for one in done if one.error is None]
        if good:
            named = t("format.comma").join(numbering.spell(number) for number in good[:NAMED])
            rest = t(" and {count} more", count=len(good) - NAMED) if len(good) > NAMED else ""
            self.desk.toast(t(told, numbers=named + rest))
            self.display.clear()
        self._marked.clear()
        self._list.ask()

    def acts(self) -> list[Action]:
        """Return what can be decided."""
        if self.reason.active:
            return self.reason.acts()
        one = self.chosen
        if one is None:
            return []
        many = len(self._marked)
        own = "" if many else _not_mine(one)
        look = (
            [Action(mark("Display"), "D", self.display.setFocus)]
            if one.display_needed and not _not_mine(one)
            else []
        )
        return [
            Action(mark("Down"), "J", lambda: self.table.step(1)),
            Action(mark("Up"), "K", lambda: self.table.step(-1)),
            *look,
            Action(mark("Mark"), "Space", self.mark_one, missing=self._unfit(one)),
            Action(mark("Repeat"), "R", self.repeat, missing=own),
            Action(mark("Reject"), "X", self.reject, missing=own, destroys=True),
            Action(
                mark("Approve"), "A", self.approve, primary=True, missing="" if many else self._unfit(one)
            ),
        ]

    def back(self) -> bool:
        """Go from the display field back to the list."""
        away = self.display.hasFocus()
        if away:
            self.table.setFocus()
        return away

    def sentence(self) -> str:
        """Say who signs what."""
        one = self.chosen
        if one is None:
            return t("Nothing waits for review.")
        if self.reason.active:
            return t("The first result stays on record and visible.")
        if self._marked:
            return t("{count} are marked: A, R or X decides all of them, each signed by itself.",
                     count=len(self._marked))  # fmt: skip
        if one.van:
            return t("Kept by {van}: read here, changed there.", van=one.van)
        if one.own:
            return t("You are the tester: another person reviews this one.")
        name = self.desk.session.name if self.desk.session else ""
        return t("{name} signs: {number} {food} {word}", name=name, number=_codes.short(one.number),
                 food=one.food, word=_codes.coded("call", one.finding.word))  # fmt: skip

    def retranslate(self) -> None:
        """Speak the other language."""
        self._fill()
        self._show()


def _record(one: Waiting) -> str:
    found = one.finding
    value = f"{found.value} {found.unit}".strip() if found.value else ""
    parts = (numbering.spell(one.number), one.food, value, _codes.coded("call", found.word))
    return " · ".join(part for part in parts if part)


def _not_mine(one: Waiting) -> str:
    """Say why this person may not decide about a verdict at all, or nothing."""
    if one.van:
        return t("only {van} itself may", van=one.van)
    return t("you tested it yourself") if one.own else ""


def _row(one: Waiting, *, marked: bool = False) -> Row:
    found = one.finding
    thought = [one.van] if one.van else [t("your own test")] if one.own else []
    thought += [_codes.coded("doubt", doubt) for doubt in found.doubts]
    value = f"{found.value} {found.unit}".strip() if found.value else None
    number = _codes.short(one.number)
    cells = (
        found.word,
        f"✓ {number}" if marked else number,
        one.food,
        value,
        t("format.comma").join(thought),
    )
    return Row(found.verdict, cells, "accent" if marked else "")


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("reason", screen.reject)]
