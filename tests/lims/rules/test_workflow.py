"""The table of moves: all that it allows, all that it refuses, and where a sample stands after a run."""

from itertools import product

import pytest

from lims.errors import RuleBroken
from lims.rules import regulation
from lims.rules.workflow import MOVES, move, settled

ALLOWED = {
    "drawn": "received rejected void handed returned",
    "received": "testing void handed returned",
    "testing": "testing tested received reviewed void",
    "tested": "testing tested received reviewed void handed",
    "reviewed": "testing received certified void handed",
    "certified": "testing certified handed",
    "handed": "",
    "returned": "",
    "rejected": "returned",
    "void": "",
}


@pytest.mark.parametrize(("state", "to"), list(product(ALLOWED, ALLOWED)))
def test_every_move_is_allowed_or_refused(state: str, to: str) -> None:
    if to in ALLOWED[state].split():
        assert move("N", state, to) == to
    else:
        said = r"handed.*number=N" if state == "handed" else rf"state.*number=N.*state={state}.*to={to}"
        with pytest.raises(RuleBroken, match=rf"sample\.{said}"):
            move("N", state, to)


def test_every_state_has_a_word_and_every_move_leads_to_a_state() -> None:
    assert set(MOVES) == set(ALLOWED)
    assert set(MOVES) <= regulation.codes("state")
    assert frozenset().union(*MOVES.values()) <= set(MOVES)


def test_nothing_comes_back_from_the_end() -> None:
    assert [state for state, to in MOVES.items() if not to] == ["handed", "returned", "void"]
    assert "void" not in MOVES["certified"]


@pytest.mark.parametrize(
    ("running", "waiting", "approved", "state"),
    [
        (False, False, False, "received"),
        (False, False, True, "reviewed"),
        (False, True, False, "tested"),
        (False, True, True, "tested"),
        (True, False, False, "testing"),
        (True, True, True, "testing"),
    ],
)
def test_what_is_unfinished_comes_first(running: bool, waiting: bool, approved: bool, state: str) -> None:
    assert settled(running=running, waiting=waiting, approved=approved) == state
    assert state in MOVES["testing"]
