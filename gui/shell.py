"""The window: rail, top bar, banners, one screen at a time, and the action bar."""

from collections.abc import Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QMainWindow,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from gui import theme
from gui.desk import Action, Desk, Scan, Session
from gui.discover import ScreenFile
from gui.idle import Idle
from gui.scanner import Refused
from gui.signin import SignIn
from gui.signing import Asked
from gui.widgets import boxes
from gui.widgets.actionbar import ActionBar, Progress
from gui.widgets.banner import Banners, Toast
from gui.widgets.help import HelpDialog, KeysDialog, page
from gui.widgets.palette import Palette
from gui.widgets.rail import Place, Rail
from gui.widgets.sign import MEANINGS, SignDialog
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
        self._files: dict[str, ScreenFile] = {}
        self._screens: dict[str, QWidget] = {}
        self._holders: dict[str, QScrollArea] = {}
        self._stale: set[str] = set()
        self._name, self._trail = "", list[str]()
        self._account = ""
        self._kept: tuple[str, QWidget | None] = ("", None)
        self._shortcuts: list[QShortcut] = []
        self.setWindowTitle(t("Kuaijian rapid-test laboratory"))
        self._build()
        self.idle = Idle(self)
        self._connect()
        self.show_sign_in()

    def _build(self) -> None:
        flat = theme.current().layout == "touch"
        self.rail, self.bar, self.busy = Rail(flat=flat), TopBar(self.desk.ties.site), BusyLine()
        self.banners, self.stack, self.actions_bar = Banners(), QStackedWidget(), ActionBar()
        self.stack.setObjectName("workspace")
        self.banners.hide()
        self._jobs = boxes.column(gap=0)
        work = boxes.column(
            self.bar, self.busy, self.banners, self.stack, self._jobs, self.actions_bar, gap=0
        )
        work.setStretchFactor(self.stack, 1)
        whole = QWidget()
        whole.setObjectName("desk")
        if flat:
            boxes.column(work, self.rail, of=whole, gap=0).setStretch(0, 1)
        else:
            boxes.row(self.rail, work, of=whole, gap=0).setStretch(1, 1)
        self.setCentralWidget(whole)
        self.toast = Toast(whole)
        self.sign_in = SignIn(self.desk)
        self._sign_in_holder = _holder(self.sign_in)
        self.stack.addWidget(self._sign_in_holder)

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
        self._files = {file.name: file for file in files}
        self._show_rail()
        self.refresh_actions()

    def places(self) -> list[Place]:
        """Return the screens that the person signed in may use, in their order."""
        if self.desk.session is None:
            return []
        open_ = [file for file in self._files.values() if self.desk.may(file.needs)]
        if theme.current().layout == "touch":
            open_ = open_[:VAN_ITEMS]
        return [Place(file.name, file.title, file.icon, at if at < 10 else 0)
                for at, file in enumerate(open_, start=1)]  # fmt: skip

    def go(self, name: str, context: dict[str, Any] | None = None) -> None:
        """Show a screen; its `arrived` gets the context."""
        if name not in {place.name for place in self.places()}:
            return
        if name not in self._screens:
            self._screens[name] = self._files[name].build(self.desk)
            self._holders[name] = _holder(self._screens[name])
            self.stack.addWidget(self._holders[name])
        if self._name and self._name != name:
            self._trail = [*self._trail[-19:], self._name]
        self._name = name
        self.stack.setCurrentWidget(self._holders[name])
        self.rail.set_current(name)
        self._stale.discard(name)
        self._call("arrived", **(context or {}))
        self.refresh_actions()

    def show_sign_in(self, who: Session | None = None) -> None:
        """Show the screen before all others; over a locked desk it names who was here."""
        self._name, self._trail = "", []
        self.idle.rest()
        self.bar.show_person(None)
        self._show_rail()
        self.stack.setCurrentWidget(self._sign_in_holder)
        self.sign_in.await_person(who.name if who else "")
        self.sign_in.arrived()
        self.refresh_actions()

    @property
    def shown(self) -> Any:  # noqa: ANN401 - a screen is a file found on disk, with its own parts
        """The screen that is shown."""
        return self._screens[self._name] if self._name else self.sign_in

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
        if name in self._screens and name in {place.name for place in places}:
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
        self.stack.setCurrentWidget(self._holders[name])
        self.rail.set_current(name)
        self._call("refresh", None)
        if focus is not None and shiboken6.isValid(focus) and self.shown.isAncestorOf(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.shown.setFocus()
        self.refresh_actions()

    def _forget_screens(self) -> None:
        """Build the screens anew for another person; what the former one typed is in the drafts."""
        for holder in self._holders.values():
            self.stack.removeWidget(holder)
            holder.deleteLater()
        self._kept = ("", None)
        self._screens.clear()
        self._holders.clear()
        self._stale.clear()

    def _noticed(self, notice: object) -> None:
        if getattr(notice, "verb", "") == "passwords.set_policy" and self.desk.session is not None:
            self._watch_idle()
        self._stale.update(name for name in self._screens if name != self._name)
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
        wanted = [action.key for action in actions if not _plain(action.key)]
        if wanted != [shortcut.key().toString() for shortcut in self._shortcuts]:
            for old in self._shortcuts:
                old.setEnabled(False)
                old.deleteLater()
            self._shortcuts = [QShortcut(QKeySequence(key), self) for key in wanted]
            for key, shortcut in zip(wanted, self._shortcuts, strict=True):
                shortcut.activated.connect(lambda key=key: self._press_key(key))

    def press(self, action: Action) -> None:
        """Do an action, or say why it cannot be done."""
        if action.missing:
            self.toast.tell("warn", t("Not yet: {reason}", reason=action.missing))
            return
        action.act()

    def _press_key(self, key: str) -> bool:
        wanted = QKeySequence(key)
        found = next((action for action in self.acts() if QKeySequence(action.key) == wanted), None)
        if found is not None:
            self.press(found)
        return found is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys that no field wanted: Enter, Esc, ? and the letters of the screen.

        They come here, not through shortcuts, so that the scanner's filter has seen them first.
        """
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & ~_KEYPAD:
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton):
                focus.click()
            else:
                self._press_key("Return")
        elif event.key() == Qt.Key.Key_Escape:
            self.back()
        elif event.text() == "?":
            self.show_keys()
        elif not self._press_key(_key_of(event)):
            super().keyPressEvent(event)

    def back(self) -> None:
        """Go back one step: first the screen itself, then the screen before."""
        if self._press_key("Escape") or self._call("back"):
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
            self._open(palette)

    def show_keys(self) -> None:
        """List the keys."""
        self._open(KeysDialog(self, self.acts()))

    def help(self) -> None:
        """Open the page of this screen."""
        name = self._name or "sign_in"
        self.desk.work.run(page, name, owner=self,
                           then=lambda words: self._open(HelpDialog(self, t("Help"), words)))  # fmt: skip

    def _sign(self, asked: Asked) -> None:
        """Ask for the PIN of an act that means something; each record of it is shown."""
        if self.desk.session is None or self.desk.session.account != asked.account:
            asked.left()
            return
        meaning = t(MEANINGS[asked.meaning]) if asked.meaning in MEANINGS else asked.meaning
        records = [act.record for act in asked.acts]
        dialog = SignDialog(self, asked.signer, meaning, records, asked.attempt)
        dialog.rejected.connect(asked.left)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        focus = self.focusWidget()
        dialog.finished.connect(lambda _: self._take_focus_back(focus))
        dialog.open()

    def _take_focus_back(self, focus: QWidget | None) -> None:
        """Have the keys again, where they were before the window over this one."""
        self.activateWindow()
        if focus is not None and shiboken6.isValid(focus) and focus.isVisible() and self.isAncestorOf(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

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
        for screen in self._screens.values():
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


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def _holder(screen: QWidget) -> QScrollArea:
    """Return what lets a screen scroll where the window is smaller than it: the window never grows for it."""
    holder = QScrollArea()
    holder.setWidgetResizable(True)
    holder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder.setWidget(screen)
    return holder


def _plain(key: str) -> bool:
    """Say whether a key writes something, or is Enter or Esc: such keys go to the fields first."""
    return len(key) == 1 or key in {
        "Return",
        "Enter",
        "Escape",
        "Space",
        "Backspace",
        "Up",
        "Down",
        "Left",
        "Right",
    }


def _key_of(event: QKeyEvent) -> str:
    if len(event.text()) == 1 and event.text().isprintable() and not event.text().isspace():
        return event.text().upper()
    return QKeySequence(QKeyCombination(event.modifiers() & ~_KEYPAD, Qt.Key(event.key()))).toString()
