"""The vocabulary of measures: what instruments are for, what their figures are, and the units these come in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_VOCABULARY = Path(__file__).with_name("measures.toml")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One kind of figure.

    Attributes:
        words: (Chinese, English).
        units: how devices write its unit; the empty text is a figure without one.
    """

    words: tuple[str, str]
    units: frozenset[str]


@cache
def areas() -> Mapping[str, tuple[str, str]]:
    """Return what instruments are for: word to (Chinese, English)."""
    return MappingProxyType({name: (words[0], words[1]) for name, words in _data()["area"].items()})


@cache
def quantities() -> Mapping[str, Quantity]:
    """Return every kind of figure by its word."""
    return MappingProxyType(
        {
            name: Quantity((one["words"][0], one["words"][1]), frozenset(one["units"]))
            for name, one in _data()["quantity"].items()
        }
    )


def known_unit(unit: str) -> bool:
    """Tell whether a unit is one that some quantity comes in; a new one is added to the data, never guessed."""
    return any(unit in one.units for one in quantities().values())


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_VOCABULARY.read_text("utf-8"))
