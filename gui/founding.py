"""The screen where no laboratory is yet: it is founded here, with the person who enrols the others."""

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._asking import Asked, Asking
from gui.widgets import boxes
from lims import text
from lims.text import mark, t

TITLE = mark("Found the laboratory")
NOTE = mark(
    "No laboratory is in this folder yet. The codes begin every sample's number and the log, and can never be changed. "
    "The administrator signs in next and enrols the people; First steps leads on."
)
FIELDS = (
    Asked("name", mark("Name of the laboratory, as it is printed"), unseen=False),
    Asked("site", mark("Code of the site: capital letters and digits, such as LJ"), unseen=False, value="LJ"),
    Asked("station", mark("Code of this computer: two letters and two digits"), unseen=False, value="LJ01"),
    Asked("county", mark("Code of the county, six digits"), unseen=False, value="350122"),
    Asked("login", mark("Login of the administrator"), unseen=False, value="admin"),
    Asked("person", mark("Name of the administrator"), unseen=False),
    Asked("password", mark("Password of the administrator")),
    Asked("again", mark("The password once more"), same_as="password"),
)
WIDE = 560


class Founding(QWidget):
    """Speaks the frame's language of actions and sentence, like a screen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.asking = Asking(desk)
        box = boxes.panel(self.asking, edge=24, gap=8)
        box.setFixedWidth(theme.current().px(WIDE))
        boxes.column(box, of=self)

    def arrived(self) -> None:
        """Ask."""
        if not self.asking.active:
            self.asking.begin(t(TITLE), t(NOTE), FIELDS, TITLE, self._found, self)

    def sentence(self) -> str:
        """Say what can be done."""
        return t("Enter founds the laboratory in this folder.")

    def acts(self) -> list[Action]:
        """Offer the one act."""
        return [one for one in self.asking.acts() if one.primary]

    def _found(self, told: dict[str, str]) -> None:
        found = self._desk.found
        if found is not None:
            self._desk.work.run(
                found, {name: words.strip() if name not in {"password", "again"} else words
                        for name, words in told.items()},
                then=lambda _: self._founded(), owner=self, in_order=True,
                failed=lambda error: self.asking.refuse(text.sentence(error), ("password", "again")),
            )  # fmt: skip

    def _founded(self) -> None:
        self.asking.done()
        self._desk.found = None
        self._desk.founded.emit()
