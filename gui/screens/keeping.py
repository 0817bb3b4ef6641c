"""Backup: the last one and where it lies, when the next is due, making one now, a drill, and how a restore goes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._asking import Asked, Asking
from gui.screens._facts import Facts
from gui.screens._goback import GoingBack
from gui.screens._kept import Kept, explained, kept
from gui.widgets import boxes
from gui.widgets.actionbar import Progress
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.work import Job
from lims import text
from lims.services import keeping as verbs
from lims.services.keeping import OnMedium, Tried
from lims.text import mark, t

TITLE = mark("Backup")
ICON = "sync"
ORDER = 128
OFTEN = "administrator"
NEEDS = "manager administrator"

COLUMNS = (
    Column("at", mark("When"), 150, sorts=False),
    Column("size", mark("Entries"), 80, "number", sorts=False),
    Column("bytes", mark("File size"), 90, "number", sorts=False),
    Column("medium", mark("Folder"), 280, sorts=False),
    Column("now", mark("On the medium now"), 130, sorts=False),
)
FAULTS = {
    "": mark("✓ the same"),
    "absent": mark("– not there"),
    "changed": mark("╳ changed"),
    "unreadable": mark("╳ unreadable"),
}


class Screen(QWidget):
    """The backups at the left; at the right how the laboratory is kept, and what is being asked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._kept: Kept | None = None
        self._media: dict[str, str] = {}
        self.job: Job | None = None
        self.table = Table(COLUMNS, desk.work, TITLE, mark("No backup was made yet."),
                           mark("Say where backups go, then make the first."))  # fmt: skip
        self.big, self.facts, self.help = Label(role="clock", wrap=True), Facts(96), Facts(0)
        self.asking, self._progress = Asking(desk), boxes.column()
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(Label(mark("Is the laboratory kept?"), "muted"), self.big, self._progress, self.asking,
                              self.facts, Label(mark("How a restore goes"), "muted"), self.help,
                              of=right, edge=(12, 0, 0, 0))  # fmt: skip
        column.setStretchFactor(self.facts, 3)
        column.setStretchFactor(self.help, 2)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(760), px(490)])
        boxes.column(split, of=self, edge=12)
        self.back_to = GoingBack(desk, self)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask how the laboratory is kept."""
        self._ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's notice, or None
        """Follow backups and drills, by whomever they were made."""
        if getattr(notice, "verb", "keeping.").startswith("keeping."):
            self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._show()

    def sentence(self) -> str:
        """Say what comes next."""
        if self.job is not None:
            return t("Everything else goes on meanwhile.")
        if self.asking.active:
            return t("Enter goes on, Esc leaves everything as it is.")
        if self._kept and not self._kept.recovery:
            return t("First make the recovery key: without it no backup can be opened.")
        return t("It is written, read back and checked; work goes on.")

    def acts(self) -> list[Action]:
        """Return what can be done."""
        if self.job is not None:
            return [Action(mark("Stop"), "Escape", self.job.cancel)]
        if self.asking.active:
            return self.asking.acts()
        missing = self._missing()
        first = mark("Make the recovery key")
        key = Action(first, "F9", self.ask_key, primary=bool(self._kept and not self._kept.recovery))
        made = bool(self._kept and self._kept.backups)
        return [
            key if not key.primary else Action(first, "Return", self.ask_key, primary=True),
            Action(mark("Where and how often"), "F8", self.ask_plan),
            Action(mark("Compare media"), "F6", self.compare, missing="" if made else t("no backup yet")),
            *self.back_to.offered(),
            Action(mark("Drill"), "F7", self.ask_drill, missing="" if made else t("no backup yet")),
            *([] if key.primary else [Action(mark("Back up now"), "Return", self.back_up, primary=True,
                                             missing=missing)]),
        ]  # fmt: skip

    def _missing(self) -> str:
        if self._kept is None:
            return t("one moment")
        return "" if self._kept.plan.to else t("where backups go: F8")

    # Asking and showing -----------------------------------------------------------------------------------

    def _ask(self) -> None:
        papers = self.desk.papers
        if self.desk.session is not None and papers is not None:
            self.desk.work.run(kept, self.desk.door, papers.folder.root, then=self._came, owner=self,
                               latest="keeping", failed=self.desk.complain)  # fmt: skip

    def _came(self, found: Kept) -> None:
        self._kept = found
        self._show()

    def _show(self) -> None:
        found = self._kept
        if found is None:
            return
        self.big.role("good" if found.good else "late")
        self.big.put(t("✓ Kept") if found.good else t("△ Something is due"))
        self.facts.show_lines(found.lines())
        self.help.show_lines(explained())
        self.table.show_rows([
            Row(one.id, (text.moment(one.at), one.size, f"{one.bytes / 1e6:.1f} MB", one.medium,
                         t(FAULTS[self._media[one.file]]) if one.file in self._media else ""),
                "positive" if self._media.get(one.file) in {"changed", "unreadable"} else "")
            for one in found.backups
        ])  # fmt: skip
        self.desk.changed.emit()

    # Acts -------------------------------------------------------------------------------------------------

    def begin(self, function: Callable[..., object], then: Callable[[Any], None], words: str) -> None:
        """Do long work with a bar here; a second one waits until the first has ended."""
        if self.job is not None:
            return
        self.job = self.desk.run(function, then=then)
        self.job.ended.connect(self._ended)
        self._progress.addWidget(Progress(self.job, words))
        self.desk.changed.emit()

    def _ended(self) -> None:
        self.job = None
        self._ask()
        self.desk.changed.emit()

    def back_up(self) -> None:
        """Write a backup now, with its progress; it can be stopped, then nothing is left behind."""
        papers, found = self.desk.papers, self._kept
        door: Any = self.desk.door
        if papers is None or found is None or not found.plan.to:
            return
        root, to = papers.folder.root, Path(found.plan.to)
        self.begin(lambda job: verbs.back_up(door, root, to, job.step),
                   lambda made: self.desk.toast(t("Backed up and checked: {path}", path=made.file)),
                   mark("Writing the backup and reading it back …"))  # fmt: skip

    def compare(self) -> None:
        """Read the newest backups on their media and compare each byte by its hash."""
        door: Any = self.desk.door
        self.begin(lambda **_: verbs.on_media(door, 100), self._compared, mark("Reading the media …"))

    def _compared(self, found: Sequence[OnMedium]) -> None:
        self._media = {one.file: one.fault for one in found}
        if any(one.fault in {"changed", "unreadable"} for one in found):
            self.desk.sounds.bad()
        self._show()

    def ask_plan(self) -> None:
        """Ask where backups go and how often."""
        plan = self._kept.plan if self._kept else None
        asked = (
            Asked("to", mark("Folder on another disk"), unseen=False, value=plan.to if plan else ""),
            Asked("hours", mark("A backup is due after so many hours"), unseen=False,
                  value=str(plan.hours) if plan else "24"),
        )  # fmt: skip
        note = t(
            "A USB disk or a share that is not in this computer. While the program runs it backs up by itself."
        )
        self.asking.begin(t("Where and how often"), note, asked, mark("Save"), self._plan, self.table)

    def _plan(self, told: dict[str, str]) -> None:
        hours = int(told["hours"]) if told["hours"].isascii() and told["hours"].isdigit() else 0
        self.desk.do(
            verbs.planned, told["to"], hours, then=lambda _: self.asking.done(), failed=self._refused
        )

    def _refused(self, error: BaseException) -> None:
        self.asking.refuse(text.sentence(error))

    def ask_drill(self) -> None:
        """Ask for what opens a backup, and restore the newest one aside."""
        note = t(
            "The newest backup is restored into a folder of its own, checked and compared with the live log."
        )
        self.asking.begin(t("Restore drill"), note, (Asked("phrase", mark("Passphrase of the recovery key")),),
                          mark("Drill"), self._drill, self.table)  # fmt: skip

    def _drill(self, told: dict[str, str]) -> None:
        door: Any = self.desk.door
        secret = verbs.opened_by(told["phrase"])
        self.asking.done()
        self.begin(lambda **_: verbs.drill(door, None, secret), self._drilled, mark("Restoring aside …"))

    def _drilled(self, tried: Tried) -> None:
        self.desk.toast(t("It came back whole: {count} entries in {seconds} s.", count=tried.size,
                          seconds=f"{tried.milliseconds / 1000:.1f}"))  # fmt: skip

    def ask_key(self) -> None:
        """Ask for the passphrase of a new recovery key."""
        asked = (
            Asked("phrase", mark("New passphrase, twelve characters or more")),
            Asked("again", mark("The same once more"), same_as="phrase"),
        )
        note = t(
            "Later backups open by this passphrase or by two of three shares. Earlier ones open as before."
        )
        self.asking.begin(t("Recovery key"), note, asked, mark("Make the key"), self._key, self.table)

    def _key(self, told: dict[str, str]) -> None:
        papers = self.desk.papers
        if papers is not None:
            self.desk.work.run(verbs.new_recovery_key, self.desk.door, papers.folder.root, told["phrase"], owner=self,
                               in_order=True, then=self._keyed, failed=self._refused)  # fmt: skip

    def _keyed(self, shares: Sequence[str]) -> None:
        """Show the three shares this once; they are kept nowhere."""
        self.asking.done()
        names = (mark("First share"), mark("Second share"), mark("Third share"))
        note = t("Write each share down for another person; they are shown this once only.")
        asked = [
            Asked(name, name, unseen=False, value=share) for name, share in zip(names, shares, strict=True)
        ]
        self.asking.begin(t("Recovery key"), note, asked, mark("They are written down"),
                          lambda _: self.asking.done(), self.table)  # fmt: skip
        self._ask()


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("plan", screen.ask_plan), ("key", screen.ask_key)]
