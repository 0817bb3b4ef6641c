"""Rules kept as text: written back as TOML, and one row changed from a day on while what it said before stays."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lims.errors import Invalid, NotFound


def parsed(text: str) -> dict[str, Any]:
    """Return what a text holds.

    Raises:
        Invalid: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("edition.text", fault=str(fault)) from None


def written(found: Mapping[str, Any]) -> str:
    """Return a text that reads back as the same: plain values, tables, and arrays of tables, without comments."""
    parts = [_lines({name: value for name, value in found.items() if not _nested(value)})]
    for name, value in found.items():
        if isinstance(value, Mapping):
            parts.append(f"[{name}]\n{_lines(value)}")
        elif _nested(value):
            parts += [f"[[{name}]]\n{_lines(row)}" for row in value]
    return "\n\n".join(part for part in parts if part) + "\n"


def _nested(value: object) -> bool:
    rows = isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
    return rows or isinstance(value, Mapping)


def _lines(found: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {_value(value)}" for name, value in found.items())


def _value(value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{name} = {_value(one)}' for name, one in value.items())} }}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def changed(text: str, array: str, id_: str, values: Mapping[str, object], day: date) -> str:
    """Return a text in which a row says something else from a day on; until the day before it says what it said.

    Args:
        text: as it is in force.
        array: name of the array of rows.
        id_: of the row.
        values: what it says instead; None for what it says no more.
        day: the first day of it.

    Raises:
        NotFound: no such row.
        Invalid: a later day than this one is told of already.
    """
    found = parsed(text)
    same = [row for row in found.get(array, ()) if row["id"] == id_]
    if not same:
        raise NotFound("edition.row", id=id_)
    last = max(same, key=lambda row: row["effective_from"])
    if last["effective_from"] > day:
        raise Invalid("edition.earlier", id=id_, day=last["effective_from"].isoformat())
    new = merged({name: value for name, value in last.items() if name != "effective_to"}, values)
    new["effective_from"] = day
    if last["effective_from"] == day:
        found[array][found[array].index(last)] = new
    else:
        last["effective_to"] = day - timedelta(days=1)
        found[array].append(new)
    return written(found)


def merged(row: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """Return a row that says something else: None takes a value away, and a table within it is changed likewise."""
    new = dict(row)
    for name, value in values.items():
        before = row.get(name, {})
        inner = isinstance(value, Mapping) and isinstance(before, Mapping)
        new[name] = merged(before, value) or None if inner else value  # type: ignore[arg-type] # asked above
    return {name: value for name, value in new.items() if value is not None}
