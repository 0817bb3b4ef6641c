"""Commands about positives: the clocks that run, the papers of a sample and its case."""

from pathlib import Path
from typing import Annotated

import typer

from lims import clock, text
from lims.cli.options import AsJson, Database, Dir, opened, show, show_json
from lims.errors import Invalid
from lims.queries import disputes, papers
from lims.queries.disputes import Running
from lims.reports import templated
from lims.rules import template
from lims.services import watch


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("deadlines")(deadlines)
    app.command("paper")(paper)


def deadlines(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """正在计时的时限 / the clocks of open positive cases, the one that runs out first at the top."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(disputes.deadlines)
    if as_json:
        show_json([_told(one) for one in found])
        return
    if not found:
        show(text.t("No clock is running."))
    for one in found:
        due = f"{clock.local(one.deadline.due):%Y-%m-%d %H:%M}" if one.deadline.due else "—"
        label = one.deadline.clock.label[text.current() != "zh_CN"]
        show(f"{one.number}  {due}  {text.words(one.deadline.standing)}  {label}  {one.food}")


def _told(one: Running) -> dict[str, object]:
    rule = one.deadline.clock
    return {
        "number": one.number,
        "food": one.food,
        "case": one.case,
        "state": one.state,
        "clock": rule.id,
        "label": rule.label,
        "start": one.deadline.start,
        "due": one.deadline.due,
        "standing": one.deadline.standing.value,
        "minutes_left": None if one.left is None else int(one.left.total_seconds() // 60),
        "why": one.deadline.why.code if one.deadline.why else "",
        "amount": rule.amount,
        "unit": rule.unit,
        "source": rule.source,
        "clause": rule.clause,
        "verified": rule.verified,
    }


def paper(
    name: Annotated[str, typer.Argument(help="文书名称 / its name: " + " ".join(template.papers()))],
    number: Annotated[str, typer.Argument(help="样品编号 / number of the sample")],
    output: Annotated[Path, typer.Option("--output", "-o", help="PDF 文件 / PDF file to write")],
    root: Dir = None,
    database: Database = "",
) -> None:
    """输出抽样单、告知书、流转单等 PDF / write a paper of a sample as PDF."""
    with opened(root, database) as laboratory:
        filling = laboratory.lims.ask(papers.paper, name, number)
        watch.left(laboratory.lims, "print", number, name)
    try:
        output.write_bytes(templated.render(filling.template, filling.fields, filling.tables))
    except OSError as fault:
        raise Invalid("wire.file", file=str(output), fault=fault.strerror or "") from None
    show(str(output))
