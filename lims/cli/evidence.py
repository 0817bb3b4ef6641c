"""Commands about evidence that leaves and comes: bundles, exports, heads, witnesses, time stamps, the ceremony."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from lims import clock
from lims.app import Laboratory
from lims.bench import dossier, life
from lims.cli.options import AsJson, Database, Dir, opened, show, show_json
from lims.door import Lims
from lims.errors import Invalid, NotFound
from lims.evidence import checkpoint
from lims.queries import people, proofs
from lims.services import stamp, witness

By = Annotated[
    str, typer.Option("--as", help="登录名；不写则由本站办理 / login; without it the station itself")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="要写的文件 / file to write")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="文字或文件 / a text, or a file that holds it")]


def extend(group: typer.Typer) -> None:
    """Add the commands to the group of the log."""
    for name, command in (
        ("export", export),
        ("page", page),
        ("log-export", log_export),
        ("shift", shift),
        ("head", head),
        ("heads", heads),
        ("recover", recover),
        ("rekey", rekey),
        ("witness-ask", witness_ask),
        ("witness-sign", witness_sign),
        ("witness-keep", witness_keep),
        ("conflicts", conflicts),
        ("timestamp-service", timestamp_service),
        ("timestamp", timestamp),
    ):
        group.command(name)(command)


def _password(name: str = "KUAIJIAN_PASSWORD", prompt: str = "密码 / password") -> str:
    return os.environ.get(name) or str(typer.prompt(prompt, hide_input=True))


@contextmanager
def _acting(root: Path | None, database: str, login: str) -> Iterator[tuple[Laboratory, Lims]]:
    with opened(root, database) as laboratory:
        yield laboratory, laboratory.sign_in(login, _password()) if login else laboratory.lims


def _read(text: str) -> str:
    """Return what a file of this name says, else the text itself with two characters for its line ends."""
    named = len(text) < 250 and "\n" not in text and Path(text).is_file()
    try:
        return Path(text).read_text("utf-8") if named else text.replace("\\n", "\n")
    except (OSError, ValueError) as fault:
        raise Invalid("evidence.unreadable", file=text, reason=str(fault)) from None


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as fault:
        raise Invalid("bundle.unwritable", file=str(target), reason=fault.strerror or "") from None
    show(str(target))


def export(
    samples: Annotated[list[str], typer.Argument(help="样品编号 / numbers of samples")],
    out: Out,
    login: By = "",
    root: Dir = None,
    database: Database = "",
) -> None:
    """导出证据包（条目、证明、检查点、原始字节、verify.py）/ write a bundle of evidence about samples."""
    with _acting(root, database, login) as (laboratory, lims):
        made = dossier.export(laboratory, lims, samples, out)
    for one in made.missing:
        show(f"未放入 / left out: {one}")
    show(str(made.path))


def page(
    sample: Annotated[str, typer.Argument(help="样品编号 / number of the sample")],
    out: Out,
    language: Annotated[Literal["zh_CN", "en"], typer.Option(help="语言 / language")] = "zh_CN",
    login: By = "",
    root: Dir = None,
    database: Database = "",
) -> None:
    """一份样品的全过程 PDF：事实、缺口、曲线、原始字节、签名 / a sample's whole life on paper."""
    with _acting(root, database, login) as (laboratory, lims):
        data = life.page(laboratory, lims, sample, language)
    _write(out, data)


def log_export(out: Out, login: By = "", root: Dir = None, database: Database = "") -> None:
    """导出整本日志（含账户信息，限审计使用）/ write the whole log with its signed head, for auditors."""
    with _acting(root, database, login) as (laboratory, lims):
        dossier.log_export(laboratory, lims, out)
    show(str(out))


def shift(out: Out, login: By = "", root: Dir = None, database: Database = "") -> None:
    """交班页：日志头的文字和二维码，打印、签字、存档 / the page of a shift's end, to print and file."""
    with _acting(root, database, login) as (laboratory, lims):
        data = dossier.shift(laboratory, lims)
    _write(out, data)


