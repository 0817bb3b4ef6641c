"""Ctrl+K: one field that finds screens, acts of this screen, samples, businesses, people."""

from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui import theme
from gui.desk import Action
from gui.ties import Found
from gui.widgets import boxes
from gui.widgets.label import key_name
from gui.widgets.rail import Place
from lims.rules.spelling import NOT_FOUND, best
from lims.text import mark, t

Finder = Callable[[str, Callable[[Sequence[Found]], None]], None]
HINT = mark("Number, business, food, lot, person, instrument, screen or act")
NOTHING = mark("Nothing is called so. A part of the name or its initials will do.")
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
        self._waits = self._eager = self._moved = False
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
                self._moved = True
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._enter()
                return True
        return super().eventFilter(watched, event)

    def _search(self, words: str) -> None:
        sought = words.strip()
        self._waits, self._eager, self._moved = bool(sought), False, False
        self._show(self._near(sought), ())
        if sought:
            self._find(sought, lambda found: self._came(sought, found))

    def _near(self, sought: str) -> list[tuple[int, Choice]]:
        """Return screens and acts of this screen that fit, each with its rank."""
        near: list[tuple[int, Choice]] = [
            (_rank(place.title, sought), (_place_words(place), partial(self._go, place.name, {})))
            for place in self._places
        ]
        near += [
            (_rank(action.word, sought), (f"{t(action.word)}   {key_name(action.key)}", action.act))
            for action in self._actions
            if not action.missing
        ]
        return sorted((one for one in near if one[0] < NOT_FOUND), key=lambda one: one[0])

    def _came(self, sought: str, found: Sequence[Found]) -> None:
        if not shiboken6.isValid(self) or sought != self._field.text().strip():
            return
        self._waits = False
        self._show(self._near(sought), found)
        if self._eager:
            self._take()

    def _show(self, near: Sequence[tuple[int, Choice]], found: Sequence[Found]) -> None:
        """Show what is named so or begins so, then what was found, then what fits less."""
        open_ = {place.name for place in self._places}
        hits: list[Choice] = [
            ("   ".join(part for part in (hit.title, hit.detail) if part),
             partial(self._go, hit.screen, dict(hit.context)))
            for hit in found
            if hit.screen in open_
        ]  # fmt: skip
        first = [choice for rank, choice in near if rank <= 1]
        kept = self._choices[self._list.currentRow()][0] if self._moved and self._choices else ""
        self._choices = [*first, *hits, *(choice for rank, choice in near if rank > 1)]
        self._list.clear()
        self._list.addItems(self.choices())
        if not self._choices:
            self._say_nothing()
            return
        self._list.setCurrentRow(self.choices().index(kept) if kept in self.choices() else 0)

    def _say_nothing(self) -> None:
        item = QListWidgetItem(t("Searching …") if self._waits else t(NOTHING))
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._list.addItem(item)

    def _enter(self) -> None:
        """Take what is chosen; before the answer has come the first of it is taken when it comes."""
        if self._waits and not self._moved and not self._eager:
            self._eager = True
        else:
            self._take()

    def _take(self) -> None:
        at = self._list.currentRow()
        if 0 <= at < len(self._choices):
            self.accept()
            self._choices[at][1]()


def _rank(title: str, sought: str) -> int:
    """Rank a title as the screen writes it, in English and by its initials; without a text everything fits."""
    return best((t(title), title), sought) if sought else 1


def _place_words(place: Place) -> str:
    return f"→ {t(place.title)}" + (f"   Alt+{place.digit}" if place.digit else "")
