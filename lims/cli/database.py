"""Commands about the database itself: carried to a server and back, its roles, desks on it."""

from pathlib import Path
from typing import Annotated

import typer

from lims import clock, config
from lims.app import open_laboratory
from lims.cli.options import AsJson, Database, Dir, Entered, acting, opened, show, show_json
from lims.config import Folder, default_folder
from lims.errors import StorageUnfit
from lims.storage import migrate, moving, roles
from lims.storage.files import keep_folder
from lims.storage.link import link
from lims.storage.store import copy_before
from lims.sync import desks
from lims.sync.desks import Desk


def add(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="数据库：文件或服务器 / the database, a file or a server")
    group.command("move")(move)
    group.command("rollback")(rollback)
    group.command("state")(state)
    group.command("roles")(give_roles)
    group.command("desk")(desk)
    group.command("desks")(listing)
    app.add_typer(group, name="database")


def move(
    to: Annotated[
        str,
        typer.Option("--to", help="postgresql://… 或 file（搬回文件）/ an address, or file for the way back"),
    ],
    root: Dir = None,
    database: Database = "",
) -> None:
    """把实验室搬到服务器或搬回文件，按日志核对 / carry the laboratory over, proved equal by its log; close it first."""
    folder = Folder(root) if root else default_folder()
    back = to == "file"
    if back and folder.database.exists():
        raise StorageUnfit("storage.founded", where=str(folder.database))
    laboratory = open_laboratory(root, database)
    try:
        place = laboratory.lims.store.place
        heads = moving.move(laboratory.lims.store, folder.database if back else to)
    finally:
        laboratory.close()
    if not back and not database and folder.database.exists():
        aside = folder.database.with_name(f"laboratory-moved-{clock.now():%Y%m%dT%H%M%SZ}.db")
        folder.database.rename(aside)
        keep_folder(folder.root)
        show(f"原文件 / the former file: {aside}")
    desks.write_settings(folder.root, "" if back else to, place.site, place.station)
    for head in heads:
        show(f"{head.origin}  {head.size}  {head.root.hex()}  两边一致 / equal on both sides")


def rollback(
    to: Annotated[
        str, typer.Option("--to", help="旧版程序的表结构，如 0008 / the older program's form, such as 0008")
    ],
    root: Dir = None,
    database: Database = "",
) -> None:
    """退回旧版程序能写的表结构，记录都保留 / back to an older program's form; all records stay; close it first."""
    with opened(root, database) as laboratory:
        store = laboratory.lims.store
        where = database or config.load(laboratory.folder).database or laboratory.folder.database
        migrate.rollback(store.engine, to, copy_before(store.engine, where))
        show(f"{migrate.current(store.engine)}  现在请安装旧版程序 / now install the older program")


def state(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """怎样连到服务器：是否加密、是否核对证书、主备 / the way to the server: TLS, its certificate, first or second."""
    with opened(root, database) as laboratory:
        found = link(laboratory.lims.store.engine)
    if as_json:
        show_json(found)
        return
    safe = "TLS，证书和名称已核对 / TLS, certificate and name checked"
    loose = (
        "TLS，未核对证书：地址加 sslmode=verify-full / TLS, unchecked: add sslmode=verify-full to the address"
    )
    plain = "未加密 / not encrypted"
    show(f"{found.server}  {safe if found.checked else loose if found.encrypted else plain}")
    show("备用服务器，只可读 / standby, to read alone" if found.standby else "主服务器 / first server")
    twice = (
        "提交等备用服务器写好 / commits wait for it"
        if found.kept_twice
        else "提交不等它 / commits do not wait"
    )
    show(f"跟随的服务器 / servers that follow: {found.followers}  {twice}")


def give_roles(
    show_only: Annotated[bool, typer.Option("--show", help="只显示语句 / show the statements alone")] = False,
    root: Dir = None,
    database: Database = "",
) -> None:
    """建立服务器角色并授权 / make the server's roles; the desks' one cannot touch past entries."""
    if show_only:
        for statement in roles.statements():
            show(statement + ";")
        return
    with opened(root, database) as laboratory:
        roles.give(laboratory.lims.store.engine)
    show(f"{roles.DESK} {roles.READER}")


@acting
def desk(
    entered: Entered,
    station: Annotated[str, typer.Argument(help="工作站代码，如 LJ02 / code of the station")],
    name: Annotated[str, typer.Option("--name", help="名称，如 二号台 / its name")],
    folder: Annotated[Path, typer.Option("--folder", help="该台的文件夹 / the desk's folder")],
) -> None:
    """在同一服务器上加一个台位 / add a desk on the same server, with a log and numbers of its own."""
    address = entered.lims.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    show(f"{desks.set_up(entered.lims, Desk(station, name), folder, address)}")
    show(f"kuaijian desktop --dir {folder}")


def listing(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """本实验室的台位及其日志 / the desks of this laboratory and their logs."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(desks.desks)
    if as_json:
        show_json(found)
        return
    for one in found:
        show(f"{one.station}  {one.size:>8}  {one.origin}  {one.name}")
