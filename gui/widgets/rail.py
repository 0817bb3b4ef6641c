"""The rail: where one can go, how much waits there, and the key that leads to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets import boxes, icon
from lims.text import mark, t

LEAST = 10
"""Items that are shown in a low window too, however low they become."""
KEYS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WAITING = mark("{screen}, {count} waiting")


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the rail: the screen's name, its title (message id), its icon, its digit or 0, another key."""

    name: str
    title: str
    icon: str
    digit: int = 0
    key: str = ""


VAN = ("today", "sampling", "bench", "reports", "vans")
"""What a van has at hand: tasks, sampling, testing, handing over, sending. The search leads to the rest."""


def van_rail(places: Sequence[Place]) -> list[Place]:
    """Return the five places of a van in their order; where one is closed to the person, the next comes up."""
    known = {place.name: place for place in places}
    first = [known[name] for name in VAN if name in known]
    return [*first, *(place for place in places if place not in first)][: len(VAN)]


class RailItem(QPushButton):
    """Icon over word, the digit of its key small beside it, the number of waiting things as a badge."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place, self.count = place, 0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.dress()

    def dress(self) -> None:
        """Follow language and count."""
        word = t(self.place.title)
        self.setAccessibleName(t(WAITING, screen=word, count=self.count) if self.count else word)
        self.update()

    def wait(self, count: int) -> None:
        """Show how much waits here."""
        if count != self.count:
            self.count = count
            self.dress()

    def sizeHint(self) -> QSize:
        """Ask for the item's height; the word decides no width."""
        look = theme.current()
        return QSize(look.size("rail"), look.size("rail_item"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.dress()
        super().changeEvent(event)

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw ground, icon, word, digit and badge."""
        painter, look = QPainter(self), theme.current()
        option = QStyleOptionButton()
        self.initStyleOption(option)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        ink = "accent" if self.isChecked() else "text"
        painter.setFont(look.font("small", strong=self.isChecked()))
        word_height = painter.fontMetrics().height()
        side = look.px(20)
        top = max(look.px(2), (self.height() - side - word_height - look.px(1)) // 2)
        left = (self.width() - side) // 2
        painter.drawPixmap(QRect(left, top, side, side),
                           icon.picture(self.place.icon, ink, side, self.devicePixelRatioF()))  # fmt: skip
        words = QRect(look.px(6), top + side + look.px(1), self.width() - look.px(8), word_height)
        painter.setPen(look.colour(ink))
        shown = painter.fontMetrics().elidedText(
            t(self.place.title), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)
        self._digit(painter, top)
        if self.count:
            self._badge(painter, left + side, top)
        painter.end()

    def _digit(self, painter: QPainter, top: int) -> None:
        key = self.place.key or str(self.place.digit or "")
        if not key or theme.current().layout == "touch":
            return
        look = theme.current()
        painter.setFont(look.font("small"))
        painter.setPen(look.colour("muted"))
        spot = QRect(look.px(8), top, look.px(16), painter.fontMetrics().height())
        painter.drawText(spot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, key)

    def _badge(self, painter: QPainter, left: int, top: int) -> None:
        look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look.font("small", strong=True))
        words = str(self.count) if self.count < 1000 else "999+"
        wide = max(look.px(18), painter.fontMetrics().horizontalAdvance(words) + look.px(8))
        spot = QRect(
            min(left - look.px(2), self.width() - wide - look.px(2)), top - look.px(1), wide, look.px(16)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        painter.drawRoundedRect(spot, look.px(8), look.px(8))
        painter.setPen(look.colour("on_accent"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, words)


class Rail(QScrollArea):
    """All items, one of them current. Those that have no room wait behind "More" (Alt+0), the last ones first.

    Signals:
        went: name of the screen that was chosen.
    """

    went = Signal(str)

    def __init__(self, *, flat: bool = False) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setProperty("flat", flat)
        self._flat = flat
        self._items: dict[str, RailItem] = {}
        self._current = ""
        self._more: RailItem | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for bar in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._line = boxes.column(of=inside, gap=0)
        self.setWidget(inside)
        if flat:
            self._line.setDirection(QBoxLayout.Direction.LeftToRight)
            self.setFixedHeight(theme.current().size("rail_item") + theme.current().px(1))

    def show_places(self, places: Sequence[Place]) -> None:
        """Show these items and no others."""
        boxes.clear(self._line)
        while self._line.takeAt(0) is not None:
            continue  # stretches are no widgets
        self._items = {place.name: RailItem(place) for place in places}
        for name, item in self._items.items():
            item.clicked.connect(lambda *_, name=name: self.went.emit(name))
            self._line.addWidget(item)
        if not self._flat:
            self._more = RailItem(Place("", mark("More"), "more", key="0"))
            self._more.setCheckable(False)
            self._more.clicked.connect(self.unfold)
            self._line.addWidget(self._more)
            self._line.addStretch(1)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many items as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Move what has no room behind "More", from the foot; where we are stays in sight."""
        more = self._more
        if more is None:
            return
        names, look = list(self._items), theme.current()
        room = self.height() // look.size("rail_item")
        room = max(room, min(LEAST, self.height() // look.size("rail_low")))
        shown = names if len(names) <= room else names[: max(room - 1, 1)]
        if self._current in names and self._current not in shown:
            shown = [*shown[:-1], self._current]
        for name, item in self._items.items():
            item.setVisible(name in shown)
        more.setVisible(len(shown) < len(names))
        more.wait(sum(item.count for name, item in self._items.items() if name not in shown))

    def folded(self) -> list[str]:
        """Return the screens behind "More"."""
        return [name for name, item in self._items.items() if item.isHidden()]

    def menu(self) -> QMenu:
        """Return a menu of what is behind "More"; each line has a key of its own."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, name in zip(KEYS, self.folded(), strict=False):
            item = self._items[name]
            words = item.accessibleName().replace("&", "&&")
            menu.addAction(icon.load(item.place.icon), f"&{key}  {words}").triggered.connect(
                lambda *_, name=name: self.went.emit(name)
            )
        return menu

    def unfold(self) -> None:
        """Open the menu beside the last item, its first line chosen."""
        if self._more is not None and self.folded():
            menu = self.menu()
            menu.setActiveAction(menu.actions()[0])
            menu.popup(self._more.mapToGlobal(self._more.rect().topRight()))

    def names(self) -> list[str]:
        """Return the screens in their order."""
        return list(self._items)

    def set_current(self, name: str) -> None:
        """Mark where we are."""
        if name in self._items:
            self._current = name
            self._items[name].setChecked(True)
            self._fit()
            self.ensureWidgetVisible(self._items[name], 0, 0)

    def badge(self, name: str, count: int) -> None:
        """Show how much waits in a screen."""
        if name in self._items and self._items[name].count != count:
            self._items[name].wait(count)
            self._fit()
