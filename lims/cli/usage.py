"""A wrong command line as a sentence: which option, what was written, what it takes."""

import re
from collections.abc import Mapping
from typing import Any

from typer.exceptions import TyperException

from lims.errors import Invalid, LimsError

_WANTED = {
    "int_parsing": "usage.number",
    "float_parsing": "usage.number",
    "greater_than_equal": "usage.range",
    "less_than_equal": "usage.range",
    "bool_parsing": "usage.yes_no",
}
"""What a value was refused for, and the sentence that says so."""
_NAMED = {
    "MissingParameter": "usage.missing",
    "BadOptionUsage": "usage.missing",
    "NoSuchOption": "usage.option",
}


def refusal(fault: TyperException) -> LimsError:
    """Return what is wrong with a command line, to be said in the language of the moment."""
    kind = type(fault).__name__
    names = _names(fault)
    if kind in _NAMED:
        return Invalid(_NAMED[kind], name=names)
    if kind == "BadParameter":
        return _value(fault, names)
    said = fault.format_message()
    if unknown := re.match(r"No such command '(.*)'", said):
        return Invalid("usage.command", name=unknown[1])
    if more := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", said):
        return Invalid("usage.more", name=more[1])
    return Invalid("usage.other", fault=said)


def _names(fault: TyperException) -> str:
    parameter = getattr(fault, "param", None)
    if parameter is not None:
        return str(parameter.get_error_hint()).replace("'", "")
    return str(getattr(fault, "option_name", ""))


def _value(fault: TyperException, name: str) -> LimsError:
    told: Mapping[str, Any] = next(iter(getattr(fault.__cause__, "errors", list)()), {})
    value = told.get("input", "")
    if "does not match the formats" in fault.format_message():
        return Invalid("usage.date", name=name, value=value)
    return Invalid(_WANTED.get(told.get("type", ""), "usage.value"), name=name, value=value)
