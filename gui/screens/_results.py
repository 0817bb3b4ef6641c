"""The result list of a run at the right of the bench, with what happens to it next."""

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Desk
from gui.screens import _codes, _plate_outcome
from gui.screens._channels import facts_together, figure_of, void_reason
from gui.widgets import boxes
from gui.widgets.countdown import Countdown
from gui.widgets.curve import Curve
from gui.widgets.label import Elided, Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.queries.bench import Place, RunView
from lims.rules.content import Plate
from lims.rules.methods import Method
from lims.rules.verdict import Facts
from lims.text import mark, t

COLUMNS = (
    Column("position", mark("Channel"), 60),
    Column("sample", mark("Sample"), 86),
    Column("value", mark("Value"), 100, "number", keeps=True, whole=True),
    Column("word", mark("Verdict"), 100, "verdict"),
)

CURVE = 190
"""Height at 100 % of a standard curve, so that the results below it are seen."""
WIDE = 360
"""Room for a figure with its unit and for the longest verdict, of either language."""


class Results(QWidget):
    """One run: whether it counts and why, each channel's figure and word, who closes the matter."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.head, self.about = Label(role="head", wrap=True), Elided(role="small")
        self.next = Label(role="muted", wrap=True)
        self.left = Countdown(mark("left to read the strips"))
        self.table = Table(COLUMNS, desk.work, mark("Results"), mark("No run yet."),
                           mark("Results appear here while the device reads."))  # fmt: skip
        self.curve: Curve | None = None
        parts = (self.head, self.about, self.left, self.table, self.next)
        self._column = boxes.column(*parts, of=self, edge=(8, 0, 0, 0), gap=4)
        self._column.setStretchFactor(self.table, 1)
        self.setMinimumWidth(theme.current().px(200))
        self.show_run(None)

    def show_run(self, run: RunView | None) -> None:
        """Show a run, or that there is none."""
        self.table.show_rows(_rows(run) if run else [])
        self._count(run)
        self._draw(run.plate if run else Plate())
        if run is None:
            self.head.say(mark("Results"))
            self.head.role("head")
            self.about.put("")
            self.next.put("")
            return
        self._say_state(run)
        who = t("{who} · started {at}", who=run.operator, at=text.time(run.started_at))
        self.about.put(f"{who} · {t('lot {lot}', lot=run.lot)}")

    def _draw(self, plate: Plate) -> None:
        """Draw the standard curve of a run on a plate; the plot is made when the first one comes."""
        if plate.figures:
            if self.curve is None:
                self.curve = _plate_outcome.curve()
                self.curve.setMaximumHeight(theme.current().px(CURVE))
                self._column.insertWidget(3, self.curve)
            _plate_outcome.draw(self.curve, plate.figures)
        if self.curve is not None:
            self.curve.setVisible(bool(plate.figures))

    def _count(self, run: RunView | None) -> None:
        """Count down to the end of the kit's reading window while a strip may still be read."""
        method = run.rule if run is not None and run.state == "open" else None
        minutes = method.read_until if method is not None else None
        self.left.setVisible(run is not None and minutes is not None)
        ends = run.started_at + timedelta(minutes=float(minutes)) if run and minutes is not None else None
        self.left.run_until(ends)

    def _say_state(self, run: RunView) -> None:
        self.head.role("wrong" if run.validity == "invalid" else "head")
        if run.state == "open":
            self.head.put(t("The run is open"))
            self.next.put(t("Verdicts are given when the run is closed: controls first."))
        elif run.validity == "valid":
            self.head.put(t("✓ Valid run"))
            self.next.put(t("Another person reviews it; then its slips wait under Reports."))
        else:
            self.head.put(t("╳ Invalid run: {why}", why=_codes.run_why(run.why)))
            self.next.put(t("No verdicts. Make a new control; the samples wait to be tested again."))


def _rows(run: RunView) -> list[Row]:
    method, told = run.rule, facts_together(run)
    return [_row(place, method, told.get(place.position)) for place in run.places]


def _row(place: Place, method: Method | None, told: Facts | None) -> Row:
    value, unit = figure_of(place.said, told) if place.said else ("", "")
    void = void_reason(place, method, told)
    word = place.word or ("invalid" if void else None)
    sample = _codes.short(place.sample) or _codes.term("position_role", place.role)
    return Row(place.position, (place.position, sample, f"{value} {unit}".strip() or None, word))
