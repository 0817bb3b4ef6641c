"""Signing on the command line: a person's key is opened for one act, made, and put on record."""

import os
from collections.abc import Callable
from typing import Annotated, Any

import typer

from lims.app import Laboratory
from lims.cli.options import AsJson, Database, Dir, Entered, acting, opened, show, show_json
from lims.door import VERBS, Lims
from lims.evidence.signing import SoftwareKeys
from lims.queries import people
from lims.services import identify, sign

PIN = "KUAIJIAN_PIN"
Second = Annotated[str, typer.Option("--second", help="第二人登录名 / login of the second person")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="签名密钥 / signing keys of people")
    group.command("issue")(issue)
    group.command("list")(listing)
    app.add_typer(group, name="key")


def provider(laboratory: Laboratory) -> SoftwareKeys:
    """Return where the keys of this computer's people live."""
    return sign.keys_in(laboratory.folder.root / "keys")


def opened_for(laboratory: Laboratory, lims: Lims, verb: Callable[..., Any]) -> Lims:
    """Return the door with the person's key open, where the act means something and he has a key.

    Raises:
        NotAllowed: the key is not here, or the PIN is wrong.
    """
    if not VERBS[verb].signs or lims.ask(sign.present_key, lims.actor.account) is None:
        return lims
    return sign.unlocked(lims, provider(laboratory), secret(PIN, "签名 PIN / signing PIN"))


def secret(variable: str, prompt: str) -> str:
    """Return a secret from the environment, or ask for it."""
    return os.environ.get(variable) or str(typer.prompt(prompt, hide_input=True))


@acting
def issue(
    entered: Entered,
    owner: Annotated[str, typer.Argument(metavar="LOGIN", help="持有人登录名 / login of the owner")],
    second: Second = "",
) -> None:
    """为一人发放签名密钥；重新发放须第二人在场 / make a key and put it on record; anew only with a second person."""
    laboratory, lims = entered
    account = identify.account_of(lims, owner)
    other = None
    if second:
        said = secret("KUAIJIAN_SECOND_PASSWORD", "第二人密码 / the second person's password")
        other = identify.confirm(lims, second, said)
    keys = provider(laboratory)
    sign.check_issue(lims, account, other)
    public = keys.create(account, secret(PIN, "持有人的口令 / the owner's passphrase"))
    key = lims.do(sign.issue_key, account=account, public=public, algorithm=keys.algorithm, second=other)
    show(key)


def listing(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """每人现用的密钥 / the key that each person signs with now."""
    with opened(root, database) as laboratory:
        found = {
            one.login: laboratory.lims.ask(sign.present_key, one.id)
            for one in laboratory.lims.ask(people.people)
        }
    if as_json:
        show_json(found)
        return
    for login, key in found.items():
        show(f"{login:<16} {key or '–'}")
