"""Beside the sampling form: who is known here, what is drawn often, and what was saved last."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui import theme
from gui.desk import Desk
from gui.widgets import boxes, terms
from gui.widgets.field import NOTHING
from gui.widgets.label import Button, Label
from lims.queries import businesses
from lims.queries.businesses import Known
from lims.rules.numbering import spell
from lims.text import mark, t

GOODS = 9
SIDE = 248


class KnownSide(QWidget):
    """A search of businesses, buttons of goods, and the number of the form saved last.

    Signals:
        picked: a Known business that shall fill the form.
        wanted: a food that shall fill the form.
        again: quantities of the last time that shall fill the form.
    """

    picked = Signal(object)
    wanted = Signal(str)
    again = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._known: list[Known] = []
        self.search, self.hits = QLineEdit(), QListWidget()
        self._business = Label(mark("F2  Known businesses"), "head")
        self.goods_head = Label(mark("Often drawn"), "head")
        self._goods = boxes.column(gap=4)
        self._offered: dict[str, str] = {}
        self.quantities = Button("", key="Ctrl+0")
        self.quantities.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.quantities.clicked.connect(lambda *_: self.again.emit(self._offered))
        self.quantities.hide()
        self.saved, self._number = Label(role="good", wrap=True), Label(role="head")
        self.hits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.itemClicked.connect(lambda _: self.take())
        self.search.textChanged.connect(self.ask)
        self.search.installEventFilter(self)
        self.setFixedWidth(theme.current().px(SIDE))
        saved = boxes.panel(self.saved, self._number, edge=8, gap=4)
        whole = boxes.column(
            self._business, self.search, self.hits, self.goods_head, self._goods, self.quantities, saved,
            of=self, edge=(12, 12, 0, 12), gap=8,
        )  # fmt: skip
        whole.setStretchFactor(self.hits, 1)
        self._panel = saved
        saved.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Name the inputs."""
        self.search.setPlaceholderText(t("Name, initials or stall"))
        self.search.setAccessibleName(t("Search a business"))
        self.hits.setAccessibleName(t("Known businesses"))

    def ask(self) -> None:
        """Look for what is typed."""
        self._desk.ask(
            businesses.find, self.search.text(), then=self._show, latest="sampling.find", owner=self
        )

    def _show(self, found: Sequence[Known]) -> None:
        self._known = list(found)
        self.hits.clear()
        for one in found:
            stall, town = one.fields["stall"], terms.township(one.fields["township"])
            where = " · ".join(part for part in (stall, town) if part != NOTHING)
            item = QListWidgetItem(f"{one.name}  {where}")
            item.setToolTip("")
            self.hits.addItem(item)
        if not found:
            words = t("No such business yet. Fill the form; it is known from then on.")
            item = QListWidgetItem(words)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.hits.setWordWrap(True)
            self.hits.addItem(item)
        self.hits.setCurrentRow(0 if found else -1)

    def take(self) -> None:
        """Fill the form with the business under the cursor."""
        at = self.hits.currentRow()
        if 0 <= at < len(self._known):
            self.picked.emit(self._known[at])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows and Enter of the search move in the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.hits.setCurrentRow(max(0, min(self.hits.count() - 1, self.hits.currentRow() + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
                self.take()
                return True
        return super().eventFilter(watched, event)

    def ask_goods(self) -> None:
        """Look for what was drawn lately."""
        self._desk.ask(
            businesses.favourites, then=self.show_goods, latest="sampling.goods", owner=self, count=GOODS
        )

    def show_goods(self, foods: Sequence[str]) -> None:
        """Offer the foods drawn lately as buttons."""
        boxes.clear(self._goods)
        for at, food in enumerate(foods[:GOODS], start=1):
            button = Button(food, key=f"Ctrl+{at}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda *_, food=food: self.wanted.emit(food))
            self._goods.addWidget(button)
        self.goods_head.setVisible(bool(foods))

    def offer(self, quantities: dict[str, str]) -> None:
        """Offer the quantities of the last time as one button; none hides it."""
        self._offered = quantities
        self.quantities.setVisible(bool(quantities))
        if quantities:
            self.quantities.say(
                t("{quantities} as last time", quantities=" → ".join(quantities.values())), "Ctrl+0"
            )

    def press_good(self, at: int) -> None:
        """Press the button of a food by its place, from 0."""
        if at < self._goods.count() and isinstance(button := self._goods.itemAt(at).widget(), Button):
            button.click()

    def show_saved(self, number: str, food: str) -> None:
        """Show what was saved last."""
        self.offer({})
        self._panel.setVisible(bool(number))
        self.saved.say(mark("✓ Saved: {food}"), food=food)
        self._number.put(spell(number))
