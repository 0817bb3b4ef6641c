"""Food businesses: who they are, and the credit file of each: its samples, positives and measures over the years."""

from collections.abc import Callable, Sequence
from typing import Any

from gui.desk import Desk
from gui.screens import _codes
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.queries import businesses, credit
from lims.queries.businesses import Line
from lims.queries.credit import CreditFile
from lims.text import mark, t

TITLE = mark("Businesses")
ICON = "place"
ORDER = 96
OFTEN = "sampler"
NEEDS = "sampler technician reviewer manager"
MAY = ("sampler", "technician", "reviewer", "manager")

LIST = (
    Column("name", mark("Business"), 220), Column("town", mark("Township"), 90), Column("stall", mark("Stall"), 80),
    Column("code", mark("Credit code"), 170), Column("samples", mark("Samples"), 70, "number"),
    Column("last", mark("Last drawn"), 104),
)  # fmt: skip
YEARS = (
    Column("year", mark("Year"), 90), Column("samples", mark("Samples"), 110, "number"),
    Column("items", mark("Items tested"), 120, "number"), Column("positives", mark("First positives"), 130, "number"),
    Column("confirmed", mark("Confirmed"), 130, "number"),
)  # fmt: skip
CASES = (
    Column("number", mark("Sample"), 150), Column("food", mark("Food"), 110), Column("item", mark("Item"), 190),
    Column("state", mark("State"), 140), Column("measures", mark("Measures"), 230),
)  # fmt: skip


class Screen(Ledger):
    """The list of businesses; the years and the cases of the one chosen in it."""

    def __init__(self, desk: Desk) -> None:
        self._lines: dict[str, Line] = {}
        self._file: CreditFile | None = None
        self._chosen, self._wanted = "", ""
        super().__init__(desk, TITLE, self._pages_of(), self._acts_of())

    def _pages_of(self) -> tuple[Page, ...]:
        file = self._ask_file
        return (
            Page("list", mark("List"), LIST, lambda: (businesses.listed, (self._wanted,), {}), self._rows, self._about,
                 mark("F searches by name, initials, credit code or stall; 2 and 3 open the file of the one chosen."),
                 mark("No business has such a name.")),
            Page("years", mark("Years"), YEARS, file, self._year_rows, self._about_file,
                 mark("What was drawn and found at the business chosen in the list, year by year."),
                 mark("Nothing was drawn at this business yet.")),
            Page("cases", mark("Positives"), CASES, file, self._case_rows, self._about_file,
                 mark("Every first positive of the business chosen in the list, with the measures taken."),
                 mark("No positive was found at this business.")),
        )  # fmt: skip

    def turn(self, name: str) -> None:
        """Keep the business under the cursor for the pages of its file."""
        if self.page.name == "list" and self.key:
            self._chosen, self._file = self.key, None
        super().turn(name if self._chosen else "list")

    def _ask_file(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        return credit.of_business, (self._chosen,), {}

    def _rows(self, found: Sequence[Line]) -> list[Row]:
        self._lines = {one.id: one for one in found}
        return [
            Row(one.id, (one.name, terms.township(one.township), one.stall, one.credit_code, one.samples,
                         one.last.isoformat() if one.last else ""))
            for one in found
        ]  # fmt: skip

    def _year_rows(self, found: CreditFile) -> list[Row]:
        self._file = found
        return [
            Row(str(one.year), (str(one.year), one.samples, one.items, one.positives, one.confirmed),
                "positive" if one.confirmed else "")
            for one in reversed(found.years)
        ]  # fmt: skip

    def _case_rows(self, found: CreditFile) -> list[Row]:
        self._file = found
        return [
            Row(f"{one.number} {one.item}", (one.number, one.food, one.item, _codes.case_state(one.state),
                                             t("format.semicolon").join(one.measures)))
            for one in found.cases
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._lines.get(key)
        if one is None:
            return ""
        return "\n".join([one.name, f"{terms.township(one.township)} {one.stall}", one.credit_code])

    def _about_file(self, _: str) -> str:
        one = self._file
        if one is None:
            return ""
        code = f"{one.credit_code} · {text.words(one.code_state)}"
        lines = [one.name, f"{terms.township(one.township)} {one.address} {one.stall}", code]
        lines += [t("No code: {reason}", reason=one.no_code_reason)] if one.no_code_reason else []
        lines += [t("Telephone: {number}", number=one.phone)]
        grade = one.grade or t("none yet, nothing was tested")
        return "\n".join([*lines, t("Grade by unverified rules: {grade}", grade=grade)])

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("search", ("list",), mark("Search"), "F", MAY, self._search, _search_fields, on_row=False),
        )

    def _search(self, _: str, answers: Answers) -> Doing:
        self._wanted = text_of(answers, "text")
        return Doing(lambda _door: None, apart=True)


def _search_fields() -> tuple[Field, ...]:
    hint = mark("name, initials, credit code or stall")
    return (Field("text", mark("Business"), slash=False, hint=hint),)


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("years", lambda: screen.turn("years")), ("cases", lambda: screen.turn("cases"))]
