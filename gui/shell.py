"""The window: rail, top bar, banners, one screen at a time, and the action bar."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
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
from gui.frame import Frame
from gui.idle import Idle
from gui.keys import Keys, is_enter, key_of
from gui.look import Look
from gui.over import ask_pin, give_focus, show_over
from gui.scanner import Refused
from gui.signing import Asked
from gui.ties import Session
from gui.widgets.help import HelpDialog, KeysDialog, page
from gui.widgets.palette import Palette
from gui.widgets.rail import Place, van_rail
from lims import text
from lims.text import mark, t

NO_SCAN_HERE = mark("A scan does nothing here. Open Reception or Bench first.")
FINISH_FIRST = mark("Finish this window first, then scan.")
NIGHT = "vans"
"""The screen where a van hands over and sends."""
SIGN_IN_FIRST = mark("Sign in first, then scan.")


class Shell(QMainWindow):
    """The one window."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._name, self._trail = "", list[str]()
        self._account, self._look = "", desk.look
        self._kept: tuple[str, QWidget | None] = ("", None)
        self._keys = Keys(self, self.acts, self.press)
        self.setWindowTitle(t("Kuaijian rapid-test laboratory"))
        self._take(Frame(desk))
        self.idle = Idle(self)
        self._connect()
        self.show_sign_in()

    def _take(self, frame: Frame) -> None:
        self.frame = frame
        self.rail, self.bar, self.banners, self.toast = frame.rail, frame.bar, frame.banners, frame.toast
        self.sign_in, self.stage, self.actions_bar = frame.sign_in, frame.stage, frame.foot
        self.setCentralWidget(frame)
        self.rail.went.connect(self.go)
        self.bar.searched.connect(self.search)
        self.bar.spoke.connect(self.speak_other)
        self.bar.sends.connect(lambda: self.go(NIGHT))
        self.actions_bar.pressed.connect(self.press)

    def _connect(self) -> None:
        desk = self.desk
        desk.going.connect(self.go)
        desk.changed.connect(self.refresh_actions)
        desk.signed.connect(self._signed)
        desk.locked.connect(self._locked)
        desk.signs.connect(self._sign)
        desk.worn.connect(self.wear)
        self.idle.passed.connect(desk.lock)
        desk.noticed.connect(self._noticed)
        desk.flooded.connect(lambda: self._noticed(None))
        for key, act in (("Ctrl+K", self.search), ("F1", self.help)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        QShortcut(QKeySequence("Alt+0"), self).activated.connect(lambda: self.rail.unfold())  # noqa: PLW0108 - another rail comes
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
        """Return the screens that the person signed in may use: first those where his roles live, in their order."""
        session = self.desk.session
        if session is None:
            return []
        open_ = [file for file in self.stage.files.values() if self.desk.may(file.needs)]
        open_.sort(key=lambda file: file.often.isdisjoint(session.roles))
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
        flat = theme.current().layout == "touch"
        self.rail.show_places(van_rail(places) if flat else places)
        self.bar.night.setVisible(flat and NIGHT in {place.name for place in places})
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

    # Look and language ------------------------------------------------------------------------------------

    def speak_other(self) -> None:
        """Change between Chinese and English, everywhere, at once."""
        languages = list(text.LANGUAGES)
        other = languages[(languages.index(text.current()) + 1) % len(languages)]
        self.desk.wear(replace(self.desk.look, language=other))

    def wear(self, look: Look) -> None:
        """Look like this from now on; what is laid out otherwise is laid out anew."""
        if look.language != text.current():
            self.speak(look.language)
        app, laid, self._look = QApplication.instance(), _laid_out(self._look), look
        if isinstance(app, QApplication) and _laid_out(look) != laid:
            theme.change(app, name=look.theme, layout=look.layout, scale=look.scale)
            QTimer.singleShot(0, self, self.rebuild)  # not under the hands of the button that asked for it

    def rebuild(self) -> None:
        """Lay everything out anew; drafts are kept first and come back with their screens."""
        self.desk.work.settling.emit()
        former, name, place = self.frame, self._name, self._call("here") or {}
        frame = Frame(self.desk)
        frame.take_over(former)
        self._take(frame)
        frame.show()
        self._name, self._kept = "", ("", None)
        if self.desk.session is None:
            self.show_sign_in()
            return
        self.bar.show_person(self.desk.session.name)
        self._show_rail()
        self.go(name, place)

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the threads with the window; acts that were asked for are finished, drafts are kept first."""
        self.idle.rest()
        self.desk.close()
        super().closeEvent(event)


def _laid_out(look: Look) -> tuple[str, str, float]:
    """Return what of a look everything is laid out by."""
    return look.theme, look.layout, look.scale
