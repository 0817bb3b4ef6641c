"""The rules as data: how they are looked up and on which days they judge."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lims.errors import NotFound
from lims.rules import regulation


def test_a_method_judges_from_its_first_day() -> None:
    for found in regulation.methods().values():
        assert regulation.method(found.id) is found
        assert regulation.method(found.id, found.effective_from) is found
        with pytest.raises(NotFound, match=r"method\.not_in_force"):
            regulation.method(found.id, found.effective_from - timedelta(days=1))


def test_a_method_that_ended_judges_on_its_last_day_and_not_after() -> None:
    ended = replace(regulation.method("NYT448-2001"), effective_to=date(2020, 6, 30))
    assert ended.in_force(date(2020, 6, 30))
    assert not ended.in_force(date(2020, 7, 1))
    assert not ended.in_force(date(2001, 9, 30))


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(NotFound, match=r"method\.unknown.*GB 1"):
        regulation.method("GB 1")


def test_words_are_found_by_their_code_and_unknown_codes_stand_for_themselves() -> None:
    assert regulation.term("word", "positive").zh == "阳性"
    assert regulation.term("word", "purple") == regulation.Term("purple", "purple", "purple")
    assert {"positive", "negative", "suspect", "invalid"} <= regulation.codes("word")
