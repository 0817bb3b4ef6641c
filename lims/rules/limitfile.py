"""A table of limits that somebody hands in: rows that may be proposed, and rows set aside with every reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lims.errors import Invalid, NotFound, Problem
from lims.rules import analytes, foods, units
from lims.rules.limits import KINDS, Limit, overlaps
from lims.rules.sheet import Line, Sheet

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "analyte": ("analyte", "检测项目", "项目", "农药", "analyte_zh"),
    "food": ("food", "食品", "食品类别", "食品名称", "matrix_zh"),
    "excepted": ("excepted", "除外"),
    "kind": ("kind", "类型", "limit_kind"),
    "value": ("value", "限量", "限量值", "标准值", "limit_value"),
    "unit": ("unit", "单位", "limit_unit"),
    "detection": ("detection", "检出限"),
    "standard": ("standard", "标准", "判定依据"),
    "clause": ("clause", "条款", "备注"),
    "source": ("source", "来源"),
    "from": ("from", "生效日期", "实施日期"),
    "to": ("to", "失效日期", "废止日期"),
    "verified": ("verified", "已核实"),
}
"""Each column and the headings under which it is found; the first two are those of the template."""
NEEDED = ("analyte", "food", "standard", "source", "from")
EVERYTHING = frozenset({"", "/", "*", "全部", "所有", "所有食品", "全部食品", "食品", "all"})
_KIND_WORDS = {"mrl": "mrl", "限量": "mrl", "ban": "ban", "禁用": "ban", "不得检出": "ban", "不得使用": "ban",
               "none": "none", "无限量": "none"}  # fmt: skip
_YES = frozenset({"yes", "true", "1", "是", "y"})


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that may not judge, with every reason against it."""

    line: int
    cells: Mapping[str, str]
    reasons: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a table of limits comes to."""

    limits: tuple[tuple[int, Limit], ...]
    aside: tuple[Aside, ...]


def template() -> str:
    """Return the heading of a table of limits, with one row that shows how it is filled."""
    heads = ",".join(names[1] if len(names) > 1 else names[0] for names in COLUMNS.values())
    example = "毒死蜱,豇豆,,mrl,0.02,mg/kg,,GB 2763-2021,表号与页码,标准文本第几页,2021-09-03,,否"
    return f"{heads}\n{example}\n"


def read(sheet: Sheet, own_names: Mapping[str, str] | None = None) -> Read:
    """Read a table of limits row by row; a row with a fault is set aside, never mended.

    Args:
        sheet: the table.
        own_names: the laboratory's own names of foods.

    Raises:
        Invalid: a column that is needed is missing; without one for the food it holds one limit for each
            analyte, which is no limit of any standard.
    """
    heads = _heads(sheet)
    found: list[tuple[int, Limit]] = []
    aside: list[Aside] = []
    for line in sheet.lines:
        row = _Row(line, heads, own_names or {})
        limit = row.limit()
        if limit is None:
            aside.append(Aside(line.number, line.cells, tuple(row.problems)))
        else:
            found.append((line.number, limit))
    return _apart(sheet, found, aside)


def _heads(sheet: Sheet) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, names in COLUMNS.items():
        head = next((one for one in sheet.headings if one.lower() in names), "")
        if head:
            found[column] = head
    if "food" not in found:
        raise Invalid("limit.one_for_all", heading="、".join(COLUMNS["food"][1:3]))
    missing = [COLUMNS[column][1] for column in NEEDED if column not in found]
    if missing:
        raise Invalid("limit.columns", missing="、".join(missing))
    return found


def _apart(sheet: Sheet, found: list[tuple[int, Limit]], aside: list[Aside]) -> Read:
    """Set aside both rows of every overlap within the table."""
    numbers = {limit.id: number for number, limit in found}
    cells = {line.number: line.cells for line in sheet.lines}
    clashes: dict[int, list[Problem]] = {}
    for first, second in overlaps([limit for _, limit in found]):
        for one, other in ((first, second), (second, first)):
            reason = Problem("limit.overlap", "", {"other": f"{numbers[other.id]}"})
            clashes.setdefault(numbers[one.id], []).append(reason)
    aside += [Aside(number, cells[number], tuple(reasons)) for number, reasons in clashes.items()]
    kept = tuple((number, limit) for number, limit in found if number not in clashes)
    return Read(kept, tuple(sorted(aside, key=lambda one: one.line)))


class _Row:
    """One row while it is read; every fault is noted, so that it is mended once."""

    def __init__(self, line: Line, heads: Mapping[str, str], own_names: Mapping[str, str]) -> None:
        self._line, self._heads, self._own = line, heads, own_names
        self.problems: list[Problem] = []

    def _cell(self, column: str) -> str:
        text = self._line.cells.get(self._heads.get(column, ""), "")
        return "" if text == "/" else text

    def _wrong(self, code: str, column: str) -> None:
        values = {"value": self._cell(column)[:60]}
        self.problems.append(Problem(code, self._heads.get(column, column), values))

    def limit(self) -> Limit | None:
        """Return the row as a limit, or None where anything is wrong with it."""
        kind = _KIND_WORDS.get((self._cell("kind") or self._guess()).lower(), "")
        if kind not in KINDS:
            self._wrong("limit.kind", "kind")
        for column in ("standard", "source"):
            if not self._cell(column):
                self._wrong("limit.source", column)
        start, end = self._day("from", needed=True), self._day("to", needed=False)
        if start and end and end < start:
            self._wrong("limit.ends_first", "to")
        limit = Limit(
            id=f"line-{self._line.number}",
            analyte=self._analyte(),
            food=self._food(),
            excepted=self._excepted(),
            kind=kind,
            value=self._number("value", kind),
            unit=self._unit(kind),
            detection=self._number("detection", ""),
            standard=self._cell("standard"),
            clause=self._cell("clause"),
            source=self._cell("source"),
            effective_from=start or date.min,
            effective_to=end,
            verified=self._cell("verified").lower() in _YES,
            own=True,
        )
        return None if self.problems else limit

    def _guess(self) -> str:
        """Return `不得检出` where the figure's own cell says so, else `mrl`."""
        value = self._cell("value")
        return value if value in _KIND_WORDS else "mrl"

    def _analyte(self) -> str:
        try:
            return analytes.analyte(self._cell("analyte")).code
        except NotFound:
            self._wrong("limit.analyte", "analyte")
            return ""

    def _food(self) -> str:
        text = self._cell("food")
        if text in EVERYTHING:
            self._wrong("limit.every_food", "food")
            return ""
        found = foods.named(text, self._own)
        if found is None:
            self._wrong("limit.food", "food")
        return found.code if found else ""

    def _excepted(self) -> tuple[str, ...]:
        texts = [
            part for part in self._cell("excepted").replace("，", "、").replace(",", "、").split("、") if part
        ]
        found = [foods.named(part.removesuffix("除外"), self._own) for part in texts]
        if None in found:
            self._wrong("limit.food", "excepted")
        return tuple(one.code for one in found if one)

    def _number(self, column: str, kind: str) -> Decimal | None:
        text = self._cell(column)
        if column == "value" and kind in {"ban", "none"}:
            if text and text not in _KIND_WORDS:
                self._wrong("limit.ban_figure", column)
            return None
        if not text and column == "detection":
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            self._wrong("limit.figure", column)
            return None
        if not value.is_finite() or value <= 0:
            self._wrong("limit.zero", column)
            return None
        return value

    def _unit(self, kind: str) -> str:
        text = self._cell("unit")
        if not text and kind != "mrl" and not self._cell("detection"):
            return ""
        try:
            return units.tidy(text)
        except Invalid:
            self._wrong("limit.unit", "unit")
            return ""

    def _day(self, column: str, *, needed: bool) -> date | None:
        text = self._cell(column)
        if not text and not needed:
            return None
        try:
            return date.fromisoformat(text[:10].replace("/", "-"))
        except ValueError:
            self._wrong("limit.day", column)
            return None


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition would change: `new`, `changed` or `same`, with the limit in force now where there is one."""

    line: int
    limit: Limit
    how: str
    present: Limit | None


def differences(found: Sequence[tuple[int, Limit]], known: Mapping[str, Sequence[Limit]]) -> list[Difference]:
    """Compare rows with the limits in force on the first day of each."""
    answer = []
    for line, limit in found:
        present = next(
            (
                one
                for one in sorted(known.get(limit.analyte, ()), key=lambda one: not one.own)
                if one.food == limit.food and one.in_force(limit.effective_from)
            ),
            None,
        )
        same = present is not None and (present.kind, present.value, present.unit) == (
            limit.kind,
            limit.value,
            limit.unit,
        )
        how = "new" if present is None else "same" if same else "changed"
        answer.append(Difference(line, limit, how, present))
    return answer
