"""A device's word gets its meaning from the laboratory's table, and what waited for it finds its place."""

import pytest

from drivers.reading import Flag, Reading
from lims.errors import Invalid, NotAllowed, NotFound
from lims.queries import bench, device_names
from lims.services import retake, translate
from lims.services.translate import Word
from tests.laboratory import Lab


def waiting(lab: Lab) -> list[str]:
    return [one.reason for one in lab.as_("lin").ask(bench.strays)]


def said(lab: Lab, instrument: str, position: str, **other: object) -> None:
    lab.reads(instrument, Reading(position=position, unit="%", record=f"r{position}", **other))  # type: ignore[arg-type]


def test_an_unknown_code_waits_until_it_is_given_a_meaning(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.run(instrument, lab.received(2))
    said(lab, instrument, "2", flags=(Flag.UNKNOWN_ITEM,), extra={"item_code": "17"})
    said(lab, instrument, "3", item="有机磷类")
    assert sorted(waiting(lab)) == ["other_item", "unknown_item"]
    found = {one.said: one for one in lab.as_("lin").ask(device_names.names)}
    assert (found["17"].waiting, found["17"].ours, found["有机磷类"].waiting) == (1, "", 1)
    word = Word("dayuan_tl310", "item", "17")
    manager = lab.as_("zheng")
    with pytest.raises(NotAllowed):
        lab.as_("lin").do(translate.word, word, "op-carbamate")
    with pytest.raises(NotFound):
        manager.do(translate.word, word, "no such substance")
    assert translate.translate(manager, word, "chloramphenicol") == 0
    assert sorted(waiting(lab)) == ["other_item", "other_item"]
    assert translate.translate(manager, word, "op-carbamate") == 1
    assert translate.translate(manager, Word("dayuan_tl310", "item", "有机磷类"), "op-carbamate") == 1
    assert waiting(lab) == []
    run = lab.as_("lin").ask(bench.current, instrument)
    assert run is not None
    kept = [place.said for place in run.places if place.said]
    assert [(one.item, one.flags) for one in kept] == [("", ("unknown_item",)), ("有机磷类", ())]


def test_a_meaning_that_is_taken_away_holds_what_comes_after(lab: Lab) -> None:
    instrument, manager = lab.instrument(), lab.as_("zheng")
    lab.run(instrument, lab.received(2))
    word = Word("dayuan_tl310", "item", "X1")
    translate.translate(manager, word, "op-carbamate")
    said(lab, instrument, "2", item="X1")
    assert waiting(lab) == []
    assert translate.translate(manager, word, "") == 0
    said(lab, instrument, "3", item="X1")
    assert waiting(lab) == ["other_item"]


def test_a_food_that_the_device_names_must_be_the_one_that_is_bound(lab: Lab) -> None:
    instrument, manager = lab.instrument(), lab.as_("zheng")
    lab.run(instrument, lab.received(2, food="豇豆"))
    with pytest.raises(Invalid, match=r"naming\.food"):
        manager.do(translate.word, Word("dayuan_tl310", "sample", "猪"), "没有这种食品")
    manager.do(translate.word, Word("dayuan_tl310", "sample", "猪"), "猪肉")
    manager.do(translate.word, Word("dayuan_tl310", "sample", "豇"), "豇豆")
    lab.value(instrument, "2", "3.1", sample="豇")
    lab.value(instrument, "3", "4.1", sample="猪")
    assert waiting(lab) == ["other_food"]
    assert {one.said for one in lab.as_("lin").ask(device_names.names) if one.kind == "sample"} == {
        "猪",
        "豇",
    }
    manager.do(translate.word, Word("dayuan_tl310", "sample", "猪"), "豇豆")
    assert retake.strays(lab.as_("lin")) == 1


def test_a_kind_that_does_not_exist_has_no_words(lab: Lab) -> None:
    with pytest.raises(Invalid, match=r"naming\.profile"):
        lab.as_("zheng").do(translate.word, Word("nothing", "item", "1"), "op-carbamate")
    with pytest.raises(Invalid):
        lab.as_("zheng").do(translate.word, Word("dayuan_tl310", "colour", "1"), "op-carbamate")
