"""What every test of the desktop stands on: the guard of the GUI thread, a desk, a window, a hand and a scanner."""

import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui import app as desktop
from gui import discover
from gui.desk import Desk
from gui.look import Look
from gui.scanner import Scanner
from gui.shell import Shell
from gui.ties import Lims, Ties
from lims import text
from lims.errors import NotAllowed
from tests.gui.hurry import PAUSE, as_fast_as_a_scanner
from tests.gui.lab import Lab, found

HERE = Path(__file__).parent
GUI = str(HERE.parents[1] / "gui")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
_trespasses: list[str] = []
_watching = threading.Event()


def _in_gui_code() -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == "_cache_bytecode":
            return False  # a module that Python compiles the first time; an installed program comes compiled
        if frame.f_code.co_filename.startswith(GUI):
            return True
        frame = frame.f_back
    return False


def _note(what: str) -> None:
    if threading.current_thread() is threading.main_thread() and _in_gui_code():
        _trespasses.append(f"{what}\n{''.join(traceback.format_stack(limit=8))}")


def _audit(event: str, args: tuple[object, ...]) -> None:
    if not _watching.is_set():
        return
    if event == "open":
        mode, flags = args[1], args[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITES):
            _note(f"opens {args[0]!r} for writing")
    elif event in {
        "socket.connect",
        "socket.bind",
        "sqlite3.connect",
        "time.sleep",
        "subprocess.Popen",
        "os.rename",
    }:
        _note(f"{event} {args!r}")


sys.addaudithook(_audit)


@dataclass
class OffThread:
    """The laboratory, but it notes every call that comes from the GUI thread."""

    inside: object

    def __getattr__(self, name: str) -> object:
        found = getattr(self.inside, name)
        if name == "acting":
            return lambda session: OffThread(found(session))
        if name in {"do", "ask"} and threading.current_thread() is threading.main_thread():
            _trespasses.append(
                f"the GUI thread enters the door by {name}\n{''.join(traceback.format_stack(limit=8))}"
            )
        return found


@pytest.fixture(autouse=True)
def gui_thread_guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail the test when the GUI thread enters the door, the engine, an fsync, a socket, a port or a writing open."""
    for name in ("fsync", "fdatasync"):
        real = getattr(os, name, None)
        if real is not None:

            def watched(file: int, real: Callable[[int], None] = real, name: str = name) -> None:
                _note(f"os.{name}")
                real(file)

            monkeypatch.setattr(os, name, watched)
    opened = Desk.open
    monkeypatch.setattr(Desk, "open", lambda self, lims: opened(self, cast("Lims", OffThread(lims))))
    _trespasses.clear()
    _watching.set()
    yield _trespasses
    _watching.clear()
    assert not _trespasses, "\n".join(_trespasses)


@dataclass(frozen=True)
class Person:
    account: str
    name: str
    roles: frozenset[str]


LIN = Person("a1", "林秀英", frozenset({"technician", "reviewer"}))
CHEN = Person("a2", "陈建华", frozenset({"sampler"}))


class Bench:
    """A laboratory whose verbs and questions are plain functions."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[object], None]] = []
        self.actors: list[object] = []

    def do(self, verb: Any, /, *args: Any, **values: Any) -> Any:
        value = verb(*args, **values)
        self.tell(("did", verb.__name__))
        return value

    def ask(self, question: Any, /, *args: Any, **values: Any) -> Any:
        return question(*args, **values)

    def acting(self, session: object, /) -> "Bench":
        self.actors.append(session)
        return self

    def listen(self, listener: Callable[[object], None], /) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, notice: object) -> None:
        for listener in list(self.listeners):
            listener(notice)


def sign_in(_: object, name: str, password: str) -> Person:
    for person in (LIN, CHEN):
        if person.name == name and password == "right":
            return person
    raise NotAllowed("door.role", verb="sign_in", needs="password")


def is_code(payload: str) -> bool:
    """A number of these tests: FY and eight digits whose sum is divisible by ten."""
    digits = payload.removeprefix("FY")
    return (
        payload.startswith("FY") and len(digits) == 8 and digits.isdigit() and sum(map(int, digits)) % 10 == 0
    )


GOOD, OTHER = "FY12345678"[:-1] + "2", "FY00000091"


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    desktop.application([])
    return QApplication


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in its light desk look, speaking English, so that the tests can be read."""
    if not qapp.property("dressed"):
        desktop.dress(qapp, Look(language="en"))
        qapp.setProperty("dressed", True)
    text.use("en")
    yield qapp
    text.use("zh_CN")


@pytest.fixture
def lab(dressed: QApplication, tmp_path: Path) -> Iterator[Lab]:
    """A real laboratory, founded anew; a file that needs more of it asks for this one."""
    made = found(tmp_path)
    yield made
    made.close()
    dressed.processEvents()


@pytest.fixture
def laboratory() -> Bench:
    return Bench()


@pytest.fixture
def desk(dressed: QApplication, laboratory: Bench, tmp_path: Path) -> Iterator[Desk]:
    assert isinstance(dressed, QApplication)
    made = Desk(Ties(sign_in=sign_in, is_code=is_code, drafts=tmp_path / "drafts", site="连江县快检室"))
    made.open(laboratory)
    yield made
    made.close()
    made.sounds.close()


@pytest.fixture
def settle(qapp: QApplication) -> Callable[..., None]:
    """Let answers arrive: until the condition holds, or for a moment when there is none."""

    def run(until: Callable[[], object] | None = None, seconds: float = 60.0) -> None:
        end = monotonic() + (seconds if until else 0.03)
        while monotonic() < end:
            qapp.processEvents()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if until and until():
                return
            sleep(PAUSE)
        assert until is None, "what was waited for did not happen"

    return run


@pytest.fixture
def demo() -> discover.ScreenFile:
    return discover.load(HERE / "demo_screen.py")


@pytest.fixture
def shell(desk: Desk, demo: discover.ScreenFile, settle: Callable[..., None]) -> Iterator[Shell]:
    """The window with the demonstration screen, somebody signed in, and the scanner listening."""
    made = Shell(desk)
    made.take_screens([demo])
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scanner = Scanner(app, is_code)
    scanner.scanned.connect(made.scanned)
    scanner.refused.connect(made.refused)
    made.resize(1366, 768)
    made.show()
    desk.sign_in(LIN.name, "right")
    made.activateWindow()
    settle(lambda: made.name and made.isActiveWindow())
    yield made
    scanner.stop()
    made.close()
    made.deleteLater()
    settle()


@pytest.fixture
def hand() -> Callable[[QWidget, str], None]:
    """Write into a field as an input method does; QTest cannot type Chinese."""

    def write(widget: QWidget, words: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(widget, event)

    return write


@pytest.fixture
def gun() -> Callable[..., None]:
    """Shoot a code at whatever has the cursor, as fast as a scanner does."""

    def shoot(payload: str, suffix: Qt.Key | None = Qt.Key.Key_Return) -> None:
        target = (
            QApplication.activeModalWidget()
            or QApplication.activeWindow()
            or QApplication.topLevelWidgets()[0]
        )
        focus = QApplication.focusWidget() or target
        with as_fast_as_a_scanner():
            QTest.keyClicks(focus, payload)
            if suffix is not None:
                QTest.keyClick(focus, suffix)

    return shoot
