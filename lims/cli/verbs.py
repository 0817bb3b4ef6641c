"""Verbs as commands: a verb that names its command is one, its parameters are the options."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import typer

from lims import services, text
from lims.cli import signing
from lims.cli.options import AsJson, Database, Dir, Login, Password, show, show_json, signed_in
from lims.door import VERBS, Rule


def add(app: typer.Typer) -> None:
    """Add a command for every verb on disk that names one."""
    for module in pkgutil.iter_modules(services.__path__):
        importlib.import_module(f"{services.__name__}.{module.name}")
    for verb, rule in VERBS.items():
        if rule.cli:
            app.command(rule.cli, help=_help(verb, rule))(_command(verb))


def _help(verb: Callable[..., object], rule: Rule) -> str:
    """Say in both languages what a verb does, and which roles may."""
    first = (inspect.getdoc(verb) or "").split("\n\n")[0]
    return f"{_chinese(f'verb.{rule.name}')} / {first} ({' '.join(sorted(rule.needs))})"


def _chinese(word: str) -> str:
    return text.tongue(text.LANGUAGES[0]).words(word)


def _option(parameter: inspect.Parameter) -> inspect.Parameter:
    """Make a verb's parameter an option that says in both languages what it is."""
    word = f"option.{parameter.name}"
    said = f"{_chinese(word)} / {text.tongue('en').words(word)}"
    default = ... if parameter.default is inspect.Parameter.empty else parameter.default
    return parameter.replace(
        kind=inspect.Parameter.KEYWORD_ONLY,
        default=typer.Option(default, help=said),
    )


_SHARED = (
    ("login", Login, inspect.Parameter.empty),
    ("password", Password, inspect.Parameter.empty),
    ("root", Dir, None),
    ("database", Database, ""),
    ("as_json", AsJson, False),
)


def _command(verb: Callable[..., Any]) -> Callable[..., None]:
    own = list(inspect.signature(verb).parameters.values())[1:]

    def command(**given: Any) -> None:  # noqa: ANN401 - the verb's own parameters
        shared = {name: given.pop(name) for name, _, _ in _SHARED}
        with signed_in(shared["root"], shared["database"], shared["login"], shared["password"]) as (
            laboratory,
            lims,
        ):
            found = signing.opened_for(laboratory, lims, verb).do(verb, **given)
        show_json({"done": found}) if shared["as_json"] else show(str(found))

    options = [_option(one) for one in own]
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, annotation, default in _SHARED
    ]
    command.__signature__ = inspect.Signature([*options, *extra])  # type: ignore[attr-defined] # what Typer reads
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in (*options, *extra)}
    return command
