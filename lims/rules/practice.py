"""What tells a practice laboratory from a real one, everywhere and for ever: its site, which each origin names."""

SITE = "PRACTICE"
"""Code of every practice laboratory's site; a real one cannot have it."""
STATION = "ZZ01"
MARK = "练习 PRACTICE"
"""What stands on its screens, slips and labels, in every language."""
_LETTERS = "ZZ"


def is_site(code: str) -> bool:
    """Tell whether a site's code, or a log's origin, is that of a practice laboratory."""
    return code.partition("/")[0] == SITE


def is_number(number: str) -> bool:
    """Tell whether a sample's number was given in practice: it begins with the letters of its stations."""
    return number.startswith(_LETTERS)


def fits(site: str, station: str) -> bool:
    """Tell whether site and station are both of practice or both real."""
    return is_site(site) == is_number(station)


def marked(number: str, words: str) -> str:
    """Return words that stand beside a number, with the mark before them where the number is of practice."""
    return f"【{MARK}】{words}" if is_number(number) else words
