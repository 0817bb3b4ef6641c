"""What every command shares: where the laboratory is, who acts, and how answers are written."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from lims import text

if TYPE_CHECKING:
    from lims.app import Laboratory
    from lims.door import Lims
    from lims.storage.keys import PassphraseSource

TO_READ = ("storage.newer", "storage.standby", "storage.guards")
"""Why a laboratory can be opened and only read."""
Dir = Annotated[
    Path | None,
    typer.Option("--dir", help="实验室文件夹 / the laboratory's folder"),
]
Database = Annotated[
    str,
    typer.Option("--database", help="PostgreSQL 地址 / address of a PostgreSQL database"),
]
AsJson = Annotated[bool, typer.Option("--json", help="只输出 JSON / standard output holds JSON alone")]
Seed = Annotated[int, typer.Option("--seed", help="随机种子 / the same seed plays the same day")]
Year = Annotated[int, typer.Option("--year", min=1990, max=2999, help="年度 / year")]
Login = Annotated[str, typer.Option("--as", help="登录名 / the login of the person who acts")]
Password = Annotated[
    str,
    typer.Option(
        "--password",
        envvar="KUAIJIAN_PASSWORD",
        prompt="密码 / password",
        hide_input=True,
        help="密码 / password",
    ),
]


@contextmanager
def opened(
    root: Path | None,
    database: str = "",
    passphrase: "PassphraseSource | None" = None,
    *,
    examine: bool = False,
) -> Iterator["Laboratory"]:
    """Open a laboratory for the length of a `with` block; one that can only be read is told of on standard error.

    Args:
        root: its folder; None is the person's own.
        database: address of its PostgreSQL; empty is the SQLite file in the folder.
        passphrase: who knows the passphrase of an encrypted one; None asks this computer's keyring.
        examine: open it to be examined only, as it is.
    """
    from lims import app  # noqa: PLC0415 - SQLAlchemy is slow, and a window is shown without it
    from lims.storage import keyrings  # noqa: PLC0415 - the same

    with app.opened(
        root, database, passphrase=passphrase or keyrings.passphrase_of, examine=examine
    ) as laboratory:
        if laboratory.barred is not None and laboratory.barred.code in TO_READ:
            sys.stderr.write(text.sentence(laboratory.barred) + "\n")
        yield laboratory


class Entered(NamedTuple):
    """An open laboratory, and the door by which a person who signed in acts in it."""

    laboratory: "Laboratory"
    lims: "Lims"


@contextmanager
def signed_in(root: Path | None, database: str, login: str, password: str) -> Iterator[Entered]:
    """Open a laboratory and sign a person in for the length of a `with` block."""
    with opened(root, database) as laboratory:
        yield Entered(laboratory, laboratory.sign_in(login, password))


def _option(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:  # noqa: ANN401 - as inspect has it
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_WHO = (
    _option("login", Login),
    _option("password", Password),
    _option("root", Dir, None),
    _option("database", Database, ""),
)


def acting(command: Callable[..., None], own: Sequence[Parameter] | None = None) -> Callable[..., None]:
    """Return a command that takes besides its own options who acts and where, and signs him in.

    Args:
        command: what is done then, by somebody who has `Entered`, with the options by their names.
        own: its options, where its signature does not say them.
    """
    told = list(signature(command).parameters.values())[1:] if own is None else own
    options = [*(one.replace(kind=Parameter.KEYWORD_ONLY) for one in told), *_WHO]

    @wraps(command)
    def run(*, login: str, password: str, root: Path | None, database: str, **given: Any) -> None:  # noqa: ANN401 - its own
        with signed_in(root, database, login, password) as entered:
            command(entered, **given)

    run.__signature__ = Signature(options)  # type: ignore[attr-defined] # what Typer reads
    run.__annotations__ = {one.name: one.annotation for one in options}
    return run


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
        case set() | frozenset():
            return sorted(value)
        case Mapping():
            return dict(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {one.name: getattr(value, one.name) for one in fields(value)}
        case _:
            return str(value)


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever a question answers
    """Write one JSON value on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def show(line: str = "") -> None:
    """Write one line for people."""
    sys.stdout.write(line + "\n")
