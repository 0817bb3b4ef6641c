"""What was calculated of a plate: the curve with its standards, every group with its figures, and the gates."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Desk
from gui.screens import _codes
from gui.screens._facts import Facts, Line
from gui.widgets import boxes
from gui.widgets.curve import Curve
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.queries.plates import Seen
from lims.text import mark, t

COLUMNS = (
    Column("group", mark("Group"), 66, sorts=False),
    Column("wells", mark("Wells"), 58, sorts=False),
    Column("result", mark("Read off"), 68, "number", sorts=False),
    Column("cv", mark("CV %"), 54, "number", sorts=False),
    Column("bound", mark("B/B0 %"), 62, "number", sorts=False),
    Column("recovery", mark("Recovery"), 68, "number", sorts=False),
    Column("mean", mark("Mean A"), 62, "number", sorts=False),
    Column("residual", mark("Residual"), 80, "number", sorts=False),
)
MARKS = {"standard": "S", "blank": "B", "control": "C", "sample": ""}
SHOWN = 4
"""Significant digits on the screen; six are kept."""


class Outcome(QWidget):
    """Curve above, figures below it, gates at the foot; the plot is made when the first curve comes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.word = Label(role="head", wrap=True)
        self.curve: Curve | None = None
        self.table = Table(COLUMNS, desk.work, mark("Calculation"), mark("Not calculated yet."))
        self.facts = Facts(84)
        self._column = boxes.column(self.word, self.table, self.facts, of=self, edge=(8, 0, 0, 0), gap=4)
        self._column.setStretchFactor(self.table, 2)
        self._column.setStretchFactor(self.facts, 1)

    def put(self, seen: Seen | None) -> None:
        """Show the newest calculation of a plate; None or one without leaves everything empty."""
        figures = seen.outcome if seen else {}
        self._say(seen)
        self.table.show_rows([_row(str(n), line) for n, line in enumerate(figures.get("lines", ()))])
        self.facts.show_lines(_facts(figures) if figures else [])
        if figures:
            self._draw(figures)
        elif self.curve is not None:
            self.curve.hide()

    def _say(self, seen: Seen | None) -> None:
        if seen is None or not seen.outcome:
            self.word.put("")
        else:
            self.word.say(
                mark("All gates held: the figures count.") if seen.counts
                else mark("A gate was not kept: these figures do not count.")
            )  # fmt: skip

    def _draw(self, figures: Mapping[str, Any]) -> None:
        if self.curve is None:
            self.curve = curve()
            self._column.insertWidget(1, self.curve, 2)
        draw(self.curve, figures)
        self.curve.show()


def curve() -> Curve:
    """Return an empty plot for a standard curve."""
    made = Curve(mark("Standard curve"), mark("Concentration"), mark("Absorbance"))
    made.setMinimumHeight(theme.current().px(150))
    return made


def draw(on: Curve, figures: Mapping[str, Any]) -> None:
    """Draw the curve of a calculation with its standards."""
    fitted = [(float(at), float(height)) for at, height in figures["curve"]]
    lines = [one for one in figures["lines"] if one["role"] == "standard" and one["mean"]]
    on.show_fit(fitted, [(float(one["level"]), float(one["mean"])) for one in lines])


def short(number: str, digits: int = SHOWN) -> str:
    """Round a kept figure to what is shown."""
    return number and f"{float(number):.{digits}g}"


def result(line: Mapping[str, str]) -> str:
    """What was read off for a group, `<` and `>` before the nearest standard where it lies outside them."""
    return f"{line['mark']}{short(line['limit'])}" if line["mark"] else short(line["concentration"])


def _row(key: str, line: Mapping[str, str]) -> Row:
    level = short(line["level"]) if line["role"] == "standard" else line["name"]
    name = f"{MARKS[line['role']]} {level}".strip()
    shares = [short(line["cv"], 2), *(short(line[one], 3) for one in ("bound", "recovery"))]
    return Row(
        key, (name, line["wells"], result(line), *shares, short(line["mean"]), short(line["residual"], 3))
    )


def _facts(figures: Mapping[str, Any]) -> list[Line]:
    told: list[Line] = [(t("Not kept"), _fault(one), "wrong") for one in figures["faults"]]
    parameters = ", ".join(f"{name} {short(value)}" for name, value in figures["parameters"].items())
    told += [
        ("r²", figures["r2"], ""),
        (t("Parameters"), parameters, ""),
        ("B0", short(figures["b0"]), ""),
        (_codes.coded("plate_role", "blank"), short(figures["blank"]), ""),
    ]
    told += [(t("Method"), figures["rule"], "")] if figures.get("rule") else []
    gates = figures["gates"]
    if gates.get("verified") != "True":
        told.append(
            (t("Gates"), t("unverified: {source}", source=_codes.pair(tuple(gates["source"]))), "late")
        )
    return told


def _fault(one: Mapping[str, str]) -> str:
    word = _codes.coded("plate_fault", one["code"])
    return t(
        "{word} {found}, gate {gate} {where}", word=word, found=short_text(one["found"]), gate=one["gate"],
        where=one["where"],
    ).strip()  # fmt: skip


def short_text(written: str) -> str:
    """Round a figure; a text that is none stays."""
    number = _codes.number(written)
    return written if number is None else short(written)
