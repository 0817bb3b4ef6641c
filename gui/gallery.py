"""Renders every screen and state to pictures, and checks by program what a program can see."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from gui import theme
from gui.discover import ScreenFile
from gui.shell import Shell
from gui.widgets.banner import Toast
from lims import text

SIZES = ((1366, 768, 1.0), (1920, 1080, 1.5))
"""Width, height and scale of the windows that are rendered."""
LOW = ((1024, 600, 1.0),)
"""The smallest window; rendered in high contrast."""
LEAST_CONTRAST = 4.5
PATIENCE = 5.0
RESTS = 4
"""Turns of the event loop until a layout inside a layout inside a scroll area has come to rest."""
State = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a program can see to be wrong: where (picture, widget) and what."""

    picture: str
    what: str


def contrast_faults() -> list[Fault]:
    """Check each text colour against each ground it is written on, in every set of colours."""
    faults = []
    for name, colours in theme.COLOURS.items():
        for ink, ground in theme.PAIRS:
            found = theme.contrast(getattr(colours, ink), getattr(colours, ground))
            if found < LEAST_CONTRAST:
                faults.append(Fault(name, f"{ink} on {ground}: {found:.2f}"))
    return faults


def settle(shell: Shell) -> None:
    """Let every answer arrive and every layout come to rest."""
    app, until = QApplication.instance(), monotonic() + PATIENCE
    while app is not None and monotonic() < until:
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.processEvents()
        if shell.desk.work.idle:
            break
    for _ in range(RESTS if app is not None else 0):
        QApplication.processEvents()


def faults_in(window: QWidget, picture: str) -> list[Fault]:
    """Find clipped words and widgets that lie on one another."""
    seen = [each for each in [window, *window.findChildren(QWidget)] if each.isVisible()]
    faults = [Fault(picture, what) for each in seen for what in _clipped(each)]
    return faults + [Fault(picture, what) for each in seen for what in _overlaps(each)]


def _clipped(widget: QWidget) -> Iterable[str]:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    name = f"{type(widget).__name__} {widget.objectName()} {words!r}"
    if isinstance(widget, QLabel) and words:
        yield from (f"{name}: {what}" for what in _label_faults(widget, words))
    if isinstance(widget, QPushButton) and words and widget.minimumSizeHint().width() > widget.width() + 1:
        yield f"{name}: cut at the side"
    parent = widget.parentWidget()
    inside = parent is None or widget.isWindow() or _scrolls(parent)
    if not inside and parent and not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
        yield f"{name}: reaches out of {type(parent).__name__} {parent.objectName()}"


def _label_faults(label: QLabel, words: str) -> Iterable[str]:
    if label.textFormat() != Qt.TextFormat.PlainText:
        yield "not plain text"
    if label.wordWrap():
        if label.heightForWidth(label.width()) > label.height() + 1:
            yield "cut at the foot"
        return
    if label.fontMetrics().horizontalAdvance(words.partition("\n")[0]) > label.width() + 1:
        yield "cut at the side"
    if label.fontMetrics().height() > label.height() + 1:
        yield "cut in height"


def _scrolls(parent: QWidget) -> bool:
    above = parent.parentWidget()
    return isinstance(above, QAbstractScrollArea) or isinstance(parent, QAbstractScrollArea)


def _overlaps(parent: QWidget) -> Iterable[str]:
    if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea):
        return
    children = [
        each for each in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if each.isVisible() and not each.isWindow() and not isinstance(each, Toast)
        and not each.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    ]  # fmt: skip
    if parent.layout() is None:
        return
    for first, second in combinations(children, 2):
        shared = first.geometry().intersected(second.geometry())
        if shared.width() > 1 and shared.height() > 1:
            yield f"{_name(first)} lies on {_name(second)} by {shared.width()}x{shared.height()}"


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}".strip()


def render(
    folder: Path,
    screens: Sequence[ScreenFile],
    make: Callable[[], Shell],
    languages: Sequence[str] = text.LANGUAGES,
    sizes: Sequence[tuple[int, int, float]] = SIZES,
    themes: Sequence[str] = ("light", "dark"),
) -> list[Fault]:
    """Render every screen in every state, language, size and theme; return what is wrong.

    Args:
        folder: where the pictures go, one PNG each.
        screens: the screens to show.
        make: makes a shell with its laboratory open and somebody signed in.
        languages: what to speak.
        sizes: width, height and scale.
        themes: names of sets of colours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("make the application first")
    faults = contrast_faults()
    for name in themes:
        for width, height, scale in sizes:
            theme.change(app, name=name, scale=scale)
            for language in languages:
                text.use(language)
                shell = make()
                shell.take_screens(screens)
                shell.resize(width, height)
                shell.show()
                tag = f"{width}x{height}-{name}-{language}"
                for file in screens:
                    faults += _render_screen(shell, file, folder, tag, QSize(width, height))
                shell.desk.sign_out()
                settle(shell)
                faults += picture(shell, folder, f"sign_in-{tag}", QSize(width, height))
                shell.close()
    return faults


def _render_screen(shell: Shell, file: ScreenFile, folder: Path, tag: str, asked: QSize) -> list[Fault]:
    shell.go(file.name)
    settle(shell)
    faults = picture(shell, folder, f"{file.name}-{tag}", asked)
    make_states: Callable[[object], Sequence[State]] | None = getattr(file.module, "states", None)
    for name, enter in make_states(shell.shown) if make_states else ():
        enter()
        settle(shell)
        faults += picture(shell, folder, f"{file.name}-{name}-{tag}", asked)
        for dialog in shell.findChildren(QDialog):
            dialog.close()
        settle(shell)
    return faults


def picture(shell: Shell, folder: Path, name: str, asked: QSize = QSize()) -> list[Fault]:  # noqa: B008 - a value
    """Save one picture of the window with what lies over it, and check it."""
    image = shell.grab()
    faults = faults_in(shell, name)
    if not asked.isEmpty() and shell.size() != asked:
        faults.append(Fault(name, f"the window grew to {shell.width()}x{shell.height()}"))
    for dialog in shell.findChildren(QDialog):
        if dialog.isVisible():
            corner = QRect(QPoint(), dialog.size())
            corner.moveCenter(shell.rect().center())
            dialog.render(image, corner.topLeft())
            faults += faults_in(dialog, f"{name} {dialog.windowTitle()}")
    image.save(str(folder / f"{name}.png"))
    return faults
