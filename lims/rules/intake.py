"""Tables that somebody hands in (sampling forms, businesses, populations, plans): rows to take, rows set aside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lims.errors import Invalid, Problem
from lims.rules import credit, form, regulation
from lims.rules.credit import CodeState
from lims.rules.form import SLASH
from lims.rules.limitfile import Aside
from lims.rules.sheet import Line, Sheet

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that may be taken: its line, its own key, and what it says by our names."""

    line: int
    key: str
    values: Values


@dataclass(frozen=True, slots=True)
class Read:
    """What a table comes to."""

    rows: tuple[Row, ...]
    aside: tuple[Aside, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table.

    Attributes:
        name: as commands name it.
        columns: field to its heading.
        needed: fields whose column must be there.
        key: makes a row's own key from what it says.
        tidy: makes our values of the cells and the townships; adds what is wrong to the list.
        example: one row of the template, by heading.
    """

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...]
    key: Callable[[Values], str]
    tidy: Callable[[dict[str, str], Values, list[Problem]], dict[str, str]]
    example: Mapping[str, str]


def read(table: Table, sheet: Sheet, towns: Mapping[str, str]) -> Read:
    """Return what may be taken and what is set aside, row by row; a key that stands twice is set aside too.

    Args:
        table: its kind.
        sheet: as it was handed in.
        towns: names of the laboratory's townships by their codes.

    Raises:
        Invalid: a needed column is missing.
    """
    lacking = [table.columns[name] for name in table.needed if table.columns[name] not in sheet.headings]
    if lacking:
        raise Invalid("intake.columns", columns="、".join(lacking))
    rows: list[Row] = []
    aside: list[Aside] = []
    seen: dict[str, int] = {}
    for line in sheet.lines:
        problems: list[Problem] = []
        values = table.tidy(_named(table, line), towns, problems)
        key = table.key(values)
        if key in seen:
            problems.append(Problem("intake.twice", "", {"line": seen[key]}))
        if problems:
            told = (replace(one, where=table.columns.get(one.where, one.where)) for one in problems)
            aside.append(Aside(line.number, line.cells, tuple(told)))
        else:
            seen[key] = line.number
            rows.append(Row(line.number, key, values))
    return Read(tuple(rows), tuple(aside))


def _named(table: Table, line: Line) -> dict[str, str]:
    return {name: line.cells.get(head, "") for name, head in table.columns.items()}


def template(table: Table) -> str:
    """Return the heading of a table with one row that shows how it is filled."""
    heads = ",".join(table.columns.values())
    return f"{heads}\n{','.join(table.example.get(head, '') for head in table.columns.values())}\n"


def _town(text: str, towns: Values, problems: list[Problem]) -> str:
    """Return a township's code from its code or name."""
    found = _code(text, towns)
    if found not in towns:
        problems.append(Problem("intake.township", "township", {"value": text}))
    return found


def _code(text: str, towns: Values) -> str:
    """Return the code of a township by its code or name, other texts as they are."""
    return next((code for code, name in towns.items() if text in (code, name)), text)


def _count(text: str, problems: list[Problem], where: str, least: int) -> str:
    tidied = text.replace(",", "").removesuffix(".0")
    if not tidied.isdecimal() or not tidied.isascii() or int(tidied) < least:
        problems.append(Problem("intake.count", where, {"value": text, "least": least}))
        return "0"
    return str(int(tidied))


def _needed(values: Mapping[str, str], names: Sequence[str], problems: list[Problem]) -> None:
    problems += [Problem("form.missing", name) for name in names if not values[name].strip()]


def _population(cells: dict[str, str], towns: Values, problems: list[Problem]) -> dict[str, str]:
    _needed(cells, ("township", "year", "people", "source"), problems)
    return {
        "township": _town(cells["township"], towns, problems),
        "year": _count(cells["year"], problems, "year", 2000),
        "people": _count(cells["people"], problems, "people", 1),
        "source": cells["source"],
    }


POPULATIONS = Table(
    "populations",
    {"township": "乡镇", "year": "年度", "people": "人口", "source": "来源"},
    ("township", "year", "people", "source"),
    lambda said: f"{said['township']} {said['year']}",
    _population,
    {"乡镇": "凤城镇", "年度": "2026", "人口": "92136", "来源": "统计年鉴第几页"},
)


def _business(cells: dict[str, str], towns: Values, problems: list[Problem]) -> dict[str, str]:
    said = {name: text.strip() or SLASH for name, text in cells.items()}
    if said["name"] == SLASH:
        problems.append(Problem("form.missing", "name"))
    said["township"] = _town(cells["township"], towns, problems)
    if credit.code_state(said["credit_code"]) is CodeState.WRONG:
        problems.append(Problem("form.credit_code", "credit_code"))
    if said["credit_code"] == SLASH and said["no_code_reason"] == SLASH:
        problems.append(Problem("intake.no_code", "no_code_reason"))
    return said


BUSINESSES = Table(
    "businesses",
    {
        "name": "单位名称", "township": "乡镇", "address": "地址", "stall": "摊位号", "credit_code": "社会信用代码",
        "no_code_reason": "无代码原因", "contact": "联系人", "phone": "电话",
    },
    ("name", "township", "credit_code"),
    lambda said: f"{said['name']}\n{said['township']}\n{said['stall']}",
    _business,
    {"单位名称": "凤城农贸市场陈记蔬菜", "乡镇": "凤城镇", "摊位号": "A12", "社会信用代码": "/",
     "无代码原因": "个体摊位"},
)  # fmt: skip


def _plan(cells: dict[str, str], towns: Values, problems: list[Problem]) -> dict[str, str]:
    _needed(cells, ("unit", "product_group", "stage"), problems)
    return {
        "year": _count(cells["year"], problems, "year", 2000),
        "unit": _code(cells["unit"], towns),
        "department": _term(cells, "department", problems),
        "product_group": _term(cells, "product_group", problems),
        "stage": _term(cells, "stage", problems),
        "month": _count(cells["month"], problems, "month", 1),
        "samples": _count(cells["samples"], problems, "samples", 0),
        "station": cells["station"].strip() or SLASH,
    }


def _term(cells: Mapping[str, str], name: str, problems: list[Problem]) -> str:
    text = cells[name].strip()
    found = next((one.code for one in regulation.vocabulary(name) if text in (one.code, one.zh, one.en)), "")
    if not found:
        problems.append(Problem("form.option", name, {"value": text}))
    return found


PLANS = Table(
    "plan",
    {
        "year": "年度", "unit": "乡镇或单位", "department": "部门", "product_group": "产品类别", "stage": "环节",
        "month": "月份", "samples": "份数", "station": "站点",
    },
    ("year", "unit", "department", "product_group", "stage", "month", "samples"),
    lambda said: " ".join(said[name] for name in ("year", "unit", "department", "product_group", "stage", "month")),
    _plan,
    {"年度": "2026", "乡镇或单位": "凤城镇", "部门": "农业农村", "产品类别": "种植业产品", "环节": "流通", "月份": "11",
     "份数": "6", "站点": "/"},
)  # fmt: skip


def _form(cells: dict[str, str], towns: Values, problems: list[Problem]) -> dict[str, str]:
    number = cells.pop("external").strip()
    if not number:
        problems.append(Problem("form.missing", "external"))
    said = form.tidy({name: _option(name, text) for name, text in cells.items()})
    said = {name: text or (SLASH if form.fields()[name].slash else "") for name, text in said.items()}
    said["township"] = _code(said["township"], towns)
    problems += form.problems(said, towns)
    return {"external": number, **said}


def _option(name: str, text: str) -> str:
    """Return the code of a choice by its code or its word in either language, other texts as they are."""
    options = form.fields()[name].options
    return next((one.code for one in options if text.strip() in (one.code, one.zh, one.en)), text)


SAMPLES = Table(
    "samples",
    {"external": "抽样单号", **{one.name: one.label[0] for one in form.fields().values()}},
    ("external", "business_name", "township", "food", "drawn_at", "seal"),
    lambda said: said["external"],
    _form,
    {"抽样单号": "XC26350122001", "抽样时间": "2026-11-27T09:00+08:00"},
)

TABLES: Mapping[str, Table] = {one.name: one for one in (SAMPLES, BUSINESSES, POPULATIONS, PLANS)}
"""Every kind of table by its name."""
