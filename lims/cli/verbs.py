"""Verbs as commands: a verb that names its command is one, its parameters are the options."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import typer

from lims import services, text
from lims.cli import signing
from lims.cli.options import AsJson, Entered, acting, show, show_json
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


_JSON = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, annotation=AsJson, default=False)


def _command(verb: Callable[..., Any]) -> Callable[..., None]:
    own = list(inspect.signature(verb).parameters.values())[1:]

    def command(entered: Entered, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - the verb's own parameters
        laboratory, lims = entered
        found = signing.opened_for(laboratory, lims, verb).do(verb, **given)
        show_json({"done": found}) if as_json else show(str(found))

    return acting(command, [*(_option(one) for one in own), _JSON])
