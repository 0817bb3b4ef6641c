"""Commands about keeping: backup, restore, drill, recovery key, encryption of the database's file."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from lims import clock
from lims.cli.options import AsJson, Database, Dir, opened, show, show_json
from lims.config import Folder, default_folder
from lims.errors import Invalid, NotFound
from lims.evidence import checkpoint
from lims.queries import keeping as questions
from lims.services import keeping
from lims.storage import encrypt as files
from lims.storage import keyrings
from lims.storage.keys import Secret


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("recovery-key")(recovery_key)
    app.command("backup")(backup)
    app.command("backups")(listing)
    app.command("restore")(restore)
    app.command("drill")(drill)
    group = typer.Typer(no_args_is_help=True, help="数据库加密 / the database encrypted at rest")
    group.command("on")(encrypt)
    group.command("off")(decrypt)
    group.command("passphrase")(passphrase)
    group.command("remember")(remember)
    app.add_typer(group, name="encryption")


Passphrase = Annotated[
    str,
    typer.Option(
        "--passphrase", envvar="KUAIJIAN_RECOVERY_PASSPHRASE", help="恢复口令 / of the recovery key"
    ),
]
Shares = Annotated[
    list[str] | None, typer.Option("--share", help="恢复密钥份额，两份 / a share of the recovery key, twice")
]
Old = Annotated[
    str, typer.Option("--old", envvar="KUAIJIAN_PASSPHRASE", help="现用口令 / the passphrase in force")
]
New = Annotated[
    str,
    typer.Option(
        "--new",
        envvar="KUAIJIAN_NEW_PASSPHRASE",
        prompt="新口令 / new passphrase",
        hide_input=True,
        confirmation_prompt=True,
        help="新口令，至少 12 个字符 / new passphrase, twelve characters or more",
    ),
]


def _secret(passphrase_: str, shares: list[str] | None) -> Secret:
    if not passphrase_ and not shares:
        passphrase_ = str(typer.prompt("恢复口令 / passphrase of the recovery key", hide_input=True))
    return Secret(passphrase_, tuple(shares or ()))


def _database(root: Path | None) -> Path:
    return (Folder(root) if root else default_folder()).database


def recovery_key(new: New, root: Dir = None, database: Database = "") -> None:
    """生成恢复密钥，打印三份份额 / make the recovery key; prints three shares, of which any two open a backup."""
    with opened(root, database) as laboratory:
        shares = keeping.new_recovery_key(laboratory.lims, laboratory.folder.root, new)
    show("三份分交三人保管，只显示这一次 / give one to each of three people; shown this once only:")
    for share in shares:
        show(share)


def backup(
    to: Annotated[Path, typer.Option("--to", help="备份介质上的文件夹 / folder on another medium")],
    older: Annotated[
        int, typer.Option("--older", help="仅当上次备份早于若干小时 / only when the last is older, in hours")
    ] = 0,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """备份，写后读回核对 / write a sealed backup, read it back and verify it; the laboratory goes on meanwhile."""
    with opened(root, database) as laboratory:
        last = laboratory.lims.ask(questions.state).backup
        if last and older and clock.now() - last.at < timedelta(hours=older):
            show_json({"done": None}) if as_json else show(f"{last.file} {last.at:%Y-%m-%d %H:%M}Z")
            return
        made = keeping.back_up(laboratory.lims, laboratory.folder.root, to)
    if as_json:
        show_json(made)
        return
    show(f"{made.file}  {made.size >> 10} KiB  {made.sha256}")
    if not made.second_medium:
        show("注意：备份与数据在同一块盘上 / note: the backup lies on the laboratory's own disk")


def listing(
    check: Annotated[
        bool, typer.Option("--check", help="逐一读介质核对 / compare each with what its medium holds")
    ] = False,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """备份清单与演练状态 / the backups; with --check exit status 1 when one is absent or was changed."""
    with opened(root, database) as laboratory:
        state = laboratory.lims.ask(questions.state)
        made = laboratory.lims.ask(questions.backups, count=20)
        found = keeping.on_media(laboratory.lims, 20) if check else []
    if as_json:
        show_json({"state": state, "backups": made, "media": found})
    else:
        for one in made:
            show(f"{one.at:%Y-%m-%d %H:%M}Z  {one.size:>8}  {one.file}  {one.medium}")
        for bad in found:
            show(f"{bad.file}  {bad.fault or '一致 / the same'}")
        if state.backup_due:
            show("应立即备份 / a backup is due")
        if state.drill_due:
            show("应做恢复演练 / a drill is due")
    if any(one.fault for one in found):
        raise typer.Exit(1)


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件 / the backup")],
    root: Annotated[Path, typer.Option("--dir", help="空文件夹 / an empty or new folder")],
    database: Database = "",
    passphrase_: Passphrase = "",
    share: Shares = None,
    head: Annotated[
        list[Path] | None,
        typer.Option(
            "--head", help="结果单二维码内容的文件 / a head known from outside, such as a slip's QR"
        ),
    ] = None,
) -> None:
    """在空机上恢复并核对 / restore a laboratory, verify all of it, and mark the restore in its log."""
    known = [_head(path) for path in head or ()]
    found = keeping.bring_back(file, root, _secret(passphrase_, share), database=database, known=known)
    show(f"{found.folder}  {found.head.origin}  {found.head.size}  {found.head.root.hex()}")


def _head(path: Path) -> checkpoint.Checkpoint:
    try:
        return checkpoint.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Invalid("checkpoint.form") from None


def drill(
    file: Annotated[
        Path | None, typer.Argument(help="备份文件，缺省为最近一份 / default: the newest")
    ] = None,
    passphrase_: Passphrase = "",
    share: Shares = None,
    root: Dir = None,
    database: Database = "",
) -> None:
    """恢复演练并存档 / restore a backup aside, verify it, compare it with the live log, file the drill."""
    with opened(root, database) as laboratory:
        tried = keeping.drill(laboratory.lims, file, _secret(passphrase_, share))
    show(f"{tried.file}  {tried.size}  {tried.root}  {tried.milliseconds} ms")


def encrypt(new: New, old: Old = "", root: Dir = None) -> None:
    """加密数据库，或更换密钥 / encrypt the database's file, or give it another key; close the program first."""
    files.encrypt(_database(root), Secret(old), new)
    _note(root, new, "on")


def decrypt(old: Old, root: Dir = None) -> None:
    """取消加密 / make the database a plain file again; close the program first."""
    files.decrypt(_database(root), Secret(old))
    _note(root, "", "off")


def passphrase(new: New, old: Old = "", share: Shares = None, root: Dir = None) -> None:
    """更换口令；忘记时用两份份额 / set a new passphrase, by the old one or by two shares of the recovery key."""
    files.set_passphrase(_database(root).parent, Secret(old, tuple(share or ())), new)
    _note(root, new, "on")


def remember(old: Old, root: Dir = None) -> None:
    """把口令存入本账户的密钥环，开机不再询问 / keep the passphrase in this account's keyring."""
    with opened(root, passphrase=lambda _folder: old) as laboratory:
        kept = keyrings.remember(laboratory.folder.root, old)
    if not kept:
        raise NotFound("keyring.none")


def _note(root: Path | None, passphrase_: str, value: str) -> None:
    with opened(root, passphrase=lambda _folder: passphrase_) as laboratory:
        laboratory.lims.do(keeping.kept_by, keeping.ENCRYPTION, value)
