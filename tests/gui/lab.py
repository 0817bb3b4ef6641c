"""A real laboratory behind a real window: founded in a folder, its people signed in, keys pressed, bags scanned."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from gui import discover, finding
from gui.desk import Desk
from gui.scanner import Scanner
from gui.shell import Shell
from gui.ties import Ties
from gui.widgets.sign import SignDialog
from lims.bench.papers import Papers
from lims.evidence.signing import SoftwareKeys
from lims.queries import samples
from lims.rules.numbering import is_number
from lims.services import enrol, sign
from tests.gui.hurry import PAUSE, as_fast_as_a_scanner
from tests.laboratory import PASSWORD, Lab, filled, found_lab

__all__ = [
    "PASSWORD",
    "PIN",
    "Lab",
    "Shell",
    "drawn",
    "filled",
    "focused",
    "found",
    "keyed",
    "people",
    "received",
    "signs",
    "state_of",
    "window",
]


def found(tmp_path: Path) -> Lab:
    """Found a laboratory with one person for each role (chen, lin, wang, zhao, zheng, admin)."""
    return found_lab(tmp_path / "laboratory")


def people(lab: Lab) -> dict[str, str]:
    """Return the account of each login."""
    return dict(lab.accounts)


def drawn(lab: Lab, n: int = 1, **over: str) -> list[str]:
    """Draw samples and return their numbers."""
    return [lab.draw(**over) for _ in range(n)]


def received(lab: Lab, n: int = 1, **over: str) -> list[str]:
    """Draw and receive samples and return their numbers."""
    return lab.received(n, **over)


def sign_in(lims: object, login: str, password: str, new_password: str = "") -> object:
    """Sign in with the laboratory's own check of a password."""
    return enrol.sign_in(lims, login, password, new_password).actor  # type: ignore[arg-type]


PIN = "correct horse battery"


def keyed(lab: Lab, *logins: str) -> SoftwareKeys:
    """Give people a key that this PIN opens, issued by the manager; return where the keys live."""
    keys = SoftwareKeys(lab.laboratory.folder.root / "keys")
    for login in logins:
        public = keys.create(lab.accounts[login], PIN)
        lab.as_("zheng").do(
            sign.issue_key, account=lab.accounts[login], public=public, algorithm=keys.algorithm
        )
    return keys


def dialog(shell: Shell) -> SignDialog:
    """Return the signing window as soon as it asks."""
    settle(shell, lambda: any(one.isVisible() for one in shell.findChildren(SignDialog)))
    return next(one for one in shell.findChildren(SignDialog) if one.isVisible())


def signs(shell: Shell, pin: str = PIN) -> list[str]:
    """Give the PIN where it is asked for; return the records that were shown."""
    asked = dialog(shell)
    records = asked.findChild(QListWidget)
    assert records is not None
    shown = [records.item(at).text() for at in range(records.count())]
    field = asked.findChild(QLineEdit)
    assert field is not None
    settle(shell, lambda: asked.isActiveWindow() and field.hasFocus())
    write(pin)
    press(shell, "Return")
    return shown


def settle(shell: Shell, until: Callable[[], object] | None = None, seconds: float = 60.0) -> None:
    """Let answers arrive: until the condition holds, or until nothing is under way."""
    end = monotonic() + seconds
    app = QApplication.instance()
    assert app is not None
    while monotonic() < end:
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if until() if until else shell.desk.work.idle:
            app.processEvents()
            return
        sleep(PAUSE)
    raise AssertionError("what was waited for did not happen")


@contextmanager
def window(
    lab: Lab,
    login: str,
    screen: str = "",
    size: tuple[int, int] = (1366, 768),
    idle: Callable[[object], float] | None = None,
) -> Iterator[Shell]:
    """Open the window with every screen on disk, sign a person in and go to a screen."""
    ties = Ties(
        sign_in=sign_in,  # type: ignore[arg-type]
        is_code=is_number,
        drafts=lab.laboratory.folder.root / "drafts",
        site="连江县快检室",
        reports=lab.laboratory.folder.reports,
        keys=SoftwareKeys(lab.laboratory.folder.root / "keys"),
        idle=idle,
        find=finding.find,
    )
    desk = Desk(ties)
    desk.papers = Papers(lab.laboratory)
    desk.open(lab.station)
    shell = Shell(desk)
    shell.take_screens(discover.screens())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scanner = Scanner(app, is_number)
    scanner.scanned.connect(shell.scanned)
    scanner.refused.connect(shell.refused)
    shell.resize(*size)
    shell.show()
    desk.sign_in(login, PASSWORD)
    settle(shell, lambda: shell.name)
    if screen:
        shell.go(screen)
        assert shell.name == screen, f"{login} cannot go to {screen}"
    settle(shell)
    try:
        yield shell
    finally:
        scanner.stop()
        shell.close()
        shell.deleteLater()
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        desk.sounds.close()


def press(shell: Shell, *keys: str) -> None:
    """Press keys as Qt names them ("Return", "F7", "Ctrl+Return", "R"), slowly, where the cursor is."""
    for key in keys:
        combination = QKeySequence.fromString(key)[0]  # type: ignore[index] # the stubs know no item of it
        focus = QApplication.focusWidget() or shell
        QTest.keyPress(focus, combination.key(), combination.keyboardModifiers())
        QTest.qWait(40)
        QTest.keyRelease(
            QApplication.focusWidget() or shell, combination.key(), combination.keyboardModifiers()
        )
        settle(shell)


def write(words: str, widget: QWidget | None = None) -> None:
    """Write into the field with the cursor as an input method does; QTest cannot type Chinese."""
    event = QInputMethodEvent()
    event.setCommitString(words)
    target = widget or QApplication.focusWidget()
    assert target is not None, "no field has the cursor"
    QApplication.sendEvent(target, event)


def scan(shell: Shell, payload: str) -> None:
    """Shoot a code as fast as a scanner does, wherever the cursor is."""
    focus = QApplication.focusWidget() or shell
    with as_fast_as_a_scanner():
        QTest.keyClicks(focus, payload)
        QTest.keyClick(focus, Qt.Key.Key_Return)
    settle(shell)


def picture(shell: Shell, path: Path) -> None:
    """Save the window as a picture."""
    settle(shell)
    path.parent.mkdir(parents=True, exist_ok=True)
    shell.grab().save(str(path))


def focused() -> QWidget:
    """Return the field under the cursor."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def state_of(lab: Lab, number: str) -> str:
    """Return a sample's state as the laboratory has it."""
    found = lab.as_("lin").ask(samples.by_number, number)
    assert found is not None
    return found.state
