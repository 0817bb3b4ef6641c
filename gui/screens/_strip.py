"""A scanned strip: the curve with its C and T valleys, both heights, their ratio, and the band it falls in."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.screens import _codes
from gui.screens._facts import Facts, Line
from gui.widgets import boxes
from gui.widgets.curve import Curve
from lims.queries.bench import Place
from lims.rules import strips
from lims.rules.methods import Method
from lims.text import mark, t

HIGH = 180


class Strip(QWidget):
    """Shown only where a reading holds a curve; the plot is made when the first one comes."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = Facts(88)
        self.facts.setFixedWidth(theme.current().px(240))
        self.curve: Curve | None = None
        self._row = boxes.row(self.facts, of=self)
        self.hide()

    def show_extra(self, extra: Mapping[str, str], method: Method | None) -> None:
        """Show the curve that stands in a reading's further fields; nothing when there is none."""
        samples = _codes.curve_of(extra)
        self.setVisible(bool(samples))
        if not samples:
            return
        if self.curve is None:
            self.curve = Curve(mark("Strip"), mark("Place along the strip"), mark("Brightness"))
            self.curve.setMinimumHeight(theme.current().px(HIGH * 2 // 3))
            self._row.insertWidget(0, self.curve, 1)
        test = _codes.place_of(extra, "t_index")
        tests = (("T", test),) if test is not None else ()
        self.curve.show_strip(samples, _codes.place_of(extra, "c_index"), tests)
        self.facts.show_lines(lines(extra, method))

    def show_place(self, place: Place | None, method: Method | None) -> None:
        """Show the strip that was read in a channel."""
        self.show_extra(place.said.extra if place and place.said else {}, method)


def lines(extra: Mapping[str, str], method: Method | None) -> list[Line]:
    """Return what was found in a strip, with the method's bands beside it."""
    none = t("not found")
    found = [
        (t("C height"), extra.get("c_height", none), "" if "c_height" in extra else "wrong"),
        (t("T height"), extra.get("t_height", none), ""),
        (t("T/C"), extra.get("t_over_c", "–"), "strong"),
    ]
    if method is not None and method.format in strips.FORMATS:
        found.append((t("Bands"), _codes.bands(method), ""))
        found.append((t("Rule source"), _codes.unverified(method.source, verified=method.verified), "muted"))
    return found
