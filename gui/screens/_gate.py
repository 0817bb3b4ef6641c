"""What stands against a run before it starts, shown above the channels, and the way to ask for an override."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from gui.desk import Action, Desk
from gui.screens._kit import Kit
from gui.widgets import boxes
from gui.widgets.label import Label
from lims import text
from lims.queries import readiness
from lims.queries.readiness import Planned, Readiness
from lims.services import override
from lims.services.measure import Binding
from lims.text import mark, t

SHOWN = 4
"""Lines at most; what is more is counted."""


class Gate(QFrame):
    """Asks whether the run that is being placed is ready, and says what is missing and what to heed.

    Signals:
        changed: the answer is another.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._desk = desk
        self._asked: Planned | None = None
        self.found: Readiness | None = None
        self._lines = Label(role="small", wrap=True)
        boxes.column(self._lines, of=self, edge=8)
        self.hide()

    @property
    def blocked(self) -> bool:
        """Whether the run may not start as it is placed now."""
        return self.found is not None and not self.found.ready

    @property
    def missing(self) -> str:
        """Why the run may not start, in short; empty when it may."""
        return t("the run is not ready") if self.blocked else ""

    def acts(self) -> list[Action]:
        """Offer to ask for an override while the run may not start."""
        return [Action(mark("Ask for an override"), "F9", self.ask_override)] if self.blocked else []

    def look(self, instrument: str, kit: Kit, bindings: Sequence[Binding]) -> None:
        """Ask anew where anything changed; nothing placed asks nothing."""
        session, method, lot = self._desk.session, str(kit.method.currentData()), kit.lot.text().strip()
        samples = tuple(one.sample for one in bindings if one.sample is not None)
        if session is None or not (instrument and method and lot and samples):
            self._asked = None
            self._came(None, None)
            return
        planned = Planned(
            instrument, method, lot, session.account, samples, tuple(one.role for one in bindings)
        )
        if planned != self._asked:
            self._asked = planned
            self.again()

    def again(self) -> None:
        """Ask once more, because something changed in the laboratory."""
        planned = self._asked
        if planned is not None and self._desk.session is not None:
            self._desk.ask(readiness.check, planned, then=lambda found: self._came(planned, found),
                           latest="bench.gate", owner=self)  # fmt: skip

    def _came(self, planned: Planned | None, found: Readiness | None) -> None:
        if planned != self._asked:
            return
        self.found = found
        lines = self._words(found) if found else []
        rest = len(lines) - SHOWN
        if rest > 0:
            lines = [*lines[:SHOWN], t("… and {count} more", count=rest)]
        self._lines.put("\n".join(lines))
        self._lines.role("wrong" if self.blocked else "small")
        self.setVisible(bool(lines))
        self.changed.emit()

    @staticmethod
    def _words(found: Readiness) -> list[str]:
        granted = [t("△ An override is granted for this run.")] if found.override else []
        sign = "△" if found.override else "✗"
        blockers = [f"{sign} {text.sentence(one.problem)}" for one in found.blockers]
        return [*granted, *blockers, *(f"△ {text.sentence(one.problem)}" for one in found.warnings)]

    def ask_override(self) -> None:
        """Ask the quality manager to let the run start although something is missing."""
        planned = self._asked
        if planned is not None:
            told = t("The quality manager is asked; see Quality, Overrides.")
            self._desk.do(override.ask, instrument=planned.instrument, method=planned.method, lot=planned.lot,
                          samples=planned.samples, roles=planned.roles,
                          then=lambda _: self._desk.toast(told))  # fmt: skip
