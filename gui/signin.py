"""The screen before all others: name, password, what is wrong with them, and a new password where one is due."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from gui import theme
from gui.capturing import Capturing
from gui.desk import Action, Desk
from gui.founding import Founding
from gui.recovery import Recovery
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.secret import secret
from lims import clock, text
from lims.text import mark, t

TITLE = mark("Sign in")
RENEW = mark("Set the new password")
NAME, PASSWORD = mark("Login name"), mark("Password")
NEW, AGAIN = mark("New password"), mark("The new password once more")
WAS_HERE = mark("Locked at {time}. {name} was here; what was typed is kept for the same person.")
UNEQUAL = mark("The two new passwords differ. Type them again.")


class SignIn(QWidget):
    """Signs a person in; speaks the frame's own language of actions and sentence, like a screen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._trying, self._old = desk, False, ""
        self._name, self._password = QLineEdit(), secret(PASSWORD)
        self._new, self._again = secret(NEW), secret(AGAIN)
        self._name.setMaxLength(100)
        self._wrong, self._was_here = Label(role="wrong", wrap=True), Label(role="late", wrap=True)
        self._labels = {word: Label(word, "muted") for word in (NAME, PASSWORD, NEW, AGAIN)}
        for field in self._fields().values():
            field.textChanged.connect(self._typed)
        inside = [part for word, field in self._fields().items() for part in (self._labels[word], field)]
        box = boxes.panel(
            Label(mark("Kuaijian rapid-test laboratory"), "head"), self._was_here, *inside, self._wrong,
            edge=24, gap=8,
        )  # fmt: skip
        box.setFixedWidth(theme.current().px(400))
        self._box, self.recovery, self.founding = box, Recovery(desk), Founding(desk)
        self.capturing = Capturing(desk)
        middle = boxes.row(None, box, self.recovery, self.founding, self.capturing, None)
        boxes.column(None, middle, None, None, of=self, edge=16)
        desk.recovered.connect(self._recovered)
        desk.founded.connect(self._recovered)
        desk.state.connect(self._stands)
        self.await_person("")
        self._show()

    def _fields(self) -> dict[str, QLineEdit]:
        return {NAME: self._name, PASSWORD: self._password, NEW: self._new, AGAIN: self._again}

    @property
    def _before(self) -> Founding | Capturing | Recovery | None:
        """What must be done, or come, before anybody can sign in."""
        if self._desk.found is not None:
            return self.founding
        if self._desk.away:
            return self.capturing
        return self.recovery if self._desk.barred else None

    @property
    def renewing(self) -> bool:
        """Whether a new password is asked for: the present one was right and must be changed."""
        return bool(self._old)

    def arrived(self) -> None:
        """Put the cursor where something is missing; where the log is barred, hold the recovery."""
        if (before := self._before) is not None:
            self._show()
            before.arrived()
            return
        (self._password if self._name.text() else self._name).setFocus(Qt.FocusReason.OtherFocusReason)

    def await_person(self, name: str) -> None:
        """Begin anew; over a locked desk say who was here, whoever comes now."""
        self._old = ""
        for field in (self._password, self._new, self._again):
            field.clear()
        self._wrong.put("")
        self._was_here.setVisible(bool(name))
        self._was_here.say(WAS_HERE, name=name, time=text.time(clock.now()))
        self._show()

    def sentence(self) -> str:
        """Say what will happen."""
        if (before := self._before) is not None:
            return before.sentence()
        if not self._desk.ready:
            return t("The laboratory is being opened …")
        if self.renewing:
            return t("Choose a password that only you know; it is used from now on.")
        return t("Checking the password …") if self._trying else t("Sign in as yourself.")

    def acts(self) -> list[Action]:
        """Offer the one act, and the way back from a new password."""
        if (before := self._before) is not None:
            return before.acts()
        if self.renewing:
            return [
                Action(mark("Back"), "Escape", self._leave),
                Action(RENEW, "Return", self._renew, primary=True, missing=self._missing(NEW)),
            ]
        wanted = (NAME,) if self._name.hasFocus() else (NAME, PASSWORD)
        return [Action(TITLE, "Return", self._try, primary=True, missing=self._missing(*wanted))]

    def _missing(self, *words: str) -> str:
        if not self._desk.ready:
            return t("the laboratory is not open yet")
        if self._trying:
            return t("one moment")
        wanted = [t(word) for word in words if not self._fields()[word].text()]
        return t("still missing: {fields}", fields=t("format.comma").join(wanted)) if wanted else ""

    def _recovered(self) -> None:
        self._show()
        self.arrived()
        self._desk.changed.emit()

    def _stands(self, name: str, _: str) -> None:
        """Follow a server that goes and comes back."""
        if name == "offline":
            self._show()
            if self.isVisible():
                self.arrived()
            self._desk.changed.emit()

    def _show(self) -> None:
        before = self._before
        self._box.setVisible(before is None)
        self.recovery.setVisible(before is self.recovery)
        self.founding.setVisible(before is self.founding)
        self.capturing.setVisible(before is self.capturing)
        for word, field in self._fields().items():
            shown = (word in {NEW, AGAIN}) == self.renewing or word == NAME
            field.setVisible(shown)
            self._labels[word].setVisible(shown)
        self._name.setEnabled(not self.renewing)

    # Trying -----------------------------------------------------------------------------------------------

    def _try(self) -> None:
        if not self._password.text():
            self._password.setFocus()
            return
        self._begin(self._password.text())

    def _renew(self) -> None:
        if not self._again.text():
            self._again.setFocus()
        elif self._new.text() != self._again.text():
            self._say(t(UNEQUAL), self._again)
        else:
            self._begin(self._old, self._new.text())

    def _begin(self, password: str, new: str = "") -> None:
        self._trying = True
        self._wrong.put("")
        self._desk.sign_in(self._name.text().strip(), password, self._done,
                           lambda error: self._refused(error, password), new)  # fmt: skip
        self._password.clear()
        self._desk.changed.emit()

    def _done(self, _: object) -> None:
        self._trying = False
        self.await_person("")

    def _refused(self, error: BaseException, password: str) -> None:
        self._trying = False
        code = getattr(error, "code", "")
        if code == "password.due":
            self._old = password
            self._show()
            self._say(text.sentence(error), self._new)
        elif self.renewing and code.startswith("password."):
            self._new.clear()
            self._say(text.sentence(error), self._new)
        else:
            self._old = ""
            self._show()
            self._say(text.sentence(error), self._password)

    def _say(self, sentence: str, field: QLineEdit) -> None:
        self._wrong.put(sentence)
        self._again.clear()
        field.setFocus()
        self._desk.changed.emit()

    def _leave(self) -> None:
        self._old = ""
        self._new.clear()
        self._show()
        self._say("", self._password)

    def _typed(self) -> None:
        self._desk.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Say the names of the fields in the language of the moment."""
        for word, field in self._fields().items():
            field.setAccessibleName(t(word))
