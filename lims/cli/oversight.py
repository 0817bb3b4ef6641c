"""Commands about the trail under watch: look something up, check the whole log, what the rules found, erase."""

from typing import Annotated

import typer

from lims.cli import signing
from lims.cli.options import AsJson, Database, Dir, Entered, Login, acting, opened, show, show_json, signed_in
from lims.queries import oversight as questions
from lims.queries import search as looked_up
from lims.services import erase as erasing
from lims.services import identify, oversight

Days = Annotated[int, typer.Option("--days", min=1, help="最近若干天 / so many days back")]


def extend(group: typer.Typer) -> None:
    """Add the commands to the group of the log."""
    for name, command in (
        ("search", search),
        ("entry", entry),
        ("daily", daily),
        ("queue", queue),
        ("settle", settle),
        ("erase", erase),
    ):
        group.command(name)(command)


def search(
    wanted: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE...",
            help="sample person instrument lot first last kind words；日期如 / day: first=2026-11-01",
        ),
    ],
    count: Annotated[int, typer.Option(min=1, help="最多若干条 / at most so many")] = 200,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """在日志中查找 / look acts up by sample, person, instrument, lot, day and kind, the latest first."""
    wish = looked_up.wish(wanted)
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(looked_up.acts, wish, count=count)
    if as_json:
        show_json(found)
        return
    for act in found:
        show(f"{act.station} {act.seq:>8} {act.at} {act.verb:<24} {act.actor} {act.why}")


def entry(
    seq: Annotated[int, typer.Argument(help="条目号 / number of the entry")],
    station: Annotated[str, typer.Option(help="工作站，缺省为本站 / station; this one when not named")] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """一个条目及其改动前后的值 / one entry with the values before and after it."""
    with opened(root, database) as laboratory:
        own = station or laboratory.lims.store.place.station
        found = laboratory.lims.ask(looked_up.act, own, seq)
    if as_json:
        show_json(found)
        return
    show(
        f"{found.act.station} {found.act.seq} {found.act.at} {found.act.verb} {found.act.actor} {found.act.why}"
    )
    for row in found.rows:
        show(f"  {row.table} {row.key}")
        for name, before, after in row.values:
            show(f"    {name}: {after}" if row.new else f"    {name}: {before} -> {after}")


def daily(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """当天第一次：核查整本日志并记录 / check the whole log once a day and note it; exit status 1 when not whole."""
    with opened(root, database) as laboratory:
        found = oversight.daily(laboratory.lims)
        last = laboratory.lims.ask(questions.last_check)
    if as_json:
        show_json({"done": found is not None, "last": last})
    elif last is not None:
        state = "完整 / whole" if last.ok else f"不完整 / not whole: {last.fault}"
        show(f"{last.at:%Y-%m-%d %H:%M:%S}Z  {last.size}  {state}")
    if last is not None and not last.ok:
        raise typer.Exit(1)


@acting
def queue(
    entered: Entered,
    days: Days = 30,
    everything: Annotated[bool, typer.Option("--all", help="含已处理的 / with what was settled")] = False,
    as_json: AsJson = False,
) -> None:
    """按规则找出的待审事项 / what the rules found in the trail and nobody looked at yet."""
    found = entered.lims.ask(questions.queue, days=days, settled=everything)
    if as_json:
        show_json(found)
        return
    for one in found:
        told = " ".join(f"{name}={value}" for name, value in one.detail.items())
        where = f"{one.station}:{one.seq}:{one.kind}"
        show(f"{where:<40} {one.at} {one.who} {one.verb} {one.subject} {told} {one.outcome}")


@acting
def settle(
    entered: Entered,
    point: Annotated[
        str, typer.Argument(metavar="STATION:ENTRY:KIND", help="如 / such as LJ01:15:overridden")
    ],
    remarks: Annotated[str, typer.Option(help="说明 / remarks")],
    outcome: Annotated[str, typer.Option(help="accepted 或 followed_up / outcome")] = "accepted",
) -> None:
    """审阅一项并签名 / note what came of one finding, signed."""
    named = oversight.point(point)
    laboratory, lims = entered
    door = signing.opened_for(laboratory, lims, oversight.settle)
    show(" ".join(door.do(oversight.settle, [named], outcome=outcome, remarks=remarks)))


def erase(
    texts: Annotated[list[str], typer.Argument(help="姓名、电话，与录入一致 / texts as entered")],
    login: Login,
    second: signing.Second,
    basis: Annotated[str, typer.Option(help="依据 / the lawful request")],
    remarks: Annotated[str, typer.Option(help="未到保存期限时的说明 / needed before retention is over")] = "",
    root: Dir = None,
    database: Database = "",
) -> None:
    """依法删除个人信息，两人办理，日志保持完整 / erase personal data on lawful request; the log stays whole."""
    own = signing.secret("KUAIJIAN_PASSWORD", "密码 / password")
    with signed_in(root, database, login, own) as (laboratory, lims):
        said = signing.secret("KUAIJIAN_SECOND_PASSWORD", "第二人密码 / the second person's password")
        request = erasing.Request(texts, basis, identify.confirm(lims, second, said), remarks)
        gone = erasing.erase(signing.opened_for(laboratory, lims, erasing.person), laboratory.folder, request)
    show(f"{gone.texts}  {' '.join(gone.rows)}")
