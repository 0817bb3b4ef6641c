"""What the top bar says of the world: the next deadline, what is not yet at the county, whether the server is there."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QObject, QTimer

from gui import moments
from gui.desk import Action, Desk
from lims import clock, text
from lims.text import mark, t, words

PAUSE = 2000
"""Milliseconds after an act until what waits is counted, so that many acts are counted once."""
OFTEN = 60_000
"""Milliseconds between two counts where nothing is done: what waits grows older."""


class World(QObject):
    """Looks after each act and once a minute, in a worker thread; a laboratory without a county says nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._soon, self._often = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._often.setInterval(OFTEN)
        self._soon.timeout.connect(self.look)
        self._often.timeout.connect(self.look)
        desk.noticed.connect(self._noticed)
        desk.flooded.connect(self._soon.start)
        desk.signed.connect(lambda _: self._ask())

    def begin(self) -> None:
        """Look now and from now on; a server that was away at the start is said first."""
        self._often.start()
        if self._desk.shut is not None:
            self._turn(away=True)
        else:
            self.look()

    def look(self) -> None:
        """Ask what waits, what runs out first, and how methods are called."""
        self._ask()
        if self._desk.papers is not None and not self._desk.away:
            self._desk.work.run(
                self._desk.papers.traffic.standing, then=self._show, latest="world", owner=self
            )

    def _ask(self) -> None:
        if self._desk.session is None:
            self._desk.state.emit("deadline", "")
        elif not self._desk.away and self._desk.may(None):
            from gui.screens import _codes  # noqa: PLC0415 - the laboratory's modules come behind the window
            from lims.queries import disputes, methods  # noqa: PLC0415 - the same

            self._desk.ask(
                methods.titles, then=_codes.learn, failed=lambda _: None, latest="world.methods", owner=self
            )
            self._desk.ask(disputes.deadlines, then=self._take_deadlines, failed=lambda _: None,
                           latest="world.deadlines", owner=self)  # fmt: skip

    def _take_deadlines(self, found: Any) -> None:  # noqa: ANN401 - the laboratory's own clocks
        due = [one for one in found if one.deadline.due is not None]
        ahead = [one for one in due if one.deadline.due > clock.now()]
        self._show_deadline(next(iter(ahead or due[-1:]), None), len(due) - len(ahead))

    def _show_deadline(self, running: Any, over: int) -> None:  # noqa: ANN401 - the same
        """Say the clock that runs out next and how many ran out; where all did, the last of them."""
        from gui.widgets import terms  # noqa: PLC0415 - the same

        said = ""
        if running is not None:
            left = running.deadline.due - clock.now()
            values = {"what": terms.said(running.deadline.clock.label), "food": running.food,
                      "time": moments.roughly(left)}  # fmt: skip
            said = (
                t("△ {food}, {what}: {time} left", **values) if left > timedelta()
                else t("● {food}, {what}: ran out {time} ago", **values)
            )  # fmt: skip
            others = over if left > timedelta() else over - 1
            said += " · " + t("{count} ran out", count=others) if others else ""
        self._desk.state.emit("deadline", said)

    def _noticed(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        verb = getattr(notice, "verb", "")
        if verb in {"server.away", "server.back"}:
            self._turn(away=verb == "server.away")
        elif verb == "returns.take_back":
            self._came_back(dict(notice.touched)["sample"])
        elif not self._soon.isActive():
            self._soon.start()

    def _came_back(self, number: str) -> None:
        """Say, until somebody has seen it, that the county gave a sample back."""
        said = t("The county gave {number} back: it is this van's again. Its trail under Samples says why.",
                 number=number)  # fmt: skip
        go = Action(mark("Samples"), "", lambda: self._desk.go("samples", number=number))
        self._desk.banner(f"back.{number}", said, "warn", action=go)

    def _turn(self, *, away: bool) -> None:
        self._desk.away = away
        self._desk.state.emit("offline", t("server away") if away else "")
        said, shut = t("The server cannot be reached. Instruments are read and kept on this computer; everything "
                       "arrives when it is back."), self._desk.shut  # fmt: skip
        details = "" if shut is None else f"{text.sentence(shut)}\n{shut!r}"
        self._desk.banner("server", said if away else "", "warn", details)
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
