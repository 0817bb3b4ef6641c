"""Commands about a year: its plan and tasks, draws and their replay, warnings, credit files, why a sample counts."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lims import clock, text
from lims.cli.options import AsJson, Database, Dir, Entered, Year, acting, opened, show, show_json
from lims.errors import Invalid
from lims.queries import credit, draws, ledger, plans, rules, warnings
from lims.reports import drawlist
from lims.services import draw as draw_verbs
from lims.services import watch


def add(app: typer.Typer) -> None:
    """Add the commands."""
    plan = typer.Typer(no_args_is_help=True, help="年度计划 / the plan of a year")
    plan.command("show")(plan_show)
    plan.command("tasks")(tasks)
    plan.command("coverage")(coverage)
    app.add_typer(plan, name="plan")
    draw = typer.Typer(no_args_is_help=True, help="双随机抽取 / drawing lots")
    draw.command("make")(draw_make)
    draw.command("replay")(replay)
    draw.command("list")(draw_list)
    app.add_typer(draw, name="draw")
    app.command("counts")(counts)
    app.command("credit")(credit_file)
    app.command("warnings")(look)


def plan_show(year: Year, root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """某年的计划 / a year's plan and how its sum comes about."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(plans.head, year)
        lines = laboratory.lims.ask(ledger.ledger, year, ("township", "group"))
        shares = laboratory.lims.ask(rules.shares)
    if as_json:
        source = {"source": shares.shares.source, "verified": shares.shares.verified}
        show_json({"plan": found, "shares": source, "lines": lines})
        return
    if found is None:
        show(text.t("This year has no plan yet: kuaijian plan-make."))
        return
    show(f"{found.year}  {found.samples}  ({found.county})  {found.people}  {found.source}")
    for line in lines:
        show(f"{line.target or 0:>6} {line.counted:>6}  {' '.join(line.key)}")


def tasks(
    day: Annotated[
        datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="日期 / day: YYYY-MM-DD")
    ],
    station: Annotated[str, typer.Option(help="站点或快检车 / station or van")] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """到该月底各乡镇尚欠的样品 / what each place still owes by the end of that month."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(plans.tasks, day.date(), station=station)
    if as_json:
        show_json(found)
        return
    if not found:
        show(text.t("Nothing is owed by the end of that month, or the year has no plan."))
    for one in found:
        show(f"{one.unit} {one.name:<8} {one.product_group:<10} {one.stage:<13} {one.owed:>4}")


def coverage(year: Year, root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """高风险品种覆盖和装备标准化 / coverage of high-risk varieties, standard equipment."""
    with opened(root, database) as laboratory:
        varieties = laboratory.lims.ask(plans.coverage, year)
        bodies = laboratory.lims.ask(plans.standard)
    if as_json:
        rates = [{"unit": one.unit, "rate": one.rate, "lacking": one.lacking} for one in bodies]
        show_json({"varieties": varieties, "equipment": rates})
        return
    if not varieties and not bodies:
        show(text.t("No high-risk variety and no required equipment was entered for this year."))
    for one in varieties:
        show(f"{'✓' if one.covered else '…'} {one.food} {one.stage} {one.done}/{one.at_least}")
    for body in bodies:
        show(f"{body.unit}  {body.rate * 100:.1f} %  {' '.join(body.lacking)}")


@acting
def draw_make(
    entered: Entered,
    purpose: Annotated[str, typer.Option(help="用途 / what for")],
    count: Annotated[int, typer.Option(help="抽取单位数 / how many businesses")],
    witness: Annotated[str, typer.Option(help="见证人 / who watches")],
    *,
    seed: Annotated[str, typer.Option(help="现场抽得的种子 / the seed as it was drawn")] = "",
    recent_days: Annotated[int, typer.Option(min=0, help="排除近期已抽 / exclude recently sampled")] = 60,
) -> None:
    """抽取检查对象和人员 / draw businesses and samplers; prints the draw's id."""
    lims = entered.lims
    show(
        lims.do(
            draw_verbs.make, purpose=purpose, count=count, witness=witness, seed=seed, recent_days=recent_days
        )
    )


def replay(
    id_: Annotated[str, typer.Argument(metavar="ID", help="抽取编号 / id of the draw")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="打印名单 PDF / the list as PDF")
    ] = None,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """按原名单和种子重抽并核对 / draw once more from what was kept and compare."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(draws.replay, id_)
        if output is not None:
            watch.left(laboratory.lims, "print", f"draw {id_}", output.name)
    if output is not None:
        _write(output, found)
    if as_json:
        show_json(found)
    else:
        for place, (name, people) in enumerate(found.drawn, 1):
            show(f"{place:>3}  {name}  {' '.join(people)}")
        show(text.t("The same list.") if found.same else text.t("Another list: the kept draw was changed."))
    if not found.same:
        raise typer.Exit(1)


def _write(output: Path, found: draws.Whole) -> None:
    stated = drawlist.DrawList(
        found.id, found.purpose, found.rule, found.seed, found.frozen_hash, found.witness, found.by, found.at,
        found.drawn, found.excluded,
    )  # fmt: skip
    try:
        output.write_bytes(drawlist.render(stated))
    except OSError as fault:
        raise Invalid("wire.file", file=str(output), fault=fault.strerror or "") from None


def draw_list(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """历次抽取 / every draw."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(draws.listed)
    if as_json:
        show_json(found)
        return
    if not found:
        show(text.t("No lots were drawn yet: kuaijian draw make."))
    for one in found:
        show(f"{one.id}  {clock.local(one.at):%Y-%m-%d %H:%M}  {one.objects:>4}  {one.purpose}")


def counts(
    number: Annotated[str, typer.Argument(help="样品编号 / number of the sample")],
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """一份样品是否计入考核及原因 / whether a sample counts, and why or why not."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(ledger.why, number)
    if as_json:
        show_json(found)
    else:
        show(f"{found.number}  {text.words(found.why)}")


def credit_file(
    business: Annotated[str, typer.Argument(help="单位编号 / id of the business")],
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """食品单位信用档案 / the credit file of a food business."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(credit.of_business, business)
    if as_json:
        show_json(found)
        return
    show(f"{found.name}  {found.credit_code}  {text.words(found.code_state)}  {found.grade or '/'}")
    for year in found.years:
        show(f"{year.year}  {year.samples:>5} {year.items:>5} {year.positives:>4} {year.confirmed:>4}")
    for case in found.cases:
        show(f"{case.number}  {case.food}  {case.item}  {case.state}  {' | '.join(case.measures)}")


def look(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """早期预警 / clusters of positives, with the false-alarm rate of the look."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(warnings.look)
    if as_json:
        show_json(found)
        return
    show(text.t("{n} items, {positives} positive; a look at nothing alarms in {rate} of cases.",
                n=found.items, positives=found.positives, rate=f"{found.false_alarms:.0%}"))  # fmt: skip
    for one in found.alarms:
        figures = (
            f"{one.positives}/{one.tested} in {one.days} d, expected {one.expected:.1f}, p {one.adjusted:.2g}"
        )
        show(f"{one.dimension:<9} {one.value}  {figures}")
