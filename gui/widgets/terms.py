"""Words that come with the data: vocabularies, townships, pairs of Chinese and English, states with a sign."""

from collections.abc import Mapping

from lims import text
from lims.rules import regulation


def said(pair: tuple[str, str]) -> str:
    """Return the Chinese or the English of a pair, by the language of the moment."""
    return pair[0] if text.current().startswith("zh") else pair[1]


def term(vocabulary: str, code: str) -> str:
    """Name a code of a vocabulary; an unknown one, "/" too, stands for itself."""
    found = regulation.term(vocabulary, code)
    return said((found.zh, found.en))


def cited(*written: str) -> str:
    """Say where a rule is written: the words that ship are said in English too, a document keeps its own name."""
    return " ".join(text.t(part) for part in written if part)


_added: dict[str, str] = {}


def learn(names: Mapping[str, str]) -> None:
    """Know the townships of this laboratory by their codes besides those that ship."""
    _added.update(names)


def townships() -> dict[str, str]:
    """Return the names of the townships by their codes."""
    return {place.code: place.name for place in regulation.townships()} | _added


def township(code: str) -> str:
    """Name a township; an unknown code stands for itself."""
    return townships().get(code, code)


STATE_SIGNS = {
    "drawn": "○",
    "received": "◐",
    "testing": "▷",
    "tested": "?",
    "reviewed": "✓",
    "certified": "■",
    "rejected": "✗",
    "void": "—",
}
"""A sign for each state of a sample, so that lists can be read without colour."""


def state(code: str) -> str:
    """Return sign and word of a sample's state."""
    return f"{STATE_SIGNS.get(code, '·')} {term('state', code)}"
