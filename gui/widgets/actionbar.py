"""The action bar: what comes next as a sentence, and the buttons with their keys written on them."""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QProgressBar

from gui import theme
from gui.desk import Action
from gui.widgets import boxes
from gui.widgets.countdown import written
from gui.widgets.label import Button, Elided, key_name, plain_tip
from gui.work import Job
from lims.text import mark, t

EDGE, GAP = 16, 8
WORDS = 180
"""Pixels that the sentence keeps at least."""
LINES = 2
"""Lines that it may take; beside a reason there is room for one."""


class ActionBar(QFrame):
    """Always in the same place; the primary action is at the right.

    Signals:
        pressed: an Action that was pressed, whether it can be done now or not.
    """

    pressed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("actions")
        self._sentence, self._reason = Elided(), Elided()
        self._sentence.setObjectName("sentence")
        self._reason.setObjectName("reason")
        self._buttons = boxes.row(gap=GAP)
        self._more = Button("…")
        self._more.clicked.connect(lambda *_: self.menu().popup(self._more.mapToGlobal(QPoint(0, 0))))
        words = boxes.column(None, self._sentence, self._reason, None, gap=0)
        line = boxes.row(words, self._buttons, of=self, edge=(EDGE, 4, EDGE, 4), gap=EDGE)
        line.setStretchFactor(words, 1)
        line.insertWidget(1, self._more)
        self._more.hide()
        self.setMinimumWidth(1)  # a bar never makes its window wider
        self._shown: list[Action] = []

    def show_actions(self, sentence: str, actions: Sequence[Action]) -> None:
        """Show a sentence, already translated, and the actions of a screen."""
        primary = next((action for action in actions if action.primary), None)
        self._sentence.put(sentence)
        self._sentence.show_lines(1 if primary and primary.missing else LINES)
        self._reason.put(
            t("Not yet: {reason}", reason=primary.missing) if primary and primary.missing else ""
        )
        self._reason.setVisible(bool(self._reason.whole()))
        ordered = [action for action in actions if not action.primary]
        ordered += [primary] if primary else []
        if [_face(action) for action in ordered] != [_face(action) for action in self._shown]:
            self._draw(ordered)
        self._shown = ordered
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many buttons as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Move what has no room behind "…", from the left; the primary action stays, and every key works."""
        px = theme.current().px
        buttons = [self._buttons.itemAt(at).widget() for at in range(self._buttons.count())]
        widths = [button.sizeHint().width() + px(GAP) for button in buttons]
        room, first = self.width() - px(2 * EDGE + EDGE + WORDS), 0
        if sum(widths) > room:
            room -= self._more.sizeHint().width() + px(EDGE)
        while sum(widths[first:]) > room and first < len(widths) - 1:
            first += 1
        for at, button in enumerate(buttons):
            button.setVisible(at >= first)
        self._more.setVisible(first > 0)
        self._more.setAccessibleName(t("More"))

    def menu(self) -> QMenu:
        """Return a menu of the actions that have no button now."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for at, action in enumerate(self._shown):
            button = self._buttons.itemAt(at).widget()
            if button.isHidden():
                line = menu.addAction(f"{key_name(action.key)}  {t(action.word)}".replace("&", "&&"))
                line.triggered.connect(lambda _, action=action: self.pressed.emit(action))
        return menu

    def _draw(self, actions: Sequence[Action]) -> None:
        boxes.clear(self._buttons)
        for at, action in enumerate(actions):
            role = "primary" if action.primary else "destroy" if action.destroys else ""
            button = Button(action.word, role, action.key)
            button.setEnabled(not action.missing)
            button.setAccessibleDescription(action.missing)
            plain_tip(button, action.missing)
            button.clicked.connect(lambda *_, at=at: self.pressed.emit(self._shown[at]))
            self._buttons.addWidget(button)


def _face(action: Action) -> tuple[object, ...]:
    return (action.word, action.key, action.primary, action.missing, action.destroys)


class Progress(QFrame):
    """Long work under way: how far, how long still, and a way to end it."""

    def __init__(self, job: Job, message: str) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._words, self._bar = Elided(message), QProgressBar()
        self._what, self._began = t(message), monotonic()
        self._bar.setAccessibleName(t(message))
        self._bar.setTextVisible(True)
        self._bar.setFixedHeight(theme.current().px(20))
        stop = Button(mark("Stop"))
        stop.clicked.connect(job.cancel)
        line = boxes.row(self._words, self._bar, stop, of=self, edge=8)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        job.progressed.connect(self._show)
        job.ended.connect(self.deleteLater)

    def _show(self, done: int, total: int, words: str) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        said = [words] if words else []
        if 0 < done < total:
            left = timedelta(seconds=(monotonic() - self._began) / done * (total - done))
            said.append(t("about {time} left", time=written(left)))
        self._words.put(" · ".join([self._what, *said]))
