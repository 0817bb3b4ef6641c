"""Where the hits of Ctrl+K lead."""

from collections.abc import Callable, Sequence
from typing import Any

from gui.ties import Found
from lims.queries.anything import Hit, anything
from lims.text import mark, t

KINDS = {
    "sample": mark("Sample"),
    "business": mark("Business"),
    "lot": mark("Lot"),
    "person": mark("Person"),
    "instrument": mark("Instrument"),
}
_PLACES: dict[str, Callable[[Hit], tuple[str, dict[str, Any]]]] = {
    "sample": lambda hit: ("samples", {"number": hit.key}),
    "business": lambda hit: ("samples", {"words": hit.title}),
    "lot": lambda hit: ("supplies", {"page": "lots", "key": hit.key}),
    "person": lambda hit: ("people", {"account": hit.key}),
    "instrument": lambda hit: ("instruments", {"instrument": hit.key}),
}


def find(lims: Any, words: str) -> Sequence[Found]:  # noqa: ANN401 - the door of the laboratory
    """Look for a text in everything that has a name; it blocks, so worker threads alone call it."""
    return [_found(hit) for hit in lims.ask(anything, words)]


def _found(hit: Hit) -> Found:
    screen, context = _PLACES[hit.kind](hit)
    return Found(
        hit.title, " · ".join(part for part in (hit.detail, t(KINDS[hit.kind])) if part), screen, context
    )
