"""Commands about bundles: made, taken, answered, sent over the net; conflicts shown and decided; the service."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from lims.cli.options import AsJson, Database, Dir, Entered, acting, opened, show, show_json
from lims.sync import arrivals, inbox, outbox, pruning, receipts, sealedfile, sticks
from lims.sync.inbox import Decision, Outcome

WORDS = {
    "taken": "已收下 / taken",
    "again": "以前收过 / taken before",
    "gap": "先存着，缺前面的 / held, something before it is missing",
    "fork": "分叉！两份都保留，停止接收该站 / a second history: both kept, nothing more is taken",
    "stopped": "该站有分叉待决定，先存着 / held until the fork is decided",
}


def add(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="数据包：车与县之间 / bundles between vans and county")
    group.command("waiting")(waiting)
    group.command("make")(make)
    group.command("take")(take)
    group.command("reply")(reply)
    group.command("send")(send)
    group.command("prune")(prune)
    group.command("conflicts")(conflicts)
    group.command("decide")(decide)
    group.command("retry")(retry)
    app.add_typer(group, name="bundle")
    app.command("serve")(serve)


def waiting(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """还没送到县里的有多少 / how much is not yet at the county."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(outbox.waiting)
    if as_json:
        show_json(found)
        return
    since = f"{found.since:%Y-%m-%d %H:%M}Z" if found.since else "/"
    show(f"{found.entries} 条 / acts, {found.bytes >> 10} KiB, 最早 / since {since}")
    show(f"{found.photos} 份文件 / files, {found.photo_bytes >> 10} KiB")


