"""The year: its plan, its ledger against a recount, its draws, its statistics, its warnings, its credit files."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from lims import clock
from lims.cli import main
from lims.cli import statistics as stats_command
from lims.door import question
from lims.errors import Invalid, RuleBroken
from lims.queries import credit, draws, ledger, plans, samples, statistics, warnings
from lims.records.places import Business
from lims.reports import statistics as reports
from lims.rules import planning as shares
from lims.rules import quota, regulation
from lims.rules.counting import Counts
from lims.rules.credit import CodeState
from lims.services import draw, enrol, plan, planning, sample
from lims.storage.unit import View
from tests.laboratory import Lab, filled, found_lab, hashed
from tests.positives import positive

TODAY = clock.local(clock.now()).date()
YEAR = TODAY.year
CODE = "91110000600037341L"
TOWNS = ["350122100", "350122101", "350122400"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A laboratory with thirty samples of three townships, one of them not counted, voided and repeated ones too."""
    made = found_lab(tmp_path_factory.mktemp("year") / "lab")
    for n in range(24):
        made.as_("chen").do(
            sample.draw,
            filled(
                township=TOWNS[n % 8 % 3],
                business_name=f"店{n % 8}",
                stall=f"A{n % 8}",
                kind="laboratory" if n % 4 == 0 else "rapid",
                product_group=("crops", "aquatic", "livestock")[n % 5 % 3],
                stage=("production", "distribution", "catering")[n % 3],
                batch="B1" if n % 8 == 1 else "/",
                credit_code=CODE if n % 8 == 2 else "/",
            ),
        )
    numbers = [row.number for row in made.as_("zheng").ask(samples.page)]
    made.as_("zheng").do(sample.void, numbers[0], reason="重复录入")
    positive(made, food="韭菜", business_name="店2", stall="A2", credit_code=CODE)
    yield made
    made.close()


def populate(lab: Lab) -> dict[str, int]:
    people = {}
    for n, town in enumerate(regulation.townships()):
        if town.counted:
            people[town.code] = 2_000 + 111 * n
            lab.as_("zheng").do(
                plan.population, township=town.code, year=YEAR, people=people[town.code], source="年鉴"
            )
    return people


def test_a_plan_needs_the_people_of_every_counted_township(lab: Lab) -> None:
    with pytest.raises(Invalid) as refused:
        lab.as_("zheng").do(planning.make, year=YEAR, base_year=1999, source="年鉴")
    assert len(refused.value.problems) == 22
    people = populate(lab)
    made = lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴")
    assert made == sum(quota.target(count) for count in people.values())
    head = lab.as_("zheng").ask(plans.head, YEAR)
    assert head is not None
    assert (head.samples, head.county, head.version) == (made, quota.target(sum(people.values())), 1)
    again = lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴", per_thousand="2.5")
    head = lab.as_("zheng").ask(plans.head, YEAR)
    assert head is not None
    assert (head.samples, head.version) == (again, 2)  # cells that ask for nothing any more are withdrawn
    for rate in ("0", "many", "NaN", "-1"):
        with pytest.raises(Invalid, match=r"plan\.rate"):
            lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴", per_thousand=rate)


def test_the_ledger_equals_a_recount_from_the_list_of_samples(lab: Lab) -> None:
    rows = lab.as_("zheng").ask(samples.page, count=1000)
    frame = pd.DataFrame([asdict(row) for row in rows])
    frame["month"] = frame["drawn_at"].map(lambda at: f"{clock.local(at):%m}")
    lines = lab.as_("zheng").ask(ledger.ledger, YEAR, ("township", "group", "stage", "month"))
    counted = {line.key: line.counted for line in lines if line.counted}
    repeats = {one.number for one in entries(lab) if one.why is Counts.REPEAT}
    assert len(repeats) == 2  # the same batch of one business twice more on one day
    valid = frame[(frame.state != "void") & (frame.township != "350122400") & ~frame.number.isin(repeats)]
    recount = valid.groupby(["township", "product_group", "stage", "month"]).size()
    assert counted == {tuple(key): int(count) for key, count in recount.items()}


@question()
def all_entries(view: View) -> list[ledger.Entry]:
    return list(ledger.entries(view, YEAR))


