"""Commands about the authorities' platforms: fill the outbox, send it, write it as a workbook, see what came back."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lims.cli.options import AsJson, Database, Dir, opened, show, show_json
from lims.queries import uploads
from lims.services import watch
from lims.sync import uploading
from lims.sync.platform import Rehearsal
from lims.text import t

Which = Annotated[str, typer.Argument(metavar="PLATFORM", help="平台 / platform, see upload platforms")]
_DAY = ["%Y-%m-%d"]


def add(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="上报监管平台 / the authorities' platforms")
    for name, command in (
        ("platforms", listing), ("prepare", prepare), ("send", send), ("write", write), ("list", outbox),
        ("password", password), ("rehearse", rehearse),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="upload")


def listing(as_json: AsJson = False) -> None:
    """可用的平台 / the platforms, and what each was written from."""
    found = uploading.known().values()
    if as_json:
        show_json([{"id": one.id, "title": one.title, "source": one.source} for one in found])
        return
    for one in found:
        show(f"{one.id:<10} {one.title[0]}  [{one.source}]")


def prepare(
    platform: Which,
    first: Annotated[
        datetime, typer.Option("--from", formats=_DAY, help="抽样起始日 / first day of sampling")
    ],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="抽样截止日 / last day")],
    root: Dir = None,
    database: Database = "",
) -> None:
    """把已复核的结果放入待发箱 / put approved verdicts into the outbox; prints how many entered."""
    with opened(root, database) as laboratory:
        show(str(uploading.prepare(laboratory.lims, platform, first.date(), last.date())))


def password(
    platform: Which,
    user: Annotated[str, typer.Option(help="平台账号 / user of the platform")],
    secret: Annotated[
        str,
        typer.Option(
            "--secret",
            prompt="平台密码 / password",
            hide_input=True,
            help="平台密码 / the platform's password",
        ),
    ],
) -> None:
    """把平台密码存入本机钥匙串 / keep a platform's password in this account's keyring."""
    uploading.keep_secret(platform, user, secret)


def send(
    platform: Which,
    url: Annotated[str, typer.Option(help="平台地址 / address of the platform")],
    user: Annotated[str, typer.Option(help="平台账号 / user of the platform")],
    secret: Annotated[
        str,
        typer.Option(envvar="KUAIJIAN_UPLOAD_SECRET", help="密码，缺省取自钥匙串 / else from the keyring"),
    ] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """发送待发箱 / send what waits; every answer is kept."""
    account = uploading.account(platform, url, user, secret)
    with opened(root, database) as laboratory:
        sent = uploading.send(laboratory.lims, platform, account)
    if as_json:
        show_json(sent)
    else:
        show(t("Accepted {accepted}, refused {refused}, to be sent again {again}.", accepted=sent.accepted,
               refused=sent.refused, again=sent.again))  # fmt: skip
    if sent.refused or sent.again:
        raise typer.Exit(1)


def write(
    platform: Which,
    output: Annotated[Path, typer.Option("--output", "-o", help="Excel 文件 / .xlsx file to write")],
    mapped: Annotated[
        Path | None, typer.Option("--columns", help="列对应表 TOML / TOML with a table [columns]")
    ] = None,
    root: Dir = None,
    database: Database = "",
) -> None:
    """按平台表格输出待发箱 / write what waits as the platform's workbook."""
    with opened(root, database) as laboratory:
        heads = None
        if mapped is not None:
            heads = uploading.columns(mapped.read_text("utf-8"), uploading.FIELDS)
        show(str(uploading.write(laboratory.lims, platform, output, heads)))
        watch.left(laboratory.lims, "export", f"outbox {platform}", output.name)


def outbox(
    platform: Annotated[str, typer.Argument(help="平台，缺省全部 / one platform alone")] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """待发箱与回执 / the outbox with what the platforms said."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(uploads.listed, platform)
    if as_json:
        show_json(found)
        return
    for one in found:
        show(
            f"{one.platform:<10} {one.number}  {one.item}  {one.word:<9} {one.state:<9} {one.attempts}  {one.said}"
        )


def rehearse(
    platform: Which,
    fault: Annotated[
        str, typer.Option(help="演练的故障 / a fault to play: busy inside cut account one")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任意 / port, 0 for any")] = 0,
) -> None:
    """在本机演练平台的应答 / answer as the platform's paper says, on this computer, until stopped."""
    state = Rehearsal(fault=fault)
    with uploading.rehearsing(uploading.platform(platform), state, port) as address:
        show_json({"address": address, "user": state.user, "secret": state.secret})
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return
