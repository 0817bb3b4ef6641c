"""What balances answer: MT-SICS and SBI lines as a weight with its unit, or why there is none."""

import re
from dataclasses import dataclass
from decimal import Decimal

_SICS = re.compile(rb"S S +(-?[0-9]{1,12}(?:\.[0-9]{1,9})?) (\S{1,6}) *")
_SICS_NONE = {
    rb"S D ": "unstable",
    rb"S I": "busy",
    rb"S +": "overload",
    rb"S -": "underload",
    rb"ES": "unknown_request",
    rb"ET": "wire_error",
    rb"EL": "refused",
}
_SBI = re.compile(rb"(?:[ -~]{6})?([+-]) *([0-9 ]*[0-9](?:\.[0-9]+)?) ([ -~]{0,3}) *")
_SBI_NONE = {
    "high": "overload",
    "low": "underload",
    "stat": "busy",
    "calc": "busy",
    "cal": "busy",
    "err": "device_error",
}


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight at rest: the exact figure and the unit that the balance wrote beside it."""

    value: Decimal
    unit: str


def sics(line: bytes) -> Weight | str:
    """Read an MT-SICS answer to S: a stable weight, or a reason such as `unstable` or `overload`."""
    found = _SICS.fullmatch(line)
    if found is not None:
        return Weight(Decimal(found[1].decode()), found[2].decode("ascii", "backslashreplace"))
    return next((reason for start, reason in _SICS_NONE.items() if line.startswith(start)), "content")


def sbi(line: bytes) -> Weight | str:
    """Read an SBI print line of 14 characters, or 20 with an identifier before them.

    The unit is blank while the load is not at rest, which is how this wire says `unstable`.
    """
    if len(line) not in (14, 20):
        return "content"
    found = _SBI.fullmatch(line)
    if found is None:
        word = line[-14:].decode("ascii", "replace").strip(" +-").lower()
        return next((reason for start, reason in _SBI_NONE.items() if word.startswith(start)), "content")
    unit = found[3].decode().strip()
    if not unit:
        return "unstable"
    digits = found[2].decode().replace(" ", "")
    return Weight(Decimal(f"{found[1].decode()}{digits}"), unit)