def head(text: Text, root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """核对外部日志头（二维码、纸面、见证）/ does the log extend a head that somebody else holds; else status 1."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(proofs.standing, checkpoint.parse(_read(text)))
    words = {"extends": "相符 / extends it"}
    show_json(found) if as_json else show(words.get(found.word, f"不符 / {found.word}"))
    if found.word != "extends":
        raise typer.Exit(1)


def heads(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """离开本机的日志头 / the heads that left this computer."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(proofs.left)
    if as_json:
        show_json(found)
        return
    for one in found:
        show(f"{one.size:>8} {one.at:%Y-%m-%d %H:%M:%S}Z {one.way:<10} {one.root[:16]} {one.by} {one.what}")


def recover(
    manager: Annotated[str, typer.Option(help="质量负责人登录名 / the quality manager's login")],
    administrator: Annotated[str, typer.Option(help="系统管理员登录名 / the administrator's login")],
    reason: Annotated[str, typer.Option(help="原因 / reason")],
    root: Dir = None,
    database: Database = "",
) -> None:
    """日志与外部日志头不符时的恢复手续，永久留痕 / go on after a loss; two people, a mark for ever."""
    first = _password(prompt="质量负责人密码 / the manager's password")
    second = _password("KUAIJIAN_ADMIN_PASSWORD", "系统管理员密码 / the administrator's password")
    with opened(root, database) as laboratory:
        laboratory.sealing.recover((manager, first), (administrator, second), reason)
        show(laboratory.sealing.outside.path.read_text("utf-8"))


def rekey(
    login: Annotated[str, typer.Option("--as", help="质量负责人登录名 / the quality manager's login")],
    second: Annotated[str, typer.Option(help="第二人登录名 / login of the second person")],
    root: Dir = None,
    database: Database = "",
) -> None:
    """更换工作站签名密钥，须第二人参与 / replace the station's signing key, with a second person."""
    with _acting(root, database, login) as (laboratory, lims):
        account = next(
            (one.id for one in lims.ask(people.people) if one.login == second and one.active), None
        )
        if account is None:
            raise NotFound("account.unknown", id=second)
        show(laboratory.sealing.rekey(lims, account))


def witness_ask(
    name: Annotated[str, typer.Argument(help="见证方名称 / name of the witness, such as LJ/LJ02/sha256")],
    out: Out,
    root: Dir = None,
    database: Database = "",
) -> None:
    """写出请对方见证的请求 / write the request to a witness: our head, proved from the last one it signed."""
    with opened(root, database) as laboratory:
        request = witness.ask(laboratory.sealing, name)
    _write(out, request.encode())


def witness_sign(request: Text, out: Out, root: Dir = None, database: Database = "") -> None:
    """见证另一本日志：一致才签 / co-sign another log's head, only when it grew from the one we hold."""
    with opened(root, database) as laboratory:
        note = witness.cosign(laboratory.sealing, _read(request))
    _write(out, note.text().encode())


def witness_keep(
    name: Annotated[str, typer.Argument(help="见证方名称 / name of the witness")],
    note: Text,
    root: Dir = None,
    database: Database = "",
) -> None:
    """收存对方已见证的日志头 / keep our head that a witness gave back."""
    with opened(root, database) as laboratory:
        witness.receive(laboratory.sealing, _read(note), name)


def conflicts(out: Out, root: Dir = None, database: Database = "") -> None:
    """导出见到的日志头冲突（双方签名俱在）/ write the conflicts of heads that were seen, both signed."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(witness.conflicts)
    _write(out, "\n".join(one.text() for one in found).encode())


def timestamp_service(
    login: Annotated[str, typer.Option("--as", help="登录名 / login")],
    url: Annotated[str, typer.Option(help="时间戳服务地址；空则停用 / address; empty ends it")] = "",
    certificates: Annotated[
        Path | None, typer.Option(help="信任的证书（PEM）/ certificates to trust")
    ] = None,
    root: Dir = None,
    database: Database = "",
) -> None:
    """设置可信时间戳服务（RFC 3161）/ set the time-stamp service."""
    pem = _read(str(certificates)) if certificates else ""
    with _acting(root, database, login) as (_, lims):
        show(lims.do(stamp.configure, url=url, certificates=pem))


def timestamp(out: Out, root: Dir = None, database: Database = "") -> None:
    """为当前日志头取时间戳，写出令牌 / fetch a time stamp over the present head and write its token."""
    with opened(root, database) as laboratory:
        found = stamp.fetch(laboratory.sealing)
        kept = laboratory.lims.ask(stamp.stamps)[-1]
    out.with_suffix(".note").write_text(kept.note, "utf-8", newline="\n")
    _write(out, kept.token)
    show(f"{clock.local(found.at):%Y-%m-%d %H:%M:%S} +08:00  {found.signer}")
