"""Every value of the rules says where it is from: each table of `rules/data` that holds one, or the one above it."""

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from lims.rules import regulation

DATA = resources.files("lims.rules").joinpath("data")
FILES = sorted(one.name.removesuffix(".toml") for one in DATA.iterdir() if one.name.endswith(".toml"))
WORDS_ALONE = {"case"}
"""Tables of words and moves without a figure of law; its clocks, which have figures, are a file of their own."""


def sourceless(table: Mapping[str, Any], where: str, *, above: bool) -> Iterator[str]:
    """Yield the tables with values of which neither they nor a table above them names a source."""
    own = table.get("source")
    known = above or bool(own[0] if isinstance(own, list) and own else isinstance(own, str) and own.strip())
    plain = [name for name, value in table.items() if not _tables(value)]
    if plain and not known:
        yield where
    for name, value in table.items():
        for at, inner in enumerate(_tables(value)):
            yield from sourceless(inner, f"{where}.{name}[{at}]", above=known)


def _tables(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", [one for one in FILES if one not in WORDS_ALONE])
def test_every_value_has_a_source(name: str) -> None:
    assert list(sourceless(regulation.table(name), name, above=False)) == []


def test_a_value_without_a_source_is_found() -> None:
    assert list(sourceless({"a": {"b": 1}, "c": {"source": "law", "d": {"e": 2}}}, "x", above=False)) == [
        "x.a[0]"
    ]
