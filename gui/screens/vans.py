"""Vans: at the county what came from them and goes out to them; on a van what is not yet at the county."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from gui.desk import Action, Desk
from gui.screens._county import County
from gui.screens._van import Van
from gui.widgets import boxes
from gui.widgets.label import Label
from lims.bench.traffic import Here
from lims.text import mark, t

TITLE = mark("Vans")
ICON = "sync"
ORDER = 116
OFTEN = "administrator"
NEEDS = None


class Screen(QWidget):
    """Asks first which of the two this computer is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.side: County | Van | None = None
        self._page = ""
        self._wait = Label(mark("one moment"), "muted")
        self._column = boxes.column(self._wait, of=self)

    def arrived(self, *, page: str = "", **_: object) -> None:
        """Ask what waits."""
        self._page = page
        self._look(arrived=True)

    def refresh(self, notice: object) -> None:
        """Follow what is done here and what comes in."""
        if self.side is not None:
            self.side.refresh(notice)
        self._look(arrived=False)

    def _look(self, *, arrived: bool) -> None:
        if self.desk.papers is not None and self.desk.session is not None:
            self.desk.work.run(self.desk.papers.traffic.here, then=partial(self._came, arrived=arrived),
                               failed=self.desk.complain, latest="vans.here", owner=self)  # fmt: skip

    def _came(self, here: Here, *, arrived: bool) -> None:
        if self.side is None and self.desk.papers is not None:
            make = Van if here.county else County
            self.side = make(self.desk, TITLE, self.desk.papers.traffic, here)
            self._wait.hide()
            self._column.addWidget(self.side, 1)
            arrived = True
        if self.side is not None:
            self.side.know(here)
            if arrived:
                self.side.arrived(page=self._page)
        self.desk.changed.emit()

    # What the frame calls ---------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write everything anew."""
        if self.side is not None:
            self.side.retranslate()
            self._look(arrived=False)

    def sentence(self) -> str:
        """Say what is done here."""
        return self.side.sentence() if self.side else t("one moment")

    def acts(self) -> list[Action]:
        """Offer what this computer can do."""
        return self.side.acts() if self.side else []

    def back(self) -> bool:
        """Leave a form first."""
        return self.side.back() if self.side else False


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    side = screen.side
    if isinstance(side, County):
        return [("matters", partial(side.turn, "matters")), ("publish", partial(side.begin, "publish"))]
    return [("sets", partial(side.turn, "sets")), ("stick", partial(side.begin, "write"))] if side else []
