"""Pages of a laboratory's records, one table each, with what is known of a row beside it and a form for each act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.widgets import boxes
from gui.widgets.field import Field, Value
from gui.widgets.form import Form
from gui.widgets.label import Button, Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.text import t

SIDE = 400
Answers = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Page:
    """One table of records.

    Attributes:
        name: of the page.
        title: message id on its button.
        columns: of its table.
        ask: the question, its arguments and values, each time anew.
        rows: the answer as rows.
        beside: what is known of the row with a key, in words already translated; None where the row says it all and
            nothing is done, so that the table has the whole width.
        hint: message id of what is done here.
        nothing: message id of an empty table.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    ask: Callable[[], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]
    rows: Callable[[Any], Sequence[Row]]
    beside: Callable[[str], str] | None
    hint: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act does: the verb with what it takes, and what a signature of it means, empty for none.

    With `apart` the verb is a function of its own that takes the laboratory's door first and may read files; it
    runs in a worker thread. With `words` (message id) it is long besides, gets `job=`, shows how far it is and can be
    stopped. `told` says in words already translated what came of it.
    """

    verb: Callable[..., Any]
    args: tuple[Any, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    meaning: str = ""
    record: str = ""
    apart: bool = False
    words: str = ""
    told: Callable[[Any], str] = lambda _: t("Saved.")


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person can do on a page.

    Attributes:
        name: of the act.
        pages: names of the pages on which it is offered.
        word: message id of its button.
        key: as Qt writes it.
        needs: roles of which one must be held.
        do: takes the key of the row and the answers.
        fields: what is asked first; none does it at once.
        fill: answers to begin with, by the key of the row.
        on_row: a row must be chosen.
        refuses: why it cannot be done with a row, in words already translated; empty when it can.
        says: message id of what it does, shown while its form is open; empty for what all forms say.
    """

    name: str
    pages: tuple[str, ...]
    word: str
    key: str
    needs: tuple[str, ...]
    do: Callable[[str, Answers], Doing]
    fields: Callable[[], tuple[Field, ...]] = tuple
    fill: Callable[[str], Mapping[str, str]] = lambda _: {}
    on_row: bool = True
    refuses: Callable[[str], str] = lambda _: ""
    says: str = ""


