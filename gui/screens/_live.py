"""An assay on a bare board: what to do next, the time that is left, and the absorbance of every channel as it grows."""

from typing import Any

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes
from gui.widgets import boxes
from gui.widgets.countdown import Countdown
from gui.widgets.curve import Curve
from gui.widgets.label import Label
from lims.queries.bench import RunView
from lims.queries.equipment import Owned
from lims.text import mark, t, words

HIGH, HIGHEST, ALONE = 150, 280, 64
"""Heights at 100 %: the least of the curves, the most with them, so that tiles keep their figures, and without."""


class Live(QWidget):
    """Shown while a run is open on a bare board; the plot is made when its first assay begins."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._owned: Owned | None = None
        self._run: RunView | None = None
        self.said, self.clock = Label(role="head", wrap=True), Countdown()
        self.curve: Curve | None = None
        head = boxes.row(self.said, self.clock)
        head.setStretchFactor(self.said, 1)
        self._column = boxes.column(head, of=self, gap=4)
        self.hide()

    @property
    def course(self) -> Any:  # noqa: ANN401 - a Course, or None where no assay can be run
        """How the assay of the instrument that is shown stands."""
        bench, owned = self._desk.bench, self._owned
        if bench is None or owned is None or owned.kind is None or not owned.kind.live:
            return None
        return bench.assays.course(owned.id)

    @property
    def running(self) -> bool:
        """True while the board is zeroed or an assay runs on it."""
        return self.course is not None and self.course.doing in {"zeroing", "running"}

    def show_run(self, owned: Owned | None, run: RunView | None, current: str) -> None:
        """Show the assay of a run; nothing where the instrument is no bare board or no run is open."""
        self._owned, self._run = owned, run if run is not None and run.state == "open" else None
        course = self.course
        self.setVisible(course is not None and self._run is not None)
        if course is None or self._run is None:
            return
        self.said.put(_sentence(course, zero=self._needs_zero))
        self.said.role("wrong" if course.void or _unzeroed(course) else "head")
        self.clock.run_until(course.until)
        self.clock.setVisible(course.until is not None)
        self._draw(course, current)

    def _draw(self, course: Any, current: str) -> None:  # noqa: ANN401 - a Course
        self.setMaximumHeight(theme.current().px(HIGHEST if course.curves else ALONE))
        if not course.curves:
            if self.curve is not None:
                self.curve.hide()
            return
        if self.curve is None:
            self.curve = Curve(mark("Live absorbance"), mark("Seconds"), mark("Absorbance"))
            self.curve.setMinimumHeight(theme.current().px(HIGH))
            self._column.addWidget(self.curve, 1)
        self.curve.show()
        self.curve.show_lines(course.curves, current)

    def acts(self) -> list[Action]:
        """Return what can be done with the board while a run is open."""
        course = self.course
        if course is None or self._run is None or any(place.said for place in self._run.places):
            return []
        if self.running:
            return [Action(mark("Stop the assay"), "S", self.stop, destroys=course.doing == "running")]
        zero = [Action(mark("Zero the board"), "Z", self.zero)] if self._needs_zero else []
        return [*zero, Action(mark("Run the assay"), "T", self.begin, missing=self._not_beginning(course))]

    @property
    def _needs_zero(self) -> bool:
        bench, owned = self._desk.bench, self._owned
        return bench is not None and owned is not None and bool(bench.assays.needs_zero(owned.id))

    def _not_beginning(self, course: Any) -> str:  # noqa: ANN401 - a Course
        roles = {place.role for place in self._run.places} if self._run else set()
        if "blank" not in roles:
            return t("no control is placed")
        return "" if course.zeroed or not self._needs_zero else t("zero the board first")

    def zero(self) -> None:
        """Zero the board with what stands in it now."""
        if self._run is not None and self._desk.bench is not None:
            self._try(self._desk.bench.assays.zero, self._run.instrument, self._run.rule)

    def begin(self) -> None:
        """Run the assay of everything that is bound."""
        if self._run is not None and self._desk.bench is not None:
            roles = {place.position: place.role for place in self._run.places}
            self._try(self._desk.bench.assays.begin, self._run.instrument, self._run.rule, roles)

    def stop(self) -> None:
        """End what is under way; an assay that ran is void."""
        if self._run is not None and self._desk.bench is not None:
            self._try(self._desk.bench.assays.stop, self._run.instrument)

    def _try(self, act: Any, *values: Any) -> None:  # noqa: ANN401 - a method of the assays
        try:
            act(*values)
        except Exception as error:  # noqa: BLE001 - whatever is refused is told as a sentence
            self._desk.complain(error)
        self._desk.changed.emit()


def _unzeroed(course: Any) -> bool:  # noqa: ANN401 - a Course
    return course.doing == "zeroed" and not course.zeroed


def _sentence(course: Any, *, zero: bool) -> str:  # noqa: ANN401 - a Course
    if course.void:
        return t("The assay is void: {why}", why=_codes.coded("why", course.void))
    if _unzeroed(course):
        reasons = {_codes.coded("why", state) for state in course.states.values()}
        why = t("format.comma").join(sorted(reasons)) or t("silence of the board")
        return t("No hole could be zeroed: {why}", why=why)
    if course.doing == "idle" and not zero:
        return t("Put the cards in and close the lid, then press T")
    said = words(f"assay.{course.phase or course.doing}")
    if course.doing == "zeroed":
        return f"{t('{count} holes zeroed', count=len(course.zeroed))} · {said}"
    return said
