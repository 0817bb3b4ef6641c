"""Back to an older program, on the Backup screen: a rehearsal says what it means, a typed number does it."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from gui.desk import Action, Desk
from gui.screens._asking import Asked
from lims.services import goback
from lims.services.goback import Meaning
from lims.text import mark, t

HEAD = mark("Back to an older version")
WHY = mark(
    "For when the new version must be given up: the tables get the form of an older program, every record stays. "
    "First it is tried on a copy; nothing changes yet. Forms: {forms}."
)
MEANS = mark(
    "It can be done: all {entries} entries stay; tables that go, of which no entry speaks: {gone}. A copy from before "
    "is kept. Afterwards this program writes nothing more: close it and install the older one. Type {to} to do it."
)


class GoingBack(QObject):
    """Asks for the older form, rehearses on a copy, asks once more, and does it; then nothing is written any more."""

    def __init__(self, desk: Desk, screen: Any) -> None:  # noqa: ANN401 - the Backup screen, which owns this
        super().__init__(screen)
        self._desk, self._screen = desk, screen
        self.meaning: Meaning | None = None
        self.form = ""

    def offered(self) -> list[Action]:
        """Offer it to who may."""
        if not self._desk.may(goback.MAY):
            return []
        return [Action(HEAD, "F5", self.ask, missing=t("it was taken back already") if self.form else "")]

    def ask(self) -> None:
        """Ask which forms there are, then which one is meant."""
        self._desk.work.run(goback.older, self._desk.door, then=self._which, failed=self._desk.complain,
                            owner=self._screen)  # fmt: skip

    def _which(self, forms: tuple[str, ...]) -> None:
        if not forms:
            self._desk.refuse(
                t("A server's laboratory is taken back with: kuaijian database rollback --to FORM")
            )
            return
        note = t(WHY, forms=", ".join(forms))
        asked = (Asked("to", mark("Form of the older program"), unseen=False, value=forms[0]),)
        self._screen.asking.begin(
            t(HEAD), note, asked, mark("Try it on a copy"), self._rehearse, self._screen.table
        )

    def _folder(self) -> Path | None:
        papers = self._desk.papers
        return papers.folder.root if papers else None

    def _rehearse(self, told: dict[str, str]) -> None:
        folder, door = self._folder(), self._desk.door  # type: Path | None, Any
        if folder is not None:
            self._screen.asking.done()
            self._screen.begin(lambda job: goback.rehearse(door, folder, told["to"].strip(), job.step),
                               self._confirm, mark("Going back on a copy …"))  # fmt: skip

    def _confirm(self, meaning: Meaning) -> None:
        self.meaning = meaning
        gone = ", ".join(meaning.gone) or "/"
        note = t(MEANS, entries=meaning.entries, gone=gone, to=meaning.to)
        asked = (Asked("to", mark("The form once more"), unseen=False),)
        self._screen.asking.begin(t(HEAD), note, asked, mark("Go back now"), self._go, self._screen.table)

    def _go(self, told: dict[str, str]) -> None:
        meaning, folder, door = self.meaning, self._folder(), self._desk.door  # type: Meaning | None, Path | None, Any
        if meaning is None or folder is None:
            return
        if told["to"].strip() != meaning.to:
            self._screen.asking.refuse(t("This is not {to}; nothing was changed.", to=meaning.to), ("to",))
            return
        self._screen.asking.done()
        self._screen.begin(lambda job: goback.go(door, folder, meaning.to, job.step), self._gone,
                           mark("Going back …"))  # fmt: skip

    def _gone(self, form: str) -> None:
        self.form = form
        self._desk.toast(
            t("The tables have the form {form}. Close this program and install the older one.", form=form)
        )
        self._desk.changed.emit()