class Ledger(QWidget):
    """The pages of one screen; digits change the page, the action bar offers the acts of it."""

    def __init__(self, desk: Desk, title: str, pages: Sequence[Page], acts: Sequence[Act]) -> None:
        super().__init__()
        self.desk, self._pages, self._acts = desk, tuple(pages), tuple(acts)
        self.page = self._pages[0]
        self.entering: Act | None = None
        self.form: Form | None = None
        self._saving = False
        self._wrong: BaseException | None = None
        self.chips = [Button(page.title, key=str(at)) for at, page in enumerate(pages, start=1)]
        self.tables = {page.name: Table(page.columns, desk.work, page.title, page.nothing) for page in pages}
        self._head, self._told = Label(role="head", wrap=True), Label(role="base", wrap=True)
        self._shown, self._side = QStackedWidget(), QStackedWidget()
        self._lay(title)

    def _lay(self, title: str) -> None:
        for page, chip in zip(self._pages, self.chips, strict=True):
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda *_, page=page: self.turn(page.name))
            table = self.tables[page.name]
            table.chosen.connect(lambda _: self._moved())
            self._shown.addWidget(table)
        told, words = QWidget(), QScrollArea()
        boxes.column(self._told, None, of=told)
        words.setWidgetResizable(True)
        words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        words.setWidget(told)
        self._side.addWidget(words)
        self._panel = boxes.panel(self._head, self._side)
        self._panel.setFixedWidth(theme.current().px(SIDE))
        top = boxes.row(Label(title, "result"), *self.chips, None)
        left = boxes.column(*self.above(), self._shown, *self.below())
        left.setStretchFactor(self._shown, 1)
        body = boxes.row(left, self._panel, gap=16)
        body.setStretch(0, 1)
        boxes.column(top, body, of=self, edge=(16, 12, 16, 12)).setStretch(1, 1)
        self._mark()

    def above(self) -> Sequence[QWidget]:
        """Return what a screen shows above its table; nothing unless it says so."""
        return ()

    def below(self) -> Sequence[QWidget]:
        """Return what a screen shows below its table; nothing unless it says so."""
        return ()

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, *, page: str = "", key: str = "", **_: object) -> None:
        """Ask for everything anew; the row of a key gets the cursor."""
        name = page if page in self.tables else self.page.name
        self.tables[name].seek(key)
        self.turn(name)

    def refresh(self, _: object) -> None:
        """Follow what other desks do."""
        self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._ask()

    def sentence(self) -> str:
        """Say what is done here."""
        if self.entering is None:
            return t(self.page.hint)
        return (
            t(self.entering.says) if self.entering.says else t("Enter saves, Esc leaves everything as it is.")
        )

    def acts(self) -> list[Action]:
        """Offer the acts of the page that this person may do."""
        if self.entering is not None and self.form is not None:
            missing = t("format.comma").join(self.form.missing())
            why = t("still missing: {fields}", fields=missing) if missing else ""
            return [
                Action("Leave it as it is", "Escape", self.leave),
                Action(self.entering.word, "Return", self._save, primary=True,
                       missing=t("one moment") if self._saving else why),
            ]  # fmt: skip
        mine = [act for act in self._acts if self.page.name in act.pages and self.desk.may(list(act.needs))]
        return [
            Action(act.word, act.key, partial(self.begin, act.name), primary=act.key == "Return",
                   missing=self._refused(act))
            for act in mine
        ]  # fmt: skip

    def back(self) -> bool:
        """Leave a form first."""
        if self.entering is None:
            return False
        self.leave()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn to a page by its digit."""
        written = event.text()
        if self.entering is None and written.isdigit() and 1 <= int(written) <= len(self._pages):
            self.turn(self._pages[int(written) - 1].name)
        else:
            super().keyPressEvent(event)

    # Pages ------------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """Key of the row with the cursor, empty without one."""
        return self.tables[self.page.name].current_key()

    def turn(self, name: str) -> None:
        """Show a page."""
        self._close_form()
        self.page = next(page for page in self._pages if page.name == name)
        self._mark()
        self._shown.setCurrentWidget(self.tables[name])
        self.tables[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self._ask()

    def _mark(self) -> None:
        for page, chip in zip(self._pages, self.chips, strict=True):
            chip.setChecked(page is self.page)
        self._panel.setVisible(self.page.beside is not None)

    def _ask(self) -> None:
        if self.desk.session is None:
            return
        page = self.page
        question, args, values = page.ask()
        self.desk.ask(question, *args, then=lambda found: self._came(page, found),
                      latest=f"{type(self).__module__}.{page.name}", owner=self, **values)  # fmt: skip

    def _came(self, page: Page, found: object) -> None:
        table, rows = self.tables[page.name], page.rows(found)
        table.show_rows(rows)
        if not table.current_key() and rows:
            table.choose(rows[0].key)
        self._moved()

    def _moved(self) -> None:
        if self.entering is None:
            self._tell()
        self.desk.changed.emit()

    def _tell(self) -> None:
        beside = self.page.beside
        head, _, rest = (beside(self.key) if beside and self.key else "").partition("\n")
        self._head.put(head)
        self._told.put(rest)

    # Acts -------------------------------------------------------------------------------------------------

    def _refused(self, act: Act) -> str:
        if act.on_row and not self.key:
            return t("choose a row first")
        return act.refuses(self.key)

    def begin(self, name: str) -> None:
        """Ask what an act needs, or do it at once where it needs nothing."""
        act = next(one for one in self._acts if one.name == name)
        fields = act.fields()
        if not fields:
            self._run(act, {})
            return
        self._close_form()
        self.entering, self.form = act, Form(fields, columns=1)
        self.form.changed.connect(self.desk.changed)
        self._side.addWidget(self.form)
        self._side.setCurrentWidget(self.form)
        self.form.fill(act.fill(self.key))
        self._head.say(act.word)
        next(iter(self.form.boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def leave(self) -> None:
        """Leave the form; nothing is changed."""
        self._close_form()
        self.tables[self.page.name].setFocus(Qt.FocusReason.OtherFocusReason)
        self._moved()

    def _close_form(self) -> None:
        form, self.form, self.entering, self._saving = self.form, None, None, False
        if form is not None:
            self._side.setCurrentIndex(0)
            self._side.removeWidget(form)
            form.deleteLater()

    def _save(self) -> None:
        if self.entering is not None and self.form is not None and self.form.complete():
            self._run(self.entering, self.form.values())

    def _run(self, act: Act, answers: Answers) -> None:
        doing = act.do(self.key, answers)
        done = partial(self._done, doing)
        if doing.words:
            self.leave()
            self.desk.run(
                doing.verb, self.desk.door, *doing.args, then=done, failed=self._failed, words=doing.words
            )
            return
        self._saving = True
        self.desk.changed.emit()
        if doing.apart:
            self.desk.work.run(doing.verb, self.desk.door, *doing.args, then=done, failed=self._failed,
                               in_order=True)  # fmt: skip
        elif doing.meaning:
            self.desk.do_signed(doing.verb, *doing.args, records=[doing.record], meaning=doing.meaning,
                                then=done, failed=self._failed, left=self._free, **doing.values)  # fmt: skip
        else:
            self.desk.do(doing.verb, *doing.args, then=done, failed=self._failed, **doing.values)

    def _done(self, doing: Doing, found: object) -> None:
        self.leave()
        self._ask()
        if self._wrong is not None:
            self.desk.forget(self._wrong)
        self._wrong = None
        self.desk.toast(doing.told(found))

    def _failed(self, error: BaseException) -> None:
        self._free()
        self._wrong = error
        self.desk.complain(error)

    def _free(self) -> None:
        self._saving = False
        self.desk.changed.emit()


def text_of(answers: Answers, name: str, default: str = "") -> str:
    """Return an answer as text; nothing and "/" as the default."""
    value = answers.get(name)
    return default if value in {None, "/"} else str(value).strip()
