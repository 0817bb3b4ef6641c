"""How far a device's clock is off, in words."""

from datetime import timedelta

import pytest

from gui.screens._clock import apart, told


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(29, "in step"), (-20, "in step"), (330, "6 min ahead"), (-5400, "1 h 30 min behind")],
)
@pytest.mark.usefixtures("dressed")
def test_the_offset_in_words(seconds: int, said: str) -> None:
    assert apart(timedelta(seconds=seconds)) == said
    assert told(None) == ""
