"""The rules as data: townships and vocabularies with their sources, read from the files shipped beside."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one data file, such as `townships`."""
    return tomllib.loads(resources.files("lims.rules").joinpath("data", f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a vocabulary: its code, Chinese and English."""

    code: str
    zh: str
    en: str


@cache
def vocabulary(name: str) -> tuple[Term, ...]:
    """Return the terms of one vocabulary, such as `product_group`, in the order people know."""
    return tuple(Term(*row) for row in table("vocabulary")[name]["values"])


def codes(name: str) -> frozenset[str]:
    """Return the codes of one vocabulary."""
    return frozenset(term.code for term in vocabulary(name))


def term(name: str, code: str) -> Term:
    """Return one term; an unknown code stands for itself."""
    return next((word for word in vocabulary(name) if word.code == code), Term(code, code, code))


@dataclass(frozen=True, slots=True)
class Place:
    """A township as shipped: code, name, whether the quota counts it."""

    code: str
    name: str
    counted: bool


@cache
def townships() -> tuple[Place, ...]:
    """Return the county's townships in the order of their codes."""
    return tuple(Place(row["code"], row["name"], row["counted"]) for row in table("townships")["township"])
