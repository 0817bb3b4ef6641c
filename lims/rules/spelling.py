"""Names as people type them to find something: a part of the name, or the first letters of its pinyin."""

from functools import lru_cache

NOT_FOUND = 9
"""Ranks after everything that was found."""


def initials(name: str) -> str:
    """Return the first letters of a name's pinyin; what is no Chinese stays as it is."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its dictionary takes what a window's start takes

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


@lru_cache(maxsize=20_000)
def place(name: str) -> tuple[tuple[str, ...], str]:
    """Return where a name stands in a list that is sorted by pinyin, syllable by syllable; equal ones by character."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - as above

    return tuple(part.casefold() for part in lazy_pinyin(name)), name


def rank(name: str, sought: str) -> int:
    """Return how well a name fits what was typed: 0 is the name itself, `NOT_FOUND` is not at all.

    1 begins with it, 2 holds it, 3 has initials that begin with it, 4 has initials that hold it.
    """
    low, wanted = name.casefold(), sought.strip().casefold()
    if low == wanted:
        return 0
    at = low.find(wanted)
    if at >= 0:
        return 2 if at else 1
    at = initials(name).find("".join(wanted.split())) if wanted.isascii() else -1
    return NOT_FOUND if at < 0 else 4 if at else 3


def best(names: tuple[str, ...], sought: str) -> int:
    """Return the rank of the name that fits best."""
    return min((rank(name, sought) for name in names if name), default=NOT_FOUND)
