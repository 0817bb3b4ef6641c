"""Commands about limits: what is in force for a food on a day, and a table of limits examined or proposed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lims import text
from lims.cli.options import AsJson, Database, Dir, Login, opened, show, show_json
from lims.errors import Invalid
from lims.queries import limit_import, limits
from lims.queries.limit_import import Examined
from lims.rules import analytes, foods, limitfile
from lims.rules.limits import Limit
from lims.services import limits as limits_verbs
from lims.text import t


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("limit")(limit)


def extend(group: typer.Typer) -> None:
    """Add what belongs under `import`."""
    group.command("limits")(import_limits)


def limit(
    food: Annotated[str, typer.Argument(help="食品 / food, by name or code")],
    analyte: Annotated[str, typer.Argument(help="检测项目 / analyte, by name, code or CAS number")],
    day: Annotated[
        datetime,
        typer.Argument(
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="抽样或生产日期 / day of sampling or production: YYYY-MM-DD",
        ),
    ],
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """某日某食品某项目的现行限量 / the limit in force for a food, an analyte and a day."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(limits.in_force, food, analyte, day.date())
    if as_json:
        show_json(_json(found))
        return
    show(f"{found.food.zh}  {found.analyte.zh}  {found.on.isoformat()}")
    show(_line(found.limit) if found.limit else t("No limit is known for this food and analyte on that day."))
    for other in found.others:
        show(f"  ({_line(other)})")


def _json(found: limits.Answer) -> dict[str, Any]:
    return {
        "food": found.food,
        "classes": list(foods.ancestry(found.food.code)),
        "analyte": found.analyte,
        "on": found.on.isoformat(),
        "limit": found.limit,
        "others": found.others,
    }


def _line(one: Limit) -> str:
    figure = f"{one.value} {one.unit}" if one.value is not None else t(f"word.limit_kind.{one.kind}")
    days = f"{one.effective_from.isoformat()} – {one.effective_to.isoformat() if one.effective_to else ''}"
    mark = one.confirmed or (t("verified") if one.verified else t("unverified default"))
    return f"{foods.food(one.food).zh}  {figure}  {one.standard} {one.clause}  {days}  [{mark}]  {one.id}"


def import_limits(  # noqa: PLR0913 - the options of a command
    file: Annotated[Path | None, typer.Argument(help=".xlsx 或 .csv / the table")] = None,
    *,
    title: Annotated[str, typer.Option(help="版本名称 / title of the edition")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / examine alone")] = False,
    template: Annotated[bool, typer.Option("--template", help="输出空表 / print an empty table")] = False,
    login: Login = "",
    password: Annotated[
        str, typer.Option("--password", envvar="KUAIJIAN_PASSWORD", help="密码 / password")
    ] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """导入限量表：逐行检查、与现行比较、有误的行隔离；另一人发布后生效 / propose a table of limits as an edition."""
    if template:
        show(limitfile.template().rstrip("\n"))
        return
    if file is None or not file.is_file():
        raise Invalid("sheet.missing", file=str(file or ""))
    data = file.read_bytes()
    with opened(root, database) as laboratory:
        if dry_run:
            found = laboratory.lims.ask(limit_import.examine, file.name, data)
        else:
            lims = laboratory.sign_in(login, password)
            found = lims.do(limits_verbs.propose, name=file.name, data=data, title=title or file.stem)
    _told(found, as_json=as_json)


def _told(found: Examined, *, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "file": found.file,
                "edition": found.edition,
                "rows": [
                    {"line": one.line, "how": one.how, "limit": one.limit, "present": one.present}
                    for one in found.differences
                ],
                "aside": [
                    {
                        "line": one.line,
                        "cells": one.cells,
                        "reasons": [text.sentence(reason) for reason in one.reasons],
                    }
                    for one in found.aside
                ],
            }
        )
        return
    for one in found.differences:
        name = analytes.analytes()[one.limit.analyte].zh
        show(f"{one.line:>6}  {t(f'word.limit_change.{one.how}')}  {name}  {_line(one.limit)}")
    for row in found.aside:
        for reason in row.reasons:
            show(f"{row.line:>6}  ✗ {text.sentence(reason)}")
    show(t("{rows} rows may be published, {aside} were set aside. Edition: {edition}",
           rows=len(found.differences), aside=len(found.aside), edition=found.edition or "–"))  # fmt: skip
