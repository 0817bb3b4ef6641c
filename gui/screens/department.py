"""What a department of the county sees here: its quota, its samples and the cases of its samples, to read alone."""

from collections.abc import Callable, Sequence

from gui.desk import Desk
from gui.screens import _codes
from gui.screens._ledger import Ledger, Page
from gui.widgets import terms
from gui.widgets.rows import Column, Row, figure
from lims import clock, text
from lims.actor import OFFICES
from lims.queries import office
from lims.queries.disputes import Line as Case
from lims.queries.ledger import Line
from lims.queries.samples import Row as Sample
from lims.rules.numbering import spell
from lims.text import mark

TITLE = mark("My office")
ICON = "quota"
ORDER = 5
NEEDS = " ".join(OFFICES)
OFTEN = NEEDS

QUOTA = (
    Column("group", mark("Product group"), 300),
    figure("laboratory", mark("Laboratory"), 150),
    figure("rapid", mark("Rapid"), 150),
    figure("counted", mark("Counted"), 150),
    figure("target", mark("Target"), 150),
    figure("due", mark("Due by today"), 150),
    figure("missing", mark("Still owed"), 150),
)
SAMPLES = (
    Column("number", mark("Number"), 170), Column("food", mark("Food"), 200),
    Column("business", mark("Business"), 420), Column("town", mark("Township"), 150),
    Column("drawn", mark("Drawn"), 130), Column("state", mark("State"), 130),
)  # fmt: skip
CASES = (
    Column("number", mark("Number"), 160), Column("food", mark("Food"), 120), Column("business", mark("Business"), 230),
    Column("item", mark("Item"), 200), Column("word", mark("Verdict"), 120, "verdict"),
    Column("state", mark("State"), 270), Column("opened", mark("Case opened"), 110),
)  # fmt: skip


class Screen(Ledger):
    """Three pages of this year; nothing can be changed here."""

    def __init__(self, desk: Desk) -> None:
        hint = mark("You see what your department organises; ask the laboratory for anything else.")
        super().__init__(desk, TITLE, (
            Page("quota", mark("Quota"), QUOTA, lambda: (office.quota, (_year(),), {}), _quota_rows, None,
                 hint, mark("Nothing was drawn and nothing is planned.")),
            Page("samples", mark("Samples"), SAMPLES, lambda: (office.samples, (_year(),), {}), _sample_rows,
                 None, hint, mark("No sample of your department.")),
            Page("cases", mark("Positive cases"), CASES, lambda: (office.cases, (_year(),), {}), _case_rows,
                 None, hint, mark("No positive case of your department.")),
        ), ())  # fmt: skip


def _year() -> int:
    return clock.local(clock.now()).year


def _quota_rows(found: Sequence[Line]) -> list[Row]:
    return [
        Row(one.key[0], (terms.term("product_group", one.key[0]), one.laboratory, one.rapid, one.counted,
                         one.target, one.due, one.missing))
        for one in found
    ]  # fmt: skip


def _sample_rows(found: Sequence[Sample]) -> list[Row]:
    return [
        Row(one.number, (spell(one.number), one.food, one.business, terms.township(one.township),
                         text.date(one.drawn_at), terms.state(one.state)))
        for one in found
    ]  # fmt: skip


def _case_rows(found: Sequence[Case]) -> list[Row]:
    return [
        Row(one.id, (spell(one.number), one.food, one.business, one.item, one.word,
                     _codes.case_state(one.state), text.date(one.opened_at)))
        for one in found
    ]  # fmt: skip


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("samples", lambda: screen.turn("samples")), ("cases", lambda: screen.turn("cases"))]