def entries(lab: Lab) -> list[ledger.Entry]:
    return lab.as_("zheng").ask(all_entries)


def test_every_sample_says_why_it_counts_or_not(lab: Lab) -> None:
    why = {one.number: one.why for one in entries(lab)}
    assert set(why.values()) == {Counts.YES, Counts.VOID, Counts.OUTSIDE, Counts.REPEAT}
    number = next(number for number, reason in why.items() if reason is Counts.VOID)
    assert lab.as_("zheng").ask(ledger.why, number).why is Counts.VOID
    total = sum(
        line.counted + sum(line.uncounted.values()) for line in lab.as_("zheng").ask(ledger.ledger, YEAR)
    )
    assert total == len(why)
    for by in ((), ("colour",), ("stage", "stage")):
        with pytest.raises(Invalid, match=r"quota\.by"):
            lab.as_("zheng").ask(ledger.ledger, YEAR, by)


def test_tasks_are_the_plan_less_what_counts(lab: Lab) -> None:
    populate(lab)
    lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴")
    tasks = lab.as_("chen").ask(plans.tasks, date(YEAR, 12, 31))
    head = lab.as_("zheng").ask(plans.head, YEAR)
    assert head is not None
    lines = lab.as_("zheng").ask(ledger.ledger, YEAR, ("township", "group", "stage"))
    assert sum(line.target or 0 for line in lines) == head.samples
    assert sum(task.owed for task in tasks) == sum(line.missing or 0 for line in lines)
    assert [task.unit for task in tasks] == sorted(task.unit for task in tasks)
    assert lab.as_("chen").ask(plans.tasks, date(YEAR, 12, 31), station="VAN1") == []
    assert len(lab.as_("chen").ask(plans.duplicates, "店2", "韭菜")) == 1
    assert lab.as_("chen").ask(plans.duplicates, "店2", "豇豆粉") == []


def test_cells_units_coverage_and_equipment_by_hand(lab: Lab) -> None:
    populate(lab)
    lab.as_("zheng").do(planning.make, year=YEAR, base_year=YEAR, source="年鉴")
    zone = shares.Cell("KFQ1", "market", "processed", "production", 12, 7)
    with pytest.raises(Invalid):
        lab.as_("zheng").do(planning.cell, YEAR, zone)
    lab.as_("zheng").do(
        planning.reporting_unit, code="KFQ1", name="开发区管委会", source="连政综〔2018〕72号"
    )
    assert lab.as_("zheng").do(planning.cell, YEAR, zone) == 7
    assert any(task.name == "开发区管委会" for task in lab.as_("zheng").ask(plans.tasks, date(YEAR, 12, 31)))
    with pytest.raises(Invalid, match=r"township\.known"):
        lab.as_("zheng").do(planning.reporting_unit, code="KFQ1", name="别的", source="y")
    with pytest.raises(Invalid, match=r"plan\.unit_town"):
        lab.as_("zheng").do(planning.reporting_unit, code=TOWNS[0], name="x", source="y")
    lab.as_("zheng").do(
        planning.high_risk, year=YEAR, food="豇豆", stages="production catering", at_least=100, source="清单"
    )
    found = lab.as_("zheng").ask(plans.coverage, YEAR)
    assert [(one.stage, one.covered) for one in found] == [("catering", False), ("production", False)]
    assert all(one.done > 0 or one.stage == "catering" for one in found)
    with pytest.raises(Invalid, match=r"plan\.high_risk"):
        lab.as_("zheng").do(planning.high_risk, year=YEAR, food="x", stages="sea", at_least=1, source="y")
    for item, present in (("快检箱", 3), ("离心机", 0)):
        lab.as_("zheng").do(
            planning.required_equipment,
            body="凤城所",
            item=item,
            required=2,
            present=present,
            source="指导标准",
        )
    (body,) = lab.as_("zheng").ask(plans.standard)
    assert (body.rate, body.lacking) == (Decimal("0.5"), ("离心机",))


