"""The one table of moves of a sample's state; nothing else moves, but for one that the county gives back to its van."""

from lims.errors import RuleBroken

MOVES: dict[str, frozenset[str]] = {
    "drawn": frozenset({"received", "rejected", "void", "handed", "returned"}),
    "received": frozenset({"testing", "void", "handed", "returned"}),
    "testing": frozenset({"testing", "tested", "received", "reviewed", "void"}),
    "tested": frozenset({"testing", "tested", "received", "reviewed", "void", "handed"}),
    "reviewed": frozenset({"testing", "received", "certified", "void", "handed"}),
    "certified": frozenset({"testing", "certified", "handed"}),
    "handed": frozenset(),
    "returned": frozenset(),
    "rejected": frozenset({"returned"}),
    "void": frozenset(),
}


def move(number: str, state: str, to: str) -> str:
    """Return the new state of a sample.

    Raises:
        RuleBroken: when the table has no such move, or the sample was handed to the county.
    """
    if state == "handed":
        raise RuleBroken("sample.handed", number=number)
    if to not in MOVES[state]:
        raise RuleBroken("sample.state", number=number, state=state, to=to)
    return to


def settled(*, running: bool, waiting: bool, approved: bool) -> str:
    """Return where a sample stands once a run or a review of it ended.

    Args:
        running: another run of it is open.
        waiting: a verdict of it waits for review.
        approved: a verdict of it was approved.
    """
    if running:
        return "testing"
    if waiting:
        return "tested"
    return "reviewed" if approved else "received"