def make(
    to: Annotated[Path, typer.Option("--to", help="U 盘或共享文件夹 / a stick or a shared folder")],
    photos: Annotated[int, typer.Option("--photos", help="附件最多若干 MB / most of attachments, MiB")] = 32,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """把没送的做成数据包 / write what waits as bundles, each at most two thousand acts."""
    with opened(root, database) as laboratory:
        made = sticks.write(laboratory.lims, laboratory.sealing, to, photo_bytes=photos << 20)
    if as_json:
        show_json(made)
        return
    for one in made:
        show(f"{one.file}  {one.first}-{one.last}  {one.bytes >> 10} KiB")


def take(
    files: Annotated[list[Path], typer.Argument(help="数据包或回执 / bundles, or a reply")],
    reply_to: Annotated[
        Path | None, typer.Option("--reply", help="回执写到此文件夹 / write the replies to this folder")
    ] = None,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """收下数据包（县）或回执（车）/ take bundles at the county, or a reply on a van."""
    found: list[object] = []
    with opened(root, database) as laboratory:
        for file in files:
            data = sealedfile.read(file)
            if file.suffix == receipts.SUFFIX:
                found.append(receipts.accept(laboratory.lims, laboratory.sealing, data, file.name))
                continue
            outcomes = inbox.receive(laboratory.lims, laboratory.sealing, data, file.name)
            found += outcomes
            if reply_to:
                list(sticks.reply(laboratory.lims, laboratory.sealing, outcomes[0].of, reply_to))
    if as_json:
        show_json(found)
        return
    for one in found:
        show(_said(one))


def _said(one: object) -> str:
    if isinstance(one, Outcome):
        bad = f"  {one.quarantined} 条隔离 / quarantined" if one.quarantined else ""
        return f"{one.of}  {one.first}-{one.last}  {WORDS[one.word]}  下一条 / next {one.wanted}{bad}"
    if isinstance(one, receipts.Accepted):
        back = f"  退回 / given back: {' '.join(one.given_back)}" if one.given_back else ""
        return f"回执 / reply: {one.state}  {one.held.last}  {' '.join(one.sets)}{back}"
    return str(one)


def reply(
    station: Annotated[str, typer.Argument(help="工作站代码 / code of the station")],
    to: Annotated[Path, typer.Option("--to", help="文件夹 / folder")],
    root: Dir = None,
    database: Database = "",
) -> None:
    """为一个工作站写出回执和下发集 / write what a station takes home: receipt, sets, what is wanted next."""
    file = to / f"{station}{receipts.SUFFIX}"
    with opened(root, database) as laboratory:
        sealedfile.write(file, receipts.reply(laboratory.lims, laboratory.sealing, station))
    show(str(file))


def send(
    url: Annotated[str, typer.Option("--url", help="网址，缺省为登记的 / default: the one on record")] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """联网送一次，断了下次接着送 / carry what waits to the county over the net; a broken line goes on where it was."""
    from lims.sync.courier import Courier  # noqa: PLC0415 - the net's library is slow to import

    with opened(root, database) as laboratory:
        report = Courier(laboratory.lims, laboratory.sealing, url).visit()
    if as_json:
        show_json(report)
    else:
        show(f"{report.bundles} 个数据包 / bundles, {report.bytes >> 10} KiB, {report.accepted.state}")


@acting
def prune(
    entered: Entered,
    file: Annotated[Path, typer.Argument(help="县里的最新回执 / the county's newest reply")],
) -> None:
    """腾出磁盘：只删县里备份中已有的附件和原始字节 / free the disk of files and raw bytes that the county backed up."""
    laboratory, lims = entered
    accepted = receipts.accept(laboratory.lims, laboratory.sealing, sealedfile.read(file), file.name)
    freed = pruning.prune(lims, laboratory.sealing, accepted)
    show(f"{freed.files} 份附件 / files, {freed.bytes >> 10} KiB")


def conflicts(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """分叉、等待的数据包、隔离的条目；有则退出码为 1 / what does not fit; exit status 1 while some wait."""
    with opened(root, database) as laboratory:
        forks = laboratory.lims.ask(arrivals.forks)
        held = laboratory.lims.ask(arrivals.held)
        strange = laboratory.lims.ask(arrivals.quarantined)
    if as_json:
        show_json({"forks": forks, "held": held, "quarantined": strange})
    else:
        for fork in forks:
            decided = f"{fork.decision} {fork.by} {fork.reason}" if fork.state != "open" else "待决定 / open"
            show(f"分叉 / fork {fork.id}  {fork.of}/{fork.station} {fork.seq}  {decided}")
        for one in held:
            show(f"等待 / held {one.of} {one.first}-{one.last} ({one.why})  缺 / wanted {one.wanted}")
        for bad in strange:
            show(f"隔离 / quarantined {bad.of}/{bad.station} {bad.seq}  {bad.fault}  {bad.state}")
    if held or any(fork.state == "open" for fork in forks) or any(bad.state == "open" for bad in strange):
        raise typer.Exit(1)


@acting
def decide(
    entered: Entered,
    fork: Annotated[str, typer.Argument(help="分叉编号 / id of the fork")],
    word: Annotated[
        str,
        typer.Argument(
            help="held 以已收的为准 / go on from what is held; ended 此日志作废 / this log is over"
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="原因 / reason")],
) -> None:
    """对分叉作出决定，两份历史都永久保留 / decide about a fork; both histories stay for ever."""
    show(entered.lims.do(inbox.decide, fork, Decision(word, reason)))


@acting
def retry(
    entered: Entered,
    site: Annotated[str, typer.Argument(help="站点代码 / code of the site")],
) -> None:
    """升级后重新投影一个站点的日志 / bring a site's log into the tables again, after an upgrade."""
    show(f"{entered.lims.do(inbox.project_again, site)} 条仍隔离 / still in quarantine")


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口 / port", min=0, max=65535)] = 8443,
    root: Dir = None,
    database: Database = "",
) -> None:
    """在县里接收联网送来的数据包 / serve the vans over the net, by TLS and the keys of admitted stations alone."""
    from lims.sync.serve import Service  # noqa: PLC0415 - the same

    with opened(root, database) as laboratory:
        service = Service(laboratory, host, port)
        show(f"https://{host}:{service.start()}  Ctrl+C")
        with contextlib.suppress(KeyboardInterrupt):
            service.wait(lambda: False)
        service.stop()
