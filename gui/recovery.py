"""The screen when the log does not extend a head known outside: nothing is written until two people recover it."""

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._asking import Asked, Asking
from gui.widgets import boxes
from gui.widgets.label import Label
from lims import text
from lims.text import mark, t

TITLE = mark("Nothing is written now")
NOTE = mark(
    "The log in this database is not the one that left on slips and pages. Compare them first: a backup may have been "
    "restored, or the file was exchanged. Going on leaves a mark in the log for ever, with both names and the reason."
)
FIELDS = (
    Asked("manager", mark("Login of the quality manager"), unseen=False),
    Asked("manager_password", mark("Password of the quality manager")),
    Asked("administrator", mark("Login of the administrator"), unseen=False),
    Asked("administrator_password", mark("Password of the administrator")),
    Asked("reason", mark("What happened, as far as it is known"), unseen=False),
)


class Recovery(QWidget):
    """Says what is wrong and holds the ceremony; speaks the frame's language of actions and sentence."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._fault = Label(role="wrong", wrap=True)
        self.asking = Asking(desk)
        box = boxes.panel(Label(TITLE, "head"), self._fault, self.asking, edge=24, gap=8)
        box.setFixedWidth(theme.current().px(560))
        boxes.column(box, of=self)

    def arrived(self) -> None:
        """Say what is wrong and ask."""
        fault = self._desk.barred
        self._fault.put(text.sentence(fault) if fault else "")
        self.asking.begin(t("Recovery by two people"), t(NOTE), FIELDS, mark("Recover"), self._recover, self)

    def sentence(self) -> str:
        """Say what can be done."""
        return t("Compare slips and printed pages first; a recovery cannot be taken back.")

    def acts(self) -> list[Action]:
        """Offer the one act."""
        return [one for one in self.asking.acts() if one.primary]

    def _recover(self, told: dict[str, str]) -> None:
        papers = self._desk.papers
        if papers is None:
            return
        manager = told["manager"].strip(), told["manager_password"]
        administrator = told["administrator"].strip(), told["administrator_password"]
        secret = ("manager_password", "administrator_password")
        self._desk.work.run(
            papers.recover, manager, administrator, told["reason"], then=lambda _: self._recovered(), owner=self,
            in_order=True, failed=lambda error: self.asking.refuse(text.sentence(error), secret),
        )  # fmt: skip

    def _recovered(self) -> None:
        self.asking.done()
        self._desk.recovered.emit()
