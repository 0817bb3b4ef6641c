"""Sample numbers that are made offline: station, date, counter and a check character."""

import re
from datetime import date

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"([A-Z]{2}[0-9]{2})([0-9]{6})([0-9]{4})([0-9A-Z])")
LENGTH = 15
"""Characters of a sample number."""


def check_character(text: str) -> str:
    """Return the check character of ISO/IEC 7064 MOD 37,36 over digits and capital letters."""
    place = 36
    for character in text:
        place = (place + ALPHABET.index(character)) % 36 or 36
        place = place * 2 % 37
    return ALPHABET[(37 - place) % 36]


def number(station: str, day: date, counter: int) -> str:
    """Return the number of the `counter`-th sample that `station` (two letters, two digits) draws on `day`."""
    body = f"{station}{day:%y%m%d}{counter:04d}"
    return body + check_character(body)


def is_number(text: str) -> bool:
    """Tell whether a text is a whole sample number with the right check character."""
    return bool(_NUMBER.fullmatch(text)) and check_character(text[:-1]) == text[-1]


def spell(text: str) -> str:
    """Return a number in groups for the eye: `LJ01 261123 0001 K`."""
    found = _NUMBER.fullmatch(text)
    return " ".join(found.groups()) if found else text


def split(text: str) -> list[str] | None:
    """Split a scan into the sample numbers it is made of, or None when any part of it is none.

    Small letters and the blanks of `spell` are forgiven, since hands type numbers too.
    """
    plain = "".join(text.split()).upper()
    parts = [plain[i : i + LENGTH] for i in range(0, len(plain), LENGTH)]
    return parts if parts and all(is_number(part) for part in parts) else None


def station_fits(code: str) -> bool:
    """Tell whether a station's code may stand in a number: two capital letters and two digits."""
    return bool(re.fullmatch(r"[A-Z]{2}[0-9]{2}", code))
