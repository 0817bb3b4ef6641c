"""The window: rail, top bar, banners, one screen at a time, and the action bar."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QMainWindow,
    QWidget,
)

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.discover import ScreenFile
from gui.idle import Idle
from gui.keys import Keys, is_enter, key_of
from gui.over import ask_pin, give_focus, show_over
from gui.scanner import Refused
from gui.signin import SignIn
from gui.signing import Asked
from gui.stage import Stage
from gui.ties import Session
from gui.widgets import boxes
from gui.widgets.actionbar import ActionBar, Progress
from gui.widgets.banner import Banners, Toast
from gui.widgets.help import HelpDialog, KeysDialog, page
from gui.widgets.palette import Palette
from gui.widgets.rail import Place, Rail
from gui.widgets.topbar import BusyLine, TopBar
from lims import text
from lims.text import mark, t

NO_SCAN_HERE = mark("A scan does nothing here. Open Reception or Bench first.")
FINISH_FIRST = mark("Finish this window first, then scan.")
SIGN_IN_FIRST = mark("Sign in first, then scan.")
VAN_ITEMS = 5


class Shell(QMainWindow):
    """The one window.

    Signals:
        spoke: the language that was chosen, so that it can be kept as a setting.
    """

    spoke = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._name, self._trail = "", list[str]()
        self._account = ""
        self._kept: tuple[str, QWidget | None] = ("", None)
        self._keys = Keys(self, self.acts, self.press)
        self.setWindowTitle(t("Kuaijian rapid-test laboratory"))
        self._build()
        self.idle = Idle(self)
        self._connect()
        self.show_sign_in()

    def _build(self) -> None:
        flat = theme.current().layout == "touch"
        self.rail, self.bar, self.busy = Rail(flat=flat), TopBar(self.desk.ties.site), BusyLine()
        self.sign_in = SignIn(self.desk)
        self.banners, self.stage, self.actions_bar = Banners(), Stage(self.desk, self.sign_in), ActionBar()
        self.banners.hide()
        self._jobs = boxes.column(gap=0)
        work = boxes.column(
            self.bar, self.busy, self.banners, self.stage, self._jobs, self.actions_bar, gap=0
        )
        work.setStretchFactor(self.stage, 1)
        whole = QWidget()
        whole.setObjectName("desk")
        if flat:
            boxes.column(work, self.rail, of=whole, gap=0).setStretch(0, 1)
        else:
            boxes.row(self.rail, work, of=whole, gap=0).setStretch(1, 1)
        self.setCentralWidget(whole)
        self.toast = Toast(whole)

    def _connect(self) -> None:
        desk = self.desk
        desk.told.connect(self.toast.tell)
        desk.lasting.connect(self.banners.put)
        desk.going.connect(self.go)
        desk.changed.connect(self.refresh_actions)
        desk.signed.connect(self._signed)
        desk.locked.connect(self._locked)
        desk.signs.connect(self._sign)
        self.idle.passed.connect(desk.lock)
        desk.noticed.connect(self._noticed)
        desk.flooded.connect(lambda: self._noticed(None))
        desk.state.connect(self.bar.show_state)
        desk.began.connect(lambda job, words: self._jobs.addWidget(Progress(job, words)))
        desk.badged.connect(self.rail.badge)
        desk.work.busy.connect(self.busy.show_running)
        self.rail.went.connect(self.go)
        self.bar.searched.connect(self.search)
        self.bar.spoke.connect(self.speak_other)
        self.bar.left.connect(desk.sign_out)
        self.actions_bar.pressed.connect(self.press)
        for key, act in (("Ctrl+K", self.search), ("F1", self.help)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        for digit in range(1, 10):
            shortcut = QShortcut(QKeySequence(f"Alt+{digit}"), self)
            shortcut.activated.connect(lambda digit=digit: self._go_digit(digit))

    # Screens ----------------------------------------------------------------------------------------------

    def take_screens(self, files: Sequence[ScreenFile]) -> None:
        """Take the screens that were found on disk; they are built when somebody goes there."""
        self.stage.take(files)
        self._show_rail()
        self.refresh_actions()

    def places(self) -> list[Place]:
        """Return the screens that the person signed in may use, in their order."""
        if self.desk.session is None:
            return []
        open_ = [file for file in self.stage.files.values() if self.desk.may(file.needs)]
        if theme.current().layout == "touch":
            open_ = open_[:VAN_ITEMS]
        return [Place(file.name, file.title, file.icon, at if at < 10 else 0)
                for at, file in enumerate(open_, start=1)]  # fmt: skip

    def go(self, name: str, context: dict[str, Any] | None = None) -> None:
        """Show a screen; its `arrived` gets the context."""
        if name not in {place.name for place in self.places()}:
            return
        if self._name and self._name != name:
            self._trail = [*self._trail[-19:], self._name]
        self.stage.show_screen(name)
        self._name = name
        self.rail.set_current(name)
        self._call("arrived", **(context or {}))
        self.refresh_actions()

    def show_sign_in(self, who: Session | None = None) -> None:
        """Show the screen before all others; over a locked desk it names who was here."""
        self._name, self._trail = "", []
        self.idle.rest()
        self.bar.show_person(None)
        self._show_rail()
        self.stage.show_first()
        self.sign_in.await_person(who.name if who else "")
        self.sign_in.arrived()
        self.refresh_actions()

    @property
    def shown(self) -> Any:  # noqa: ANN401 - a screen is a file found on disk, with its own parts
        """The screen that is shown."""
        return self.stage.screens[self._name] if self._name else self.sign_in

    @property
    def name(self) -> str:
        """The name of the screen that is shown; empty while nobody is signed in."""
        return self._name

    def _show_rail(self) -> None:
        places = self.places()
        self.rail.show_places(places)
        self.rail.setVisible(bool(places))
        if self._name:
            self.rail.set_current(self._name)

    def _signed(self, session: Session | None) -> None:
        if session is None:
            self.show_sign_in()
            return
        if session.account != self._account:
            self._forget_screens()
        self._account = session.account
        self.bar.show_person(session.name)
        self._show_rail()
        self._watch_idle()
        places, (name, focus), self._kept = self.places(), self._kept, ("", None)
        if name in self.stage.screens and name in {place.name for place in places}:
            self._come_back(name, focus)
        elif places:
            self.go(places[0].name)

    def _watch_idle(self) -> None:
        seconds = self.desk.ties.idle
        if seconds is not None:
            self.desk.work.run(seconds, self.desk.door, then=self._idle_after, failed=self.desk.complain)

    def _idle_after(self, seconds: float) -> None:
        if self.desk.session is not None:
            self.idle.watch(seconds)

    def _locked(self, who: Session) -> None:
        """Put the sign-in over everything; screens keep what was typed for the same person."""
        self._kept = (self._name, self.focusWidget())
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.show_sign_in(who)

    def _come_back(self, name: str, focus: QWidget | None) -> None:
        """Show a screen as it was left, with what happened since."""
        self._name = name
        self.stage.show_screen(name)
        self.rail.set_current(name)
        self._call("refresh", None)
        if not give_focus(self.shown, focus):
            self.shown.setFocus()
        self.refresh_actions()

    def _forget_screens(self) -> None:
        """Build the screens anew for another person; what the former one typed is in the drafts."""
        self._kept = ("", None)
        self.stage.forget()

    def _noticed(self, notice: object) -> None:
        if getattr(notice, "verb", "") == "passwords.set_policy" and self.desk.session is not None:
            self._watch_idle()
        if self._name:
            self._call("refresh", notice)

    def _call(self, method: str, *args: object, **values: object) -> Any:  # noqa: ANN401 - what the screen answers
        found = getattr(self.shown, method, None)
        return found(*args, **values) if callable(found) else None

    # Actions and keys -------------------------------------------------------------------------------------

    def acts(self) -> list[Action]:
        """Return the actions of the screen that is shown."""
        return list(self._call("acts") or [])

    def refresh_actions(self) -> None:
        """Draw the action bar anew."""
        actions = self.acts()
        self.actions_bar.show_actions(self._call("sentence") or "", actions)
        self._keys.follow(actions)

    def press(self, action: Action) -> None:
        """Do an action, or say why it cannot be done."""
        if action.missing:
            self.toast.tell("warn", t("Not yet: {reason}", reason=action.missing))
            return
        action.act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys that no field wanted: Enter, Esc, ? and the letters of the screen.

        They come here, not through shortcuts, so that the scanner's filter has seen them first.
        """
        if is_enter(event):
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton):
                focus.click()
            else:
                self._keys.strike("Return")
        elif event.key() == Qt.Key.Key_Escape:
            self.back()
        elif event.text() == "?":
            self.show_keys()
        elif not self._keys.strike(key_of(event)):
            super().keyPressEvent(event)

    def back(self) -> None:
        """Go back one step: first the screen itself, then the screen before."""
        if self._keys.strike("Escape") or self._call("back"):
            return
        if self._trail:
            name, before = self._trail[-1], self._trail[:-1]
            self.go(name)
            self._trail = before

    def _go_digit(self, digit: int) -> None:
        names = [place.name for place in self.places() if place.digit == digit]
        if names:
            self.go(names[0])

    # Scans ------------------------------------------------------------------------------------------------

    def scanned(self, scan: Scan) -> None:
        """Give a scan to the screen, or refuse it with the reason."""
        if QApplication.activeModalWidget() is not None:
            self.desk.refuse(t(FINISH_FIRST))
        elif self.desk.session is None:
            self.desk.refuse(t(SIGN_IN_FIRST))
        elif callable(getattr(self.shown, "scanned", None)):
            self._call("scanned", scan)
        else:
            self.desk.refuse(t(NO_SCAN_HERE))

    def refused(self, why: Refused) -> None:
        """Say why a payload was not taken."""
        self.desk.refuse(t(why.sentence, **why.values))

    # Windows over the window ------------------------------------------------------------------------------

    def search(self) -> None:
        """Open Ctrl+K."""
        if self.desk.session is not None:
            palette = Palette(self, self.places(), self.acts(), self.desk.find, self.go)
            show_over(self, palette)

    def show_keys(self) -> None:
        """List the keys."""
        show_over(self, KeysDialog(self, self.acts()))

    def help(self) -> None:
        """Open the page of this screen."""
        name = self._name or "sign_in"
        self.desk.work.run(page, name, owner=self,
                           then=lambda words: show_over(self, HelpDialog(self, t("Help"), words)))  # fmt: skip

    def _sign(self, asked: Asked) -> None:
        """Ask for the PIN of an act that means something; each record of it is shown."""
        if self.desk.session is None or self.desk.session.account != asked.account:
            asked.left()
            return
        ask_pin(self, asked)

    # Language ---------------------------------------------------------------------------------------------

    def speak_other(self) -> None:
        """Change between Chinese and English, everywhere, at once."""
        languages = list(text.LANGUAGES)
        self.speak(languages[(languages.index(text.current()) + 1) % len(languages)])

    def speak(self, language: str) -> None:
        """Speak a language from now on; nothing typed is touched."""
        text.use(language)
        self.setWindowTitle(t("Kuaijian rapid-test laboratory"))
        for widget in QApplication.allWidgets():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
        for screen in self.stage.screens.values():
            retranslate = getattr(screen, "retranslate", None)
            if callable(retranslate):
                retranslate()
        self.refresh_actions()
        self.spoke.emit(language)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the threads with the window; acts that were asked for are finished, drafts are kept first."""
        self.idle.rest()
        self.desk.close()
        super().closeEvent(event)
