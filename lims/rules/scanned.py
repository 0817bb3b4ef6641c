"""What a scanned text that is no bare sample number may be: a sample's number in an address, or a kit's own code."""

from dataclasses import dataclass
from datetime import date

from protocols.card_codes import Card, SampleCode, parse


@dataclass(frozen=True, slots=True)
class Kit:
    """A test card or its box, as its code has it.

    Attributes:
        code: the maker's code of the item.
        lot: the batch as it stands, to be the lot of a run.
        made_on: the day that the batch is, or None where it is none.
        curves: how many curves the code holds that can be read.
        text: the whole code.
    """

    code: str
    lot: str
    made_on: date | None
    curves: int
    text: str


def sample_of(text: str) -> str:
    """Return the sample's number that stands in a text as `SampleNumber=...`, else the text itself."""
    found = parse(text)
    return found.number if isinstance(found, SampleCode) else text


def kit_of(text: str) -> Kit | None:
    """Return the kit whose code this is, by the grammars that are known; None for every other text."""
    found = parse(text)
    if not isinstance(found, Card):
        return None
    readable = sum(curve is not None for curve in found.curves)
    return Kit(found.code, found.batch, found.batch_day, readable, found.text)
