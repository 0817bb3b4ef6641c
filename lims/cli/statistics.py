"""Commands about statistics: a period by any dimensions, as lines, JSON, a workbook or a report; the trend."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from lims import text
from lims.cli.options import AsJson, Database, Dir, Year, opened, show, show_json
from lims.errors import Invalid
from lims.queries import statistics, trend
from lims.queries.statistics import FORMULAS, Line, Statistics
from lims.reports import statistics as reports
from lims.reports.statistics import Content, Row
from lims.rules import methods, regulation
from lims.services import watch


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("stats")(stats)
    app.command("trend")(monthly)


def stats(
    year: Year,
    *,
    by: Annotated[str, typer.Option(help="维度，逗号分隔 / dimensions, separated by commas")] = "group",
    month: Annotated[int, typer.Option(min=0, max=12, help="只看一个月 / one month alone")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="输出文件 / file to write: .xlsx, .pdf")
    ] = None,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """统计：批次、项次、阳性率等 / statistics of a year or a month."""
    first = date(year, month or 1, 1)
    following = date(year + 1, 1, 1) if month in {0, 12} else date(year, month + 1, 1)
    last = following - timedelta(days=1)
    dimensions = tuple(one.strip() for one in by.split(",") if one.strip())
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(statistics.statistics, first, last, dimensions)
        if output is not None:
            watch.left(laboratory.lims, "export", f"statistics {first} {last}", output.name)
    if output is not None:
        _write(output, content(found))
        show(str(output))
    elif as_json:
        show_json({"statistics": found, "rates": found.rates, "formulas": FORMULAS})
    else:
        stated = content(found)
        for row in (*stated.rows, stated.total):
            show(f"{row.batches:>6} {row.items:>7} {row.invalid:>5} {row.positives:>5} "
                 f"{reports.percent(row.rate):>9}  {' '.join(row.key)}")  # fmt: skip


def _write(output: Path, found: Content) -> None:
    if output.suffix.lower() == ".xlsx":
        reports.write(output, found)
        return
    if output.suffix.lower() != ".pdf":
        raise Invalid("stats.suffix", file=str(output))
    try:
        output.write_bytes(reports.render(found))
    except OSError as fault:
        raise Invalid("wire.file", file=str(output), fault=fault.strerror or "") from None


def monthly(
    first: Annotated[int, typer.Option("--from", min=2000, max=2999, help="起始年 / first year")],
    last: Annotated[int, typer.Option("--to", min=2000, max=2999, help="截止年 / last year")],
    item: Annotated[str, typer.Option(help="检测项目 / one item alone")] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """逐月阳性率 / the rate of positives month by month."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(trend.monthly, first, last, item=item)
    if as_json:
        show_json([{"month": one.month, "verdicts": one.verdicts, "positives": one.positives, "rate": one.rate}
                   for one in found])  # fmt: skip
        return
    for one in found:
        show(f"{one.month}  {one.verdicts:>6} {one.positives:>5} {reports.percent(one.rate):>9}")


_VOCABULARIES = {"group": "product_group", "stage": "stage", "kind": "kind"}


def _word(found: Statistics, dimension: str, code: str) -> str:
    if dimension == "township":
        return found.towns.get(code, code)
    if dimension == "method":
        return methods.titled(code, found.titles)[text.current() == "en"]
    vocabulary = _VOCABULARIES.get(dimension)
    return regulation.term(vocabulary, code).zh if vocabulary else code


def _row(found: Statistics, line: Line, *, key: tuple[str, ...] = ()) -> Row:
    said = key or tuple(_word(found, name, code) for name, code in zip(found.by, line.key, strict=True))
    return Row(said, line.batches, line.items, line.invalid, line.positives, line.rate)


def content(found: Statistics) -> Content:
    """Return what a report of the statistics says, in the language of the moment."""
    total = _row(found, found.total, key=(text.t("Sum"), *[""] * (len(found.by) - 1)))
    counts = [("batches", found.total.batches), ("items", found.total.items)]
    figures = [(text.words(f"figure.{name}"), str(value), FORMULAS[name][0]) for name, value in counts]
    for name, rate in found.rates.items():
        value = ("/" if rate is None else str(rate)) if name == "per_thousand" else reports.percent(rate)
        figures.append((text.words(f"figure.{name}"), value, FORMULAS[name][0]))
    return Content(
        found.laboratory,
        f"{found.first.isoformat()} — {found.last.isoformat()}",
        tuple(text.words(f"dimension.{name}") for name in found.by),
        tuple(_row(found, line) for line in found.lines),
        total,
        tuple(figures),
    )
