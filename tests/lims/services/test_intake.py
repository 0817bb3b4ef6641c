"""Tables taken in: each row once, each wrong row kept with its reason, the harmful refused at once."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lims import clock
from lims.cli import main
from lims.errors import Invalid, LimsError
from lims.queries import figures, intake, plans, samples
from lims.rules import intake as tables
from lims.rules import sheet
from lims.services import intake as verbs
from lims.services import plan, planning, sample
from lims.services.intake import Source
from tests.laboratory import PASSWORD, Lab, filled, found_lab

YEAR = clock.local(clock.now()).year
POPULATION = {"乡镇": "凤城镇", "年度": str(YEAR), "人口": "92136", "来源": "年鉴"}
TOWNS = {"350122100": "凤城镇"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = found_lab(tmp_path_factory.mktemp("intake") / "lab")
    yield made
    made.close()


def table(rows: list[dict[str, str]], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(rows: list[dict[str, str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.worksheets[0]
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    book.save(out)
    return out.getvalue()


def forms(*numbers: str, **other: str) -> list[dict[str, str]]:
    heads = tables.SAMPLES.columns
    said = {heads[name]: text for name, text in filled(**other).items()}
    return [{"抽样单号": number, **said} for number in numbers]


def run(lab: Lab, path: Path, kind: str, *more: str, login: str = "zheng") -> tuple[int, dict[str, Any]]:
    said = io.StringIO()
    where = ["--dir", str(lab.laboratory.folder.root), "--as", login, "--password", PASSWORD, "--json"]
    with redirect_stdout(said):
        status = main.run(["import", kind, str(path), *where, *more])
    return status, json.loads(said.getvalue() or "{}")


def take_in(lab: Lab, kind: str, rows: list[dict[str, str]]) -> int:
    found = lab.as_("zheng").ask(intake.examine, kind, "t.csv", table(rows, "gb18030"))
    assert found.aside == ()
    return lab.as_("zheng").do(verbs.take_rows, Source(kind, "t.csv"), found.rows)


def populate(lab: Lab) -> int:
    """Give every township 1,000 people; how many townships there are."""
    towns = [town.name for town in lab.as_("zheng").ask(figures.quota, YEAR).towns]
    assert (
        take_in(lab, "populations", [{**POPULATION, "乡镇": name, "人口": "1,000"} for name in towns]) >= 22
    )
    return len(towns)


@pytest.mark.parametrize("kind", list(tables.TABLES))
def test_the_template_reads_back(kind: str) -> None:
    found = tables.read(
        tables.TABLES[kind], sheet.read("t.csv", tables.template(tables.TABLES[kind]).encode()), TOWNS
    )
    assert len(found.rows) + len(found.aside) == 1
    assert (kind == "samples") == bool(found.aside)  # a form's example row is not complete on purpose


def test_sampling_forms_enter_once_and_wrong_ones_are_kept(lab: Lab, tmp_path: Path) -> None:
    before = len(lab.as_("chen").ask(samples.page))
    rows = forms("XC1", "XC2", "XC2", stall="B7")
    rows += forms("XC3", township="火星镇", stall="B7") + forms("", stall="B7")
    rows[0]["乡镇"], rows[0]["环节"] = "凤城镇", "流通"  # words are understood as well as codes
    path = tmp_path / "forms.xlsx"
    path.write_bytes(workbook(rows))
    aside = tmp_path / "aside.xlsx"
    status, said = run(lab, path, "samples", "--rejected", str(aside), login="chen")
    assert (status, said["taken"]) == (1, 2)
    assert [row["line"] for row in said["aside"]] == [4, 5, 6]
    assert load_workbook(aside).worksheets[0].max_row == 4
    kept = lab.as_("zheng").ask(intake.aside, table="samples")
    assert {one.line for one in kept} == {4, 5, 6}
    assert all(one.why and one.cells["样品名称"] == "豇豆" for one in kept)
    again, said = run(lab, path, "samples", login="chen")
    assert (again, said["taken"], said["known"]) == (1, 0, [2, 3])
    assert len(lab.as_("chen").ask(samples.page)) == before + 2


def test_a_dry_run_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(table([POPULATION], "gb18030"))
    before = lab.as_("zheng").ask(figures.quota, YEAR)
    status, said = run(lab, path, "populations", "--dry-run")
    assert (status, said["rows"], said["taken"]) == (0, 1, 0)
    assert lab.as_("zheng").ask(figures.quota, YEAR) == before


def test_populations_businesses_and_plans_come_in_one_act(lab: Lab) -> None:
    zheng = lab.as_("zheng")
    take = partial(take_in, lab)
    towns = populate(lab)
    zheng.do(planning.make, year=YEAR, base_year=YEAR, source="年鉴")
    head = zheng.ask(plans.head, YEAR)
    assert head is not None
    assert head.samples == 5 * towns
    cell = {"年度": str(YEAR), "乡镇或单位": "凤城镇", "部门": "粮食", "产品类别": "种植业产品", "环节": "流通",
            "月份": "12", "份数": "7", "站点": "/"}  # fmt: skip
    assert take("plan", [cell]) == 1
    assert take("plan", [cell]) == 1
    head = zheng.ask(plans.head, YEAR)
    assert head is not None
    assert head.samples == 5 * towns + 7
    found = zheng.ask(intake.examine, "plan", "t.csv", table([{**cell, "乡镇或单位": "KFQ9"}]))
    with pytest.raises(Invalid, match=r"intake\.unit"):
        zheng.do(verbs.take_rows, Source("plan", "t.csv"), found.rows)
    business = {"单位名称": "新店", "乡镇": "长龙镇", "地址": "/", "摊位号": "C1", "社会信用代码": "/",
                "无代码原因": "流动摊", "联系人": "陈某", "电话": "13800000000"}  # fmt: skip
    assert take("businesses", [business]) == 1


@pytest.mark.parametrize(
    ("kind", "row", "code"),
    [
        ("populations", {**POPULATION, "人口": "0"}, "intake.count"),
        ("populations", {**POPULATION, "人口": "１２"}, "intake.count"),
        ("populations", {**POPULATION, "乡镇": "马祖"}, "intake.township"),
        ("populations", {**POPULATION, "来源": ""}, "form.missing"),
        ("businesses", {"单位名称": "店", "乡镇": "凤城镇", "社会信用代码": "/"}, "intake.no_code"),
        (
            "businesses",
            {"单位名称": "店", "乡镇": "凤城镇", "社会信用代码": "91110000600037341M"},
            "form.credit_code",
        ),
    ],
)
def test_a_wrong_row_says_why(lab: Lab, kind: str, row: dict[str, str], code: str) -> None:
    found = lab.as_("zheng").ask(intake.examine, kind, "t.csv", table([row]))
    assert (found.rows, [one.code for one in found.aside[0].reasons]) == ((), [code])


def test_tables_of_another_kind_are_refused(lab: Lab) -> None:
    with pytest.raises(LimsError, match=r"intake\.table"):
        lab.as_("zheng").ask(intake.examine, "wishes", "t.csv", b"a\n1\n")
    with pytest.raises(Invalid, match=r"intake\.columns"):
        lab.as_("zheng").ask(intake.examine, "plan", "t.csv", b"a\n1\n")
    book = Workbook()
    book.worksheets[0].append(["乡镇", "年度", "人口", "来源"])
    book.worksheets[0].append(["凤城镇", YEAR, "=1+1", "x"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Invalid, match=r"sheet\.formula"):
        lab.as_("zheng").ask(intake.examine, "populations", "t.xlsx", out.getvalue())


@given(
    st.lists(
        st.fixed_dictionaries({head: st.text(max_size=8) for head in POPULATION}), min_size=1, max_size=6
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_each_row_is_taken_or_set_aside(rows: list[dict[str, str]]) -> None:
    lines = tuple(sheet.Line(n, row) for n, row in enumerate(rows, 2))
    found = tables.read(tables.POPULATIONS, sheet.Sheet(tuple(POPULATION), lines), TOWNS)
    assert sorted([*(one.line for one in found.rows), *(one.line for one in found.aside)]) == [
        one.number for one in lines
    ]


@pytest.mark.parametrize("kind", list(tables.TABLES))
def test_what_is_written_can_be_taken_in_again(lab: Lab, tmp_path: Path, kind: str) -> None:
    lab.as_("chen").do(sample.draw, filled(business_name="出口店", stall="E9"))
    populate(lab)
    lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴")
    path = tmp_path / "out.xlsx"
    where = ["--dir", str(lab.laboratory.folder.root), "--as", "zheng", "--password", PASSWORD]
    assert main.run(["export", kind, "-o", str(path), "--year", str(YEAR), *where]) == 0
    found = lab.as_("zheng").ask(intake.examine, kind, path.name, path.read_bytes())
    wanted = (
        {"no_code"} if kind == "businesses" else set()
    )  # a stall drawn from has no reason yet, and that is said
    assert {one.code.removeprefix("intake.") for row in found.aside for one in row.reasons} <= wanted
    assert len(found.rows) + len(found.aside) == len(lab.as_("zheng").ask(intake.export, kind, YEAR)) > 0


def test_a_township_that_was_added_is_known_by_its_name(lab: Lab) -> None:
    zheng = lab.as_("zheng")
    zheng.do(plan.add_township, code="350122119", name="新区镇", first_day="2026-01-01", source="文")
    rows = {
        "populations": [{**POPULATION, "乡镇": "新区镇"}],
        "samples": forms("XC9", township="新区镇", stall="B9"),
    }
    for kind, said in rows.items():
        found = zheng.ask(intake.examine, kind, "t.csv", table(said))
        assert (found.aside, [row.values["township"] for row in found.rows]) == ((), ["350122119"])