def test_a_draw_is_kept_replayed_and_substituted_with_a_reason(lab: Lab) -> None:
    with pytest.raises(
        Invalid, match=r"draw\.problems"
    ):  # everybody was sampled lately, and one sampler is too few
        lab.as_("zheng").do(draw.make, purpose="节前", count=2, witness="纪检 王某")
    lab.station.do(enrol.person, login="ma", name="马抽样", roles="sampler", password_hash=hashed())
    id_ = lab.as_("zheng").do(
        draw.make, purpose="节前", count=2, witness="纪检 王某", seed="2026-11-27 2 8 5 9 1", recent_days=0
    )
    whole = lab.as_("zheng").ask(draws.replay, id_)
    assert whole.same
    assert len(whole.drawn) == 2
    assert all(len(people) == 2 for _, people in whole.drawn)
    again = lab.as_("zheng").do(
        draw.make, purpose="节前", count=2, witness="纪检 王某", seed="2026-11-27 2 8 5 9 1", recent_days=0
    )
    assert lab.as_("zheng").ask(draws.replay, again).drawn == whole.drawn
    with pytest.raises(RuleBroken, match=r"draw\.substitute"):
        lab.as_("zheng").do(draw.substitute, id_, kind="object", drawn="x", instead="y", reason="歇业")
    printed = main.run(["draw", "replay", id_, "--dir", str(lab.laboratory.folder.root)])
    assert printed == 0


def test_statistics_never_mix_batches_and_items(lab: Lab) -> None:
    found = lab.as_("zheng").ask(
        statistics.statistics, date(YEAR, 1, 1), date(YEAR, 12, 31), ("group", "food")
    )
    assert (found.total.batches, found.total.items, found.total.positives) == (1, 1, 1)
    assert found.drawn > 1
    assert found.rates["positive_rate"] == 1
    assert found.rates["agreement"] is None  # no laboratory has reported, so nothing is said
    content = stats_command.content(found)
    tested = lab.as_("zheng").ask(statistics.statistics, date(YEAR, 1, 1), date(YEAR, 12, 31), ("method",))
    own = replace(tested, titles={tested.lines[0].key[0]: ("本室方法", "Own method")})
    assert stats_command.content(own).rows[0].key == ("本室方法",)
    assert reports.render(content) == reports.render(content)
    path = lab.laboratory.folder.root / "stats.xlsx"
    reports.write(path, content)
    assert len(load_workbook(path).sheetnames) == 3
    with pytest.raises(Invalid, match=r"statistics\.days"):
        lab.as_("zheng").ask(statistics.statistics, TODAY, TODAY - timedelta(days=1))


def test_a_credit_file_holds_the_years_and_the_first_positive(lab: Lab) -> None:
    ids = [one for one in lab.as_("zheng").ask(businesses) if one[1] == "店2"]
    files = [lab.as_("zheng").ask(credit.of_business, id_) for id_, _ in ids]
    (one,) = [each for each in files if each.cases]
    assert one.code_state is CodeState.VALID
    assert one.phone == "138****0000"
    assert [(year.items, year.positives) for year in one.years] == [(1, 1)]
    assert one.grade == "D"


@question()
def businesses(view: View) -> list[tuple[str, str]]:
    return [
        tuple(row) for row in view.rows(select(Business.id, Business.name).where(Business.site == view.site))
    ]


def test_a_look_for_clusters_says_how_often_it_is_wrong(lab: Lab) -> None:
    look = lab.as_("zheng").ask(warnings.look)
    assert (look.items, look.positives, look.alarms) == (1, 1, ())
    assert 0 < look.false_alarms < 0.1


@pytest.mark.parametrize(
    "command",
    [
        ["quota", "--year", str(YEAR), "--by", "township,group,stage,month", "--json"],
        ["plan", "show", "--year", str(YEAR), "--json"],
        ["plan", "coverage", "--year", str(YEAR), "--json"],
        ["stats", "--year", str(YEAR), "--by", "township,month", "--json"],
        ["deadlines", "--json"],
        ["warnings", "--json"],
    ],
)
def test_commands_answer_in_json(lab: Lab, command: list[str]) -> None:
    said = io.StringIO()
    with redirect_stdout(said):
        assert main.run([*command, "--dir", str(lab.laboratory.folder.root)]) == 0
    assert said.getvalue().startswith(("{", "["))
    assert json.loads(said.getvalue()) is not None
