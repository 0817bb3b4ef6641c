"""Commands under `import` and `export` about samples, businesses, populations and plans."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from lims import text
from lims.cli.options import AsJson, Database, Dir, Entered, Login, Year, acting, opened, show, show_json
from lims.door import Lims
from lims.errors import Invalid, LimsError
from lims.queries import intake
from lims.queries.intake import Examined
from lims.reports import workbook
from lims.reports.workbook import Column, Sheet
from lims.rules import intake as tables
from lims.services import intake as intake_verbs
from lims.services.intake import Source
from lims.text import t


def extend(group: typer.Typer) -> None:
    """Add a command for every kind of table."""
    for name in tables.TABLES:
        group.command(name, help=_HELP[name])(_command(name))


@acting
def export(
    entered: Entered,
    kind: Annotated[str, typer.Argument(metavar="TABLE", help="表格 / table: " + " ".join(tables.TABLES))],
    output: Annotated[Path, typer.Option("--output", "-o", help="Excel 文件 / .xlsx file to write")],
    year: Year,
) -> None:
    """输出抽样单、单位、人口或计划，格式与导入相同 / write a table as it is taken in."""
    rows = entered.lims.ask(intake.export, kind, year)
    heads = list(tables.TABLES[kind].columns.values())
    workbook.write(
        output, [Sheet(kind, [Column(head) for head in heads], [list(row.values()) for row in rows])]
    )
    show(str(output))


_HELP = {
    "samples": "导入抽样单 / sampling forms, each once under its own number",
    "businesses": "导入食品单位 / food businesses",
    "populations": "导入人口数 / populations with their source",
    "plan": "导入年度计划 / cells of a year's plan",
}


def _command(name: str) -> Callable[..., None]:
    def command(  # noqa: PLR0913 - the options of a command
        file: Annotated[Path | None, typer.Argument(help=".xlsx 或 .csv / the table")] = None,
        *,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / examine alone")] = False,
        template: Annotated[bool, typer.Option("--template", help="输出空表 / print an empty table")] = False,
        rejected: Annotated[
            Path | None,
            typer.Option("--rejected", help="未接收的行另存为 .xlsx / rows set aside, as a workbook"),
        ] = None,
        login: Login = "",
        password: Annotated[
            str, typer.Option("--password", envvar="KUAIJIAN_PASSWORD", help="密码 / password")
        ] = "",
        root: Dir = None,
        database: Database = "",
        as_json: AsJson = False,
    ) -> None:
        if template:
            show(tables.template(tables.TABLES[name]).rstrip("\n"))
            return
        if file is None or not file.is_file():
            raise Invalid("sheet.missing", file=str(file or ""))
        data = file.read_bytes()
        with opened(root, database) as laboratory:
            found = laboratory.lims.ask(intake.examine, name, file.name, data)
            taken, refused = (0, []) if dry_run else _take(laboratory.sign_in(login, password), found)
        if rejected is not None:
            write_rejected(rejected, found, refused)
        _tell(found, taken, refused, as_json=as_json)
        if found.aside or refused:
            raise typer.Exit(1)

    return command


Refused = list[tuple[int, str]]
"""Lines that were well formed and that the laboratory refused, with its sentence."""


def _take(lims: Lims, found: Examined) -> tuple[int, Refused]:
    source = Source(found.table, found.file)
    reasons = [_why(row.reasons) for row in found.aside]
    if found.aside:
        lims.do(intake_verbs.set_aside, source, found.aside, reasons)
    if found.table != "samples":
        return (lims.do(intake_verbs.take_rows, source, found.rows) if found.rows else 0), []
    known = set(found.known)
    taken, refused = 0, Refused()
    for row in found.rows:
        if row.line in known:
            continue
        try:
            lims.do(intake_verbs.take_sample, source, row)
            taken += 1
        except LimsError as error:
            refused.append((row.line, text.sentence(error)))
    return taken, refused


def _why(reasons: object) -> str:
    return "; ".join(text.sentence(one) for one in reasons)  # type: ignore[attr-defined] # a row's problems


def write_rejected(path: Path, found: Examined, refused: Refused) -> None:
    """Write the rows that were not taken, as they came, each with its line and its reasons.

    Raises:
        Invalid: the file cannot be written.
    """
    heads = list(tables.TABLES[found.table].columns.values())
    columns = [
        Column(t("Line"), "number", 8),
        Column(t("Reason"), width=60),
        *(Column(head) for head in heads),
    ]
    rows: list[list[object]] = [
        [row.line, _why(row.reasons), *(row.cells.get(head, "") for head in heads)] for row in found.aside
    ]
    rows += [[line, sentence, *[""] * len(heads)] for line, sentence in refused]
    workbook.write(path, [Sheet(t("Rows not taken"), columns, rows)])


def _tell(found: Examined, taken: int, refused: Refused, *, as_json: bool) -> None:
    if as_json:
        aside = [
            {"line": row.line, "cells": row.cells, "reasons": [text.sentence(one) for one in row.reasons]}
            for row in found.aside
        ]
        aside += [{"line": line, "cells": {}, "reasons": [sentence]} for line, sentence in refused]
        show_json(
            {
                "file": found.file,
                "rows": len(found.rows),
                "known": found.known,
                "taken": taken,
                "aside": aside,
            }
        )
        return
    for row in found.aside:
        show(f"{row.line:>6}  ✗ {_why(row.reasons)}")
    for line, sentence in refused:
        show(f"{line:>6}  ✗ {sentence}")
    aside_ = len(found.aside) + len(refused)
    show(t("{rows} rows may be taken, {known} of them were taken before, {aside} set aside; taken now: {taken}.",
           rows=len(found.rows), known=len(found.known), aside=aside_, taken=taken))  # fmt: skip
