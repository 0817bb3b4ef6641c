"""The rules as data: how they are looked up."""

from lims.rules import regulation


def test_words_are_found_by_their_code_and_unknown_codes_stand_for_themselves() -> None:
    assert regulation.term("word", "positive").zh == "阳性"
    assert regulation.term("word", "purple") == regulation.Term("purple", "purple", "purple")
    assert {"positive", "negative", "suspect", "invalid"} <= regulation.codes("word")
