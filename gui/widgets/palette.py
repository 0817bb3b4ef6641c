"""Ctrl+K: one field that finds screens, acts of this screen, samples, businesses, people."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui import theme
from gui.desk import Action
from gui.ties import Found
from gui.widgets import boxes
from gui.widgets.label import key_name
from gui.widgets.rail import Place
from lims.text import mark, t

Finder = Callable[[str, Callable[[Sequence[Found]], None]], None]
HINT = mark("Number, business, food, person, screen or act")
Choice = tuple[str, Callable[[], object]]


class Palette(QDialog):
    """Finds and goes; Enter takes the first, arrows choose another, Esc leaves."""

    def __init__(
        self, parent: QWidget, places: Sequence[Place], actions: Sequence[Action], find: Finder,
        go: Callable[[str, dict[str, object]], None],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(t("Search"))
        self._find, self._go = find, go
        self._places, self._actions = tuple(places), tuple(actions)
        self._choices: list[Choice] = []
        self._field, self._list = QLineEdit(), QListWidget()
        self._field.setPlaceholderText(t(HINT))
        self._field.setAccessibleName(t("Search"))
        self._list.setAccessibleName(t("Hits"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(lambda _: self._take())
        boxes.column(self._field, self._list, of=self, edge=12)
        look = theme.current()
        self.resize(
            min(parent.width() - look.px(64), look.px(640)), min(parent.height() * 2 // 3, look.px(420))
        )
        self._search("")

    def choices(self) -> list[str]:
        """Return what is offered now."""
        return [words for words, _ in self._choices]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows and Enter of the field move in the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._take()
                return True
        return super().eventFilter(watched, event)

    def _search(self, words: str) -> None:
        sought = words.strip().casefold()
        near: list[Choice] = []
        near += [
            (_place_words(place), partial(self._go, place.name, {}))
            for place in self._places
            if sought in f"{t(place.title)} {place.title}".casefold()
        ]
        near += [
            (f"{t(action.word)}   {key_name(action.key)}", action.act)
            for action in self._actions
            if sought in f"{t(action.word)} {action.word}".casefold() and not action.missing
        ]
        self._show(near, ())
        if sought:
            self._find(words.strip(), lambda found: self._show(near, found))

    def _show(self, near: Sequence[Choice], found: Sequence[Found]) -> None:
        hits: list[Choice] = []
        hits += [
            ("   ".join(part for part in (hit.title, hit.detail) if part),
             partial(self._go, hit.screen, dict(hit.context)))
            for hit in found
        ]  # fmt: skip
        self._choices = [*hits, *near]
        self._list.clear()
        for words, _ in self._choices:
            self._list.addItem(QListWidgetItem(words))
        if self._choices:
            self._list.setCurrentRow(0)

    def _take(self) -> None:
        at = self._list.currentRow()
        if 0 <= at < len(self._choices):
            self.accept()
            self._choices[at][1]()


def _place_words(place: Place) -> str:
    return f"→ {t(place.title)}" + (f"   Alt+{place.digit}" if place.digit else "")
