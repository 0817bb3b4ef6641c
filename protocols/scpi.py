"""What SCPI instruments answer: an exact figure, or one of the words that stand for none."""

import re
from decimal import Decimal

_FIGURE = re.compile(rb" *([+-]?[0-9]{1,15}(?:\.[0-9]{0,15})?(?:[Ee][+-]?[0-9]{1,2})?) *\r?")
_WORDS = {Decimal("9.9E37"): "overrange", Decimal("-9.9E37"): "underrange", Decimal("9.91E37"): "no_number"}


def number(line: bytes) -> Decimal | str:
    """Read an answer in NR1, NR2 or NR3 form: the figure digit for digit, or a reason why there is none.

    9.9E37 stands for infinity and 9.91E37 for "not a number" (SCPI-1999, volume 1, 7.2.1.4 and 7.2.1.5).
    """
    found = _FIGURE.fullmatch(line)
    if found is None:
        return "content"
    value = Decimal(found[1].decode())
    return _WORDS.get(value, value)
