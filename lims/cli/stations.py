"""Commands about stations: a van founded, admitted, revoked; sets that flow down; the county's address."""

from pathlib import Path
from typing import Annotated

import typer

from lims.cli.options import AsJson, Database, Dir, Entered, acting, opened, show, show_json
from lims.sync import members, sets
from lims.sync.identity import fingerprint, identity
from lims.sync.members import Wanted
from lims.sync.sets import Issue

Station = Annotated[str, typer.Argument(help="工作站代码，如 LV01 / code of the station")]
Reason = Annotated[str, typer.Option("--reason", help="原因 / reason")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="快检车与工作站 / vans and stations")
    group.command("found")(found)
    group.command("open")(open_)
    group.command("admit")(admit)
    group.command("revoke")(revoke)
    group.command("list")(listing)
    group.command("issue")(issue)
    group.command("sets")(in_force)
    group.command("address")(address)
    app.add_typer(group, name="station")


@acting
def found(
    entered: Entered,
    place: Annotated[
        str, typer.Argument(help="站点/工作站，如 LV1/LV01；用国密再加 /sm3 / site and station; /sm3 for SM3")
    ],
    name: Annotated[str, typer.Option("--name", help="名称，如 一号快检车 / its name")],
    out: Annotated[Path, typer.Option("--out", help="站点文件 / the charter to write")],
) -> None:
    """在县里设立一辆车：写站点文件，显示一次性口令 / found a van: write its charter, show the code that opens it."""
    site, station, algorithm = [*place.split("/"), "", "sha256"][:3] if "/" in place else (place, "", "")
    laboratory, lims = entered
    wanted = Wanted(site, station, name, algorithm or "sha256")
    code = members.give_charter(lims, laboratory.sealing, wanted, out)
    show(f"{out}")
    show(f"口令（只显示这一次，另行告知）/ code, shown once, told another way: {code}")


def open_(
    file: Annotated[Path, typer.Argument(help="站点文件 / the charter")],
    code: Annotated[str, typer.Option("--code", prompt="口令 / code", help="口令 / code of the charter")],
    root: Annotated[Path, typer.Option("--dir", help="新文件夹 / a new folder")],
    database: Database = "",
) -> None:
    """在车上打开站点文件，建立实验室 / on the van: found its laboratory by the charter and write its answer."""
    laboratory = members.join(file, code, root, database)
    try:
        own = identity(laboratory.sealing)
        show(f"{root / (laboratory.lims.store.place.station + '.kjanswer')}")
        show(f"指纹，读给县里核对 / fingerprint, to be read to the county: {fingerprint(own.key)}")
    finally:
        laboratory.close()


@acting
def admit(
    entered: Entered,
    file: Annotated[Path, typer.Argument(help="应答文件 / the answer")],
    read: Annotated[
        str,
        typer.Option(
            "--fingerprint",
            prompt="对方读出的指纹 / fingerprint as it was read to you",
            help="指纹 / the fingerprint",
        ),
    ],
) -> None:
    """核对指纹后接纳工作站 / admit a station after its fingerprint was read to you."""
    answer = members.read_answer(file)
    show(entered.lims.do(members.admit, answer, read=read))


@acting
def revoke(
    entered: Entered,
    station: Station,
    reason: Reason,
) -> None:
    """注销工作站（被盗、遗失、停用）/ revoke a station: nothing is taken from it any more."""
    show(entered.lims.do(members.revoke, station, reason=reason))


def listing(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """本县设立的工作站 / the stations this county founded."""
    with opened(root, database) as laboratory:
        found_ = laboratory.lims.ask(members.members)
    if as_json:
        show_json(found_)
        return
    for one in found_:
        print_ = fingerprint(one.key) if one.key else "/"
        show(f"{one.station}  {one.of:<8} {one.state:<10} {one.held:>8}  {print_}  {one.name} {one.reason}")


@acting
def issue(
    entered: Entered,
    kind: Annotated[str, typer.Argument(help="规则集 / which set: people, plan, limits, rules, settings")],
    days: Annotated[int, typer.Option("--days", help="有效天数 / days it holds")] = sets.DAYS,
) -> None:
    """签发下发集的新版本 / issue the next version of a set that flows down to the vans."""
    laboratory, lims = entered
    signer = identity(laboratory.sealing).signer
    show(f"{kind} {lims.do(sets.issue, Issue(kind, signer, days))}")


def in_force(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """本站现用的下发集；有过期的则退出码为 1 / the sets in force here; exit status 1 when one is over."""
    with opened(root, database) as laboratory:
        found_ = laboratory.lims.ask(sets.in_force)
    if as_json:
        show_json(found_)
    for one in () if as_json else found_:
        show(f"{one.kind:<10} {one.version:>4}  {one.until:%Y-%m-%d}  {'过期 / over' if one.expired else ''}")
    if any(one.expired for one in found_):
        raise typer.Exit(1)


@acting
def address(
    entered: Entered,
    url: Annotated[str, typer.Argument(help="如 https://192.168.1.10:8443；空则只用 U 盘 / empty for none")],
) -> None:
    """设置县实验室的网址（在县里设则写入站点文件）/ set where the county is reached on the net."""
    show(entered.lims.do(members.address, url))
