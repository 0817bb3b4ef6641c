"""Banners for what lasts, toasts for the harmless."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget

from gui import theme
from gui.desk import Action
from gui.widgets import boxes
from gui.widgets.label import Button, Elided, Label, set_property
from lims.text import mark

SIGNS = {"wrong": "●", "warn": "△", "tell": "ℹ"}
TONES = ("wrong", "warn", "tell")
FOUR_SECONDS = 4000
SHOWN_AT_ONCE = 2


class Banner(QFrame):
    """One lasting thing: a sign, a sentence, what can be done, and the details behind a fold."""

    def __init__(self, tone: str, sentence: str, details: str, action: Action | None,
                 close: Callable[[], None]) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("tone", tone)
        self.setAccessibleName(sentence)
        self.details = details
        sign = Label(role={"wrong": "wrong", "warn": "late"}.get(tone, "accent"))
        sign.put(SIGNS.get(tone, ""))
        first, _, rest = sentence.partition("\n")
        words = Elided()
        words.setText(first)
        self._more = Label(role="muted", wrap=True)
        self._more.put("\n".join(part for part in (rest, details) if part))
        self._more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more.hide()
        line = boxes.row(sign, words, *self._buttons(action, close))
        line.setStretchFactor(words, 1)
        boxes.column(line, self._more, of=self, edge=(12, 2, 8, 2), gap=2)

    def _buttons(self, action: Action | None, close: Callable[[], None]) -> list[Button]:
        made = []
        if action is not None:
            act = Button(action.word)
            act.clicked.connect(lambda *_: action.act())
            made.append(act)
        if self._more.text():
            fold, copy = Button(mark("Details"), "flat"), Button(mark("Copy"), "flat")
            fold.clicked.connect(lambda: self._more.setVisible(not self._more.isVisible()))
            copy.clicked.connect(
                lambda: QGuiApplication.clipboard().setText(f"{self.accessibleName()}\n{self.details}")
            )
            made += [fold, copy]
        away = Button(mark("Dismiss"), "flat")
        away.clicked.connect(close)
        return [*made, away]


class Banners(QWidget):
    """The strip under the top bar: the two most serious are shown, worst first, the others counted."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, tuple[str, str, str, Action | None]] = {}
        self._column = boxes.column(of=self, gap=0)

    def put(
        self, key: str, tone: str, sentence: str, details: str = "", action: Action | None = None
    ) -> None:
        """Show, change or (without a sentence) take down the banner of a key."""
        if sentence:
            self._told[key] = (tone, sentence, details, action)
        else:
            self._told.pop(key, None)
        self._draw()

    def take_over(self, former: "Banners") -> None:
        """Show what stood in another strip."""
        self._told.update(former._told)  # noqa: SLF001 - another one of the same class
        self._draw()

    def sentences(self) -> list[str]:
        """Return every sentence that stands, worst first."""
        return [told[1] for _, told in self._sorted()]

    def _sorted(self) -> list[tuple[str, tuple[str, str, str, Action | None]]]:
        return sorted(self._told.items(), key=lambda item: TONES.index(item[1][0]))

    def _draw(self) -> None:
        boxes.clear(self._column)
        for key, told in self._sorted()[:SHOWN_AT_ONCE]:
            self._column.addWidget(Banner(*told, partial(self.put, key, "tell", "")))
        hidden = len(self._told) - SHOWN_AT_ONCE
        if hidden > 0:
            more = Label(mark("and {count} more"), "small", count=hidden)
            more.setIndent(theme.current().px(16))
            self._column.addWidget(more)
        self.setVisible(bool(self._told))


class Toast(QFrame):
    """One sentence for four seconds, above what stands at the foot of its parent."""

    def __init__(self, parent: QWidget, foot: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label = Label(wrap=True)
        boxes.row(self._label, of=self, edge=(12, 8, 12, 8))
        self._over, self._foot = parent, foot
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FOUR_SECONDS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, tone: str, sentence: str) -> None:
        """Show a sentence; a newer one takes the place of the one before."""
        set_property(self, "tone", tone)
        self._label.put(sentence)
        self.setAccessibleName(sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def words(self) -> str:
        """Return what it says now; empty when it is gone."""
        return self._label.text() if self.isVisibleTo(self._over) else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot when the parent changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, look = self._over, theme.current()
        wanted = self._label.fontMetrics().horizontalAdvance(self._label.text()) + look.px(40)
        width = min(parent.width() - look.px(32), max(look.px(200), wanted))
        self.setFixedWidth(max(1, width))
        self.adjustSize()
        foot = self._foot.mapTo(parent, QPoint(0, 0)).y()
        self.move((parent.width() - self.width()) // 2, foot - self.height() - look.px(12))
