"""Audit: every act as the log holds it, and the proof, at a key, that the log is whole."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes
from gui.screens._facts import Facts, Line
from gui.screens._lookup import Lookup, lines
from gui.ties import Lims
from gui.widgets import boxes
from gui.widgets.actionbar import Progress
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.work import Job
from lims import text
from lims.queries import audit, people, search
from lims.queries.audit import Act, Audit, LogState
from lims.queries.search import Wish
from lims.services import oversight
from lims.text import mark, t

TITLE = mark("Audit")
ICON = "audit"
ORDER = 120
OFTEN = "administrator"
NEEDS = "manager reviewer signatory administrator"

FOUND = 500
"""Acts that a search shows at most."""

COLUMNS = (
    Column("seq", mark("No."), 64, "number", sorts=False),
    Column("at", mark("When"), 150, sorts=False),
    Column("actor", mark("Who"), 100, sorts=False),
    Column("verb", mark("Act"), 150, sorts=False),
    Column("tables", mark("What changed"), 170, sorts=False),
    Column("why", mark("Reason"), 200, sorts=False),
)


class Acts:
    """The log as a source of rows, the newest first; entries are numbered without gaps, so a page is a number."""

    def __init__(self, door: Lims) -> None:
        self._door = door
        self._size = 0
        self._names: dict[str, str] = {}

    def count(self) -> int:
        """Return how many entries there are."""
        newest: list[Act] = self._door.ask(audit.acts, count=1)
        self._size = newest[0].seq + 1 if newest else 0
        self._names = {person.id: person.name for person in self._door.ask(people.people)}
        return self._size

    def rows(self, first: int, count: int, sort: str, down: bool) -> Sequence[Row]:  # noqa: ARG002 - never sorted
        """Return entries from the `first` newest on."""
        found: list[Act] = self._door.ask(audit.acts, before=self._size - first, count=count)
        return [_row(act, self._names, key=f"{act.station} {act.seq}") for act in found]


def _row(act: Act, names: Mapping[str, str], *, key: str) -> Row:
    who = names.get(act.actor, t("this station") if act.actor == "station" else act.actor)
    tables = t("format.comma").join(_codes.coded("table", name) for name in act.tables)
    cells = (act.seq, _moment(act.at), who, _verb(act.verb), tables, act.why)
    return Row(key, cells, "" if act.verb else "positive")


def _verb(name: str) -> str:
    return _codes.coded("verb", name) if name else t("unreadable entry")


def _moment(at: str) -> str:
    return text.moment(_codes.moment(at)) if at else ""


class Screen(QWidget):
    """The log at the left, its state at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.result: Audit | None = None
        self.job: Job | None = None
        self._busy = False
        self.table = Table(COLUMNS, desk.work, TITLE, mark("The log is empty."))
        self.big, self.said = Label(role="clock", wrap=True), Label(role="head", wrap=True)
        self.facts, self.detail = Facts(72), Facts(96)
        self.lookup = Lookup()
        self.lookup.changed.connect(self._search)
        self.table.chosen.connect(self._choose)
        self._progress = boxes.column()
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self.lookup, self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(Label(mark("Is the log whole?"), "muted"), self.big, self.said, self._progress,
                              self.facts, Label(mark("The act under the cursor"), "muted"), self.detail,
                              of=right, edge=(12, 0, 0, 0))  # fmt: skip
        column.setStretchFactor(self.facts, 2)
        column.setStretchFactor(self.detail, 3)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(860), px(390)])
        boxes.column(split, of=self, edge=12)
        self._draw()

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Read the log anew."""
        if self.desk.session is not None:
            self.desk.ask(people.people, then=self.lookup.show_people, latest="audit.people", owner=self)
            self._search()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401, ARG002 - every act is a line of the log
        """Follow the log."""
        if self.lookup.wish() == Wish():
            self.table.reload()

    # Looking something up ---------------------------------------------------------------------------------

    def _search(self) -> None:
        """Show the whole log, or what fits what is looked for."""
        wish = self.lookup.wish()
        if wish == Wish():
            self.table.show_source(Acts(self.desk.door))
        else:
            self.desk.ask(search.acts, wish, count=FOUND, then=self._found, latest="audit.search", owner=self)

    def _found(self, found: list[Act]) -> None:
        names = {str(self.lookup.person.itemData(at)): self.lookup.person.itemText(at)
                 for at in range(self.lookup.person.count())}  # fmt: skip
        self.table.show_rows([_row(act, names, key=f"{act.station} {act.seq}") for act in found])
        if len(found) == FOUND:
            self.desk.toast(t("Only the latest {count} are shown; look for less.", count=FOUND))

    def _choose(self, key: str) -> None:
        station, _, seq = key.rpartition(" ")
        if not key or self.desk.session is None:
            self.detail.show_lines([])
            return
        self.desk.ask(search.act, station, int(seq), latest="audit.act", owner=self,
                      then=lambda found: self.detail.show_lines(lines(found)), failed=self._unread)  # fmt: skip

    def _unread(self, _: BaseException) -> None:
        self.detail.show_lines([(t("Entry"), t("unreadable entry"), "wrong")])

    # Proving ----------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Check every entry and rebuild the tables beside the present ones; it can be stopped."""
        if self._busy:
            return
        door: Any = self.desk.door

        def work(job: Job) -> Audit:
            found: Audit = oversight.check(door, job.step)
            return found

        self._busy, self.result = True, None
        self.job = self.desk.run(work, then=self._proved, failed=self._failed)
        self.job.ended.connect(self._ended)
        self._progress.addWidget(Progress(self.job, mark("Checking every entry …")))
        self._show()

    def _ended(self) -> None:
        self._busy = False
        self._show()

    def _proved(self, result: Audit) -> None:
        self.result = result
        if not result.ok:
            self.desk.sounds.bad()
        self._show()

    def _failed(self, error: BaseException) -> None:
        self.desk.complain(error)
        self._show()

    def stop(self) -> None:
        """End the check."""
        if self.job is not None:
            self.job.cancel()

    def _show(self) -> None:
        self._draw()
        self.desk.changed.emit()

    def _draw(self) -> None:
        result = self.result
        if result is None:
            self.big.role("clock")
            self.big.put("…" if self._busy else "–")
            self.said.put("" if self._busy else t("Not checked since this screen was opened."))
            self.facts.show_lines([])
        else:
            self.big.role("clock")
            self.big.put(t("✓ Whole") if result.ok else t("╳ Not whole"))
            self.said.role("good" if result.ok else "wrong")
            self.said.put(_outcome(result))
            self.facts.show_lines([line for log in result.logs for line in _log(log)] + _differences(result))

    def acts(self) -> list[Action]:
        """Return what can be done."""
        if self._busy:
            return [Action(mark("Stop"), "Escape", self.stop)]
        if self.lookup.isAncestorOf(QApplication.focusWidget() or self):
            return [
                Action(mark("Back to the list"), "Escape", self.table.setFocus),
                Action(mark("Look something up"), "Return", self._search, primary=True),
            ]
        nowhere = "" if self.desk.papers else t("no folder for reports is set")
        return [
            Action(mark("Look something up"), "F2", self.lookup.words.setFocus),
            Action(mark("End the shift"), "F9", self.shift, missing=nowhere),
            Action(mark("Verify now"), "Return", self.verify, primary=True),
        ]

    def shift(self) -> None:
        """Let the log's head leave on one page to print, sign and file."""
        papers, door = self.desk.papers, self.desk.door
        if papers is not None:
            self.desk.work.run(papers.shift, door, owner=self, in_order=True, failed=self.desk.complain,
                               then=lambda path: self.desk.toast(t("Saved: {path}", path=path)))  # fmt: skip

    def sentence(self) -> str:
        """Say what verifying does."""
        if self._busy:
            return t("The check runs; everything else goes on.")
        return t("Every entry is checked against the one before, and the tables are rebuilt from the log.")

    def retranslate(self) -> None:
        """Speak the other language."""
        self.lookup.retranslate()
        self._search()
        self._show()


def _outcome(result: Audit) -> str:
    bad = next((log for log in result.logs if not log.ok), None)
    if bad is not None:
        why = _codes.coded("broken_log", bad.reason)
        return t("Log {station}: first bad entry: {number} ({why}). Write nothing more; call the quality manager.",
                 station=bad.station, number=bad.first_bad, why=why)  # fmt: skip
    if result.differences:
        return t("{count} rows of the tables are not what the log says.", count=len(result.differences))
    return t("{count} entries, each one bound to all before it; the tables are what the log says.",
             count=sum(log.size for log in result.logs))  # fmt: skip


def _log(log: LogState) -> list[Line]:
    return [
        (t("Origin"), log.origin, ""),
        (t("Size"), text.number(log.size), ""),
        (t("Root"), " ".join(log.root[at : at + 8] for at in range(0, len(log.root), 8)), ""),
    ]


def _differences(result: Audit) -> list[Line]:
    shown = result.differences[:50]
    return [(t("Row"), f"{_codes.coded('table', one.table)} {one.key} {_codes.coded('difference', one.how)}", "")
            for one in shown]  # fmt: skip


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("whole", screen.verify)]
