"""Disputes: every open positive with the clock that runs out first, what was told of it, and the next step."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedWidget, QWidget

from gui import moments, theme
from gui.desk import Action, Desk
from gui.screens import _codes, _pages
from gui.screens._again import Again
from gui.screens._facts import Facts
from gui.widgets import boxes, terms
from gui.widgets.countdown import Countdown, written
from gui.widgets.field import Field
from gui.widgets.form import Form
from gui.widgets.label import Label
from gui.widgets.paperform import MOMENT_HINT, check_moment
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.widgets.timeline import Fact, Timeline
from lims import clock, text
from lims.queries import disputes, papers
from lims.queries.disputes import Line, Whole
from lims.reports import templated
from lims.rules import cases, numbering
from lims.rules.cases import Kind
from lims.rules.clocks import Deadline, Standing
from lims.services import dispute, watch
from lims.text import mark, t

TITLE = mark("Disputes")
ICON = "disputes"
ORDER = 65
OFTEN = "reviewer manager signatory"
NEEDS = "sampler technician reviewer signatory manager"
AT = "at"
DAY = timedelta(days=1)

COLUMNS = (
    Column("left", mark("Time left"), 76, "number", sorts=False),
    Column("food", mark("Food"), 80, sorts=False),
    Column("word", mark("First verdict"), 104, "verdict", sorts=False),
    Column("state", mark("State"), 146, sorts=False),
    Column("number", mark("Sample"), 138, sorts=False),
    Column("business", mark("Business"), 118, sorts=False),
)
KINDS = (
    Column("kind", mark("What happened"), 260, sorts=False),
    Column("to", mark("Then it is"), 200, sorts=False),
)
PAPERS = ("notice", "disposal_record")


class Screen(QWidget):
    """Cases at the left; at the right the clock, then facts and deadlines, or the form of the next fact."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.whole: Whole | None = None
        self._lines: dict[str, Line] = {}
        self._closed = False
        self._kind: Kind | None = None
        self._list = Again(desk, self, lambda: (disputes.listed, (), {"closed": self._closed}), self._came)
        self._build()

    def _build(self) -> None:
        self.table = Table(COLUMNS, self.desk.work, TITLE, mark("No positive waits."),
                           mark("A first positive opens a case by itself."))  # fmt: skip
        self.table.chosen.connect(lambda _: self._choose())
        self.head, self.count, self.clock = (
            Label(role="head", wrap=True),
            Countdown(),
            Label(role="muted", wrap=True),
        )
        self.facts, self.repeats = Timeline(), Label(role="small", wrap=True)
        self.deadlines = Facts(136)
        self.kinds = Table(KINDS, self.desk.work, mark("What happened"), mark("Nothing can be told now."))
        self.kinds.opened.connect(lambda _: self._fill_in())
        self.form, self._form_place = Form(()), QWidget()
        self._form_head = Label(role="strong", wrap=True)
        self._form_column = boxes.column(self._form_head, self.form, of=self._form_place, gap=4)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.facts)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        told = QWidget()
        column = boxes.column(
            self.repeats, scroll, Label(mark("Deadlines"), "strong"), self.deadlines, of=told, gap=6
        )
        column.setStretch(1, 3)
        column.setStretch(3, 2)
        self.stack = QStackedWidget()
        for page in (told, self.kinds, self._form_place):
            self.stack.addWidget(page)
        left, right, split = QWidget(), QWidget(), QSplitter()
        self.which = Label(role="head")
        boxes.column(self.which, self.table, of=left, edge=(0, 0, 8, 0))
        clocks_ = boxes.row(self.count, self.clock, gap=12)
        clocks_.setStretch(1, 1)
        boxes.column(self.head, clocks_, self.stack, of=right, edge=(8, 0, 0, 0)).setStretch(2, 1)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(690), px(560)])
        boxes.column(split, of=self, edge=12)

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Write down what ran out meanwhile, then ask for everything anew."""
        if self.desk.may(["technician", "reviewer", "manager"]):
            self.desk.do(dispute.note_lapses, then=lambda _: self._list.ask())
        else:
            self._list.ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow new positives and what others tell."""
        if getattr(notice, "verb", "measure.").split(".")[0] in {"measure", "dispute", "review", "edition"}:
            self._list.ask()

    def _came(self, lines: Sequence[Line]) -> None:
        self._lines = {one.id: one for one in lines}
        if not self._closed:
            self.desk.badged.emit("disputes", len(lines))
        self.which.put(t("Closed cases") if self._closed else t("Open cases"))
        self.table.show_rows([_row(one) for one in lines])
        if not self.table.current_key():
            self.table.step(0)
        self._choose()

    def _choose(self) -> None:
        key = self.table.current_key()
        if not key or key not in self._lines:
            self._show(None)
            return
        self.desk.work.run(_case, self.desk.door, key, latest="disputes.case", owner=self, then=self._show,
                           failed=self.desk.complain)  # fmt: skip

    # Showing ----------------------------------------------------------------------------------------------

    def _show(self, whole: Whole | None) -> None:
        self.whole = whole
        if whole is None:
            self.head.put("")
            self.count.run_until(None)
            for label in (self.clock, self.repeats):
                label.put("")
            self.facts.show_facts(())
            self.deadlines.show_lines(())
            self.desk.changed.emit()
            return
        line = whole.line
        self.head.put(f"{line.food} · {line.item} · {_codes.case_state(line.state)}")
        self._show_clock(line.clock)
        self.repeats.put(_repeats(whole))
        self.facts.show_facts([_fact(place, one) for place, one in enumerate(whole.facts)])
        self.deadlines.show_lines([_deadline(one) for one in whole.deadlines])
        self.desk.changed.emit()

    def _show_clock(self, one: Deadline | None) -> None:
        self.count.run_until(one.due if one and one.standing is Standing.RUNNING else None)
        if one is None:
            self.clock.put(t("No clock runs."))
            return
        unverified = "" if one.clock.verified else f" [{t('unverified default')}]"
        over = f"{text.words(one.standing)} · " if one.standing is Standing.LAPSED else ""
        self.clock.put(
            f"{over}{terms.said(one.clock.label)} · {terms.cited(one.clock.source, one.clock.clause)}{unverified}"
        )

    # Telling ----------------------------------------------------------------------------------------------

    def offer(self) -> None:
        """Show what can be told of the case in its state."""
        if self.whole is None:
            return
        found = [cases.kinds()[code] for code in self.whole.may]
        self.kinds.show_rows([Row(one.code, (terms.said(one.label), _leads(one))) for one in found])
        self.stack.setCurrentIndex(1)
        self.kinds.step(0)
        self.kinds.setFocus()
        self.desk.changed.emit()

    def _fill_in(self) -> None:
        code = self.kinds.current_key()
        if not code:
            return
        self._kind = cases.kinds()[code]
        old, self.form = self.form, Form(_fields(self._kind), columns=1)
        self._form_column.replaceWidget(old, self.form)
        old.deleteLater()
        self.form.changed.connect(self.desk.changed)
        self._form_head.put(terms.said(self._kind.label))
        self.stack.setCurrentIndex(2)
        if AT in self.form.boxes:
            self.form.fill({AT: moments.shown(clock.local(clock.now()).replace(second=0, microsecond=0))})
        next(iter(self.form.boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def save(self) -> None:
        """Tell the fact of the form."""
        whole, kind = self.whole, self._kind
        if whole is None or kind is None or not self.form.complete():
            return
        said = self.form.raw()
        at = moments.read(said.pop(AT, ""), clock.local(clock.now())) if kind.minute else None
        detail: Mapping[str, str] = said
        self.desk.do(dispute.tell, whole.line.id, kind.code, detail, at=at, version=whole.line.version,
                     then=lambda _: self._told(), failed=self._refused)  # fmt: skip

    def _told(self) -> None:
        self.leave()
        self.desk.toast(t("Saved."))
        self._list.ask()

    def _refused(self, error: BaseException) -> None:
        for problem in getattr(error, "problems", ()):
            if problem.where in self.form.boxes:
                self.form.refuse(problem.where, text.sentence(problem))
        self.desk.complain(error)

    def leave(self) -> None:
        """Go back to the facts; nothing is told."""
        self._kind = None
        self.stack.setCurrentIndex(0)
        self.table.setFocus()
        self.desk.changed.emit()

    def turn(self) -> None:
        """Show the closed cases, or the open ones again."""
        self._closed = not self._closed
        self._list.ask()

    def write_paper(self) -> None:
        """Write the paper of the case: the notice until it is told, then the record of what was done."""
        whole, folder = self.whole, self.desk.ties.reports
        if whole is None or folder is None:
            return
        name = PAPERS[0] if whole.line.state in {"suspect", "notified"} else PAPERS[1]
        door: Any = self.desk.door
        number, item = whole.line.number, whole.line.item

        def make() -> object:
            filling = door.ask(papers.paper, name, number, item=item)
            pdf = templated.render(filling.template, filling.fields, filling.tables)
            path = _pages.save(pdf, folder / f"{number}-{name}.pdf")
            watch.left(door, "print", number, name)
            return path

        self.desk.work.run(make, owner=self, in_order=True, failed=self.desk.complain, then=self._written)

    def _written(self, path: object) -> None:
        self.desk.banner("paper", t("Written: {file}", file=path), "tell")

    def acts(self) -> list[Action]:
        """Return what can be done now."""
        page = self.stack.currentIndex()
        if page == 2:
            gaps = self.form.missing()
            missing = t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""
            return [Action(mark("Back"), "Escape", self.leave),
                    Action(mark("Save"), "Return", self.save, primary=True, missing=missing)]  # fmt: skip
        if page == 1:
            none = "" if self.kinds.current_key() else t("nothing can be told now")
            return [Action(mark("Back"), "Escape", self.leave),
                    Action(mark("Fill in"), "Return", self._fill_in, primary=True, missing=none)]  # fmt: skip
        nothing = "" if self.whole else t("no case is chosen")
        folder = "" if self.desk.ties.reports else t("no folder for reports is known")
        word = mark("Open cases") if self._closed else mark("Closed cases")
        return [
            Action(word, "C", self.turn),
            Action(mark("Write the paper"), "F8", self.write_paper, missing=nothing or folder),
            Action(mark("What happened?"), "Return", self.offer, primary=True, missing=nothing),
        ]

    def back(self) -> bool:
        """Go one step back."""
        inside = self.stack.currentIndex() > 0
        if inside:
            self.leave()
        return inside

    def sentence(self) -> str:
        """Say what is expected."""
        if self.stack.currentIndex() == 1:
            return t("Choose what happened. Nothing can be skipped.")
        if self.stack.currentIndex() == 2:
            return t("What is saved stays in the case for ever.")
        if self.whole is None:
            return t("No positive waits.")
        over = next((one for one in self.whole.deadlines if one.standing is Standing.LAPSED), None)
        if over is None or over.due is None:
            return t("A deadline is never closed by the program.")
        what, when = terms.said(over.clock.label), f"{clock.local(over.due):%m-%d %H:%M}"
        return t("{what}: ran out on {when}. Enter tells what became of it.", what=what, when=when)

    def retranslate(self) -> None:
        """Speak the other language."""
        self.leave()
        self._list.ask()


def _case(door: Any, key: str) -> Whole:  # noqa: ANN401 - the laboratory's own door
    whole: Whole = door.ask(disputes.case, key)
    watch.seen(door, whole.line.number)
    return whole


def _row(one: Line) -> Row:
    due = one.clock.due if one.clock else None
    if one.clock is None or one.clock.standing is Standing.UNKNOWN or due is None:
        left, tone = ("?" if one.clock else "—"), ""
    else:
        left = _left(one.clock)
        tone = "positive" if one.clock.standing is Standing.LAPSED else ""
    cells = (
        left,
        one.food,
        one.word or None,
        _codes.case_state(one.state),
        numbering.spell(one.number),
        one.business,
    )
    return Row(one.id, cells, tone)


def _left(one: Deadline) -> str:
    """Write the time left: h:mm:ss within two days, else whole days."""
    if one.due is None:
        return ""
    left = one.due - clock.now()
    return t("{n} days", n=int(left / DAY)) if abs(left) >= 2 * DAY else written(left)


def _leads(kind: Kind) -> str:
    states = [kind.to] if kind.to else list(kind.branches.values())
    return " / ".join(_codes.case_state(code) for code in states)


def _repeats(whole: Whole) -> str:
    found = whole.repeats
    second = t("by a second person or method: {yes}", yes=t("yes") if found.second else t("not yet"))
    return t(
        "Repeats: {valid} of {wanted} valid, {second}", valid=found.valid, wanted=found.wanted, second=second
    )


def _fact(place: int, one: disputes.Fact) -> Fact:
    kind = cases.kinds()[one.kind]
    said = "  ".join(words for _, words in _words(one, kind) if words)
    tone = "positive" if one.kind in {"opened", "lapse"} else "text"
    icon = "clock" if one.kind == "lapse" else "disputes" if kind.to or kind.branch else "note"
    label = terms.said(kind.label)
    return Fact(
        str(place), f"{clock.local(one.at):%m-%d %H:%M}", f"{label}  {said}".strip(), one.by, icon, tone
    )


def _words(one: disputes.Fact, kind: Kind) -> list[tuple[str, str]]:
    return [(field.name, terms.said(field.said(one.detail.get(field.name, ""), clock.ZONE))) for field in kind.fields
            if field.kind != "time"]  # fmt: skip # the line stands at its moment


def _deadline(one: Deadline) -> tuple[str, str, str]:
    due = f"{clock.local(one.due):%Y-%m-%d %H:%M}" if one.due else (text.sentence(one.why) if one.why else "")
    left = f" ({_left(one)})" if one.standing is Standing.RUNNING else ""
    role = {Standing.LAPSED: "wrong", Standing.MET_LATE: "late", Standing.UNKNOWN: "late"}.get(
        one.standing, ""
    )
    unverified = "" if one.clock.verified else f" [{t('unverified default')}]"
    return terms.said(one.clock.label), f"{text.words(one.standing)} · {due}{left}{unverified}", role


def _fields(kind: Kind) -> list[Field]:
    fields = [
        Field(
            one.name,
            terms.said(one.label),
            "choice" if one.kind == "choice" else "text",
            tuple((option.code, terms.said((option.zh, option.en))) for option in one.options),
            required=one.must,
            slash=one.slash,
            hint=mark("For example 18 kg") if one.kind == "amount" else "",
        )
        for one in kind.fields
    ]
    if kind.minute:
        fields.append(
            Field(
                AT,
                mark("When, to the minute"),
                required=True,
                slash=False,
                hint=MOMENT_HINT,
                check=check_moment,
            )
        )
    return fields


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""

    def fill() -> None:
        screen.offer()
        screen._fill_in()  # noqa: SLF001 - the state is this screen's own

    return [("kinds", screen.offer), ("form", fill)]
