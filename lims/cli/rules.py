"""Commands about methods: what each says on a day, and another edition of one proposed."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from lims import text
from lims.cli.options import AsJson, Database, Dir, Entered, acting, opened, show, show_json
from lims.errors import Invalid
from lims.queries import methods
from lims.services import rules
from lims.text import t

Set = Annotated[
    list[str],
    typer.Option(
        "--set",
        help="字段=值，可多次，如 threshold=40、curve_standards='0 0.05 0.15'；/ 表示取消"
        " / field=value, as often as needed; / takes one away",
    ),
]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("methods")(listed)
    app.command("propose-method")(propose)


def listed(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """检测方法及其各版本、依据与有效期 / every method with its editions, sources and days in force."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(methods.listed)
    if as_json:
        rows = [{"rule": one.method.rule, **asdict(one.method), "confirmed": one.confirmed} for one in found]
        show_json([{name: value for name, value in row.items() if value is not None} for row in rows])
        return
    for one in found:
        rule = one.method
        until = f"– {rule.effective_to.isoformat()}  " if rule.effective_to else ""
        mark = one.confirmed or (t("verified") if rule.verified else t("unverified default"))
        item = rule.item[text.current() != "zh_CN"]
        show(f"{rule.rule}  {rule.standard}  {item}  {rule.clause}  {until}[{mark}]")


@acting
def propose(
    entered: Entered,
    id_: Annotated[str, typer.Argument(metavar="ID", help="方法编号 / id of the method")],
    said: Set,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="生效日期 / first day it counts")
    ],
    reason: Annotated[str, typer.Option(help="理由 / why")],
    *,
    new: Annotated[bool, typer.Option("--new", help="新方法 / a method that is not known yet")] = False,
    as_json: AsJson = False,
) -> None:
    """提出方法的新版本，另一人发布后生效 / propose another edition of a method; another person publishes it."""
    changes: dict[str, str] = {}
    for one in said:
        name, sign, value = one.partition("=")
        if not sign or not name or name in changes:
            raise Invalid("method.set", given=one)
        changes[name] = value
    act = rules.new_method if new else rules.method
    found = entered.lims.do(act, id_, changes, effective_from=first.date(), reason=reason)
    show_json({"edition": found}) if as_json else show(found)
