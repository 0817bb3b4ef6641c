"""What the top bar says of the world: what is not yet at the county, whether the server is there; sets over."""

from typing import Any

from PySide6.QtCore import QObject, QTimer

from gui.desk import Desk
from lims.text import t, words

PAUSE = 2000
"""Milliseconds after an act until what waits is counted, so that many acts are counted once."""
OFTEN = 60_000
"""Milliseconds between two counts where nothing is done: what waits grows older."""


class World(QObject):
    """Looks after each act and once a minute, in a worker thread; a laboratory without a county says nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._away = False
        self._soon, self._often = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._often.setInterval(OFTEN)
        self._soon.timeout.connect(self.look)
        self._often.timeout.connect(self.look)
        desk.noticed.connect(self._noticed)
        desk.flooded.connect(self._soon.start)

    def begin(self) -> None:
        """Look now and from now on."""
        self._often.start()
        self.look()

    def look(self) -> None:
        """Ask what waits."""
        if self._desk.papers is not None and not self._away:
            self._desk.work.run(
                self._desk.papers.traffic.standing, then=self._show, latest="world", owner=self
            )

    def _noticed(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        verb = getattr(notice, "verb", "")
        if verb in {"server.away", "server.back"}:
            self._turn(away=verb == "server.away")
        elif not self._soon.isActive():
            self._soon.start()

    def _turn(self, *, away: bool) -> None:
        self._away = away
        self._desk.state.emit("offline", t("server away") if away else "")
        said = t("The server cannot be reached. Instruments are read and kept on this computer; everything arrives "
                 "when it is back.")  # fmt: skip
        self._desk.banner("server", said if away else "", "warn")
        if not away:
            self.look()

    def _show(self, found: tuple[Any, tuple[str, ...]]) -> None:
        from gui.screens import _carried  # noqa: PLC0415 - the laboratory's modules come behind the window

        waiting, over = found
        self._desk.state.emit("unsent", _carried.unsent(waiting))
        kinds = t("format.comma").join(words(f"set_kind.{kind}") for kind in over)
        said = t("Sets of the county are over: {kinds}. You may go on testing, results say so; a reply from the "
                 "county brings newer ones.", kinds=kinds)  # fmt: skip
        self._desk.banner("sets", said if over else "", "warn")
