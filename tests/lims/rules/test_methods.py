"""Methods as data: what each says on which day, and every way in which a text of them can be wrong."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lims.errors import Invalid, NotFound
from lims.rules import boards, methodchange, methods, texts

TODAY = date(2026, 11, 27)
TEXT = methods.shipped_text()


def test_a_method_judges_from_its_first_day() -> None:
    known = methods.shipped()
    for found in known.every:
        assert known.method(found.id) is found
        assert known.method(found.id, found.effective_from) is found
        assert (found.source.strip() != "", found.clause.strip() != "") == (True, True)
        with pytest.raises(NotFound, match=r"method\.not_in_force"):
            known.method(found.id, found.effective_from - timedelta(days=1))


def test_a_method_that_ended_judges_on_its_last_day_and_not_after() -> None:
    ended = replace(methods.shipped().method("NYT448-2001"), effective_to=date(2020, 6, 30))
    assert ended.in_force(date(2020, 6, 30))
    assert not ended.in_force(date(2020, 7, 1))
    assert not ended.in_force(date(2001, 9, 30))


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(NotFound, match=r"method\.unknown.*GB 1"):
        methods.shipped().method("GB 1")


WRONG = {
    "threshold": ("fifty", "methods.figure"),
    "at_threshold": ("suspect", "methods.word"),
    "unit": ("spoons", "methods.word"),
    "title": (["一"], "methods.pair"),
    "source": (" ", "edition.field"),
    "foods": (["moon"], "methods.word"),
    "controls": (["none"], "methods.word"),
    "device_items": ([[]], "edition.field"),
    "curve": ({"fit": "line", "unit": "mg/L"}, "methods.needed"),
    "analyte": ("unobtainium", "methods.word"),
    "effective_from": ("2026-01-01", "edition.field"),
    "blank_low": ("90", "methods.order"),
    "colour": ("red", "edition.unknown_field"),
    "format": ("competitive", "methods.needed"),
}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"slope": "0"}, "curve.flat"),
        ({"slope": "Infinity"}, "methods.figure"),
        ({"intercept": "NaN"}, "methods.figure"),
        ({"low": "3"}, "methods.order"),
        ({"dilution": "0"}, "curve.dilution"),
        ({"fit": "5pl"}, "methods.word"),
        ({"unit": "m"}, "methods.word"),
        ({"more": "1"}, "edition.unknown_field"),
    ],
)
def test_a_curve_says_every_figure_and_each_is_one(wrong: dict[str, str], code: str) -> None:
    found = texts.parsed(TEXT)
    row = next(row for row in found["method"] if row["id"] == "KIT-NITRITE-PHOTO")
    row["curve"] = {**row["curve"], **wrong}
    with pytest.raises(Invalid) as refused:
        methods.read(texts.written(found))
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_a_method_is_said(name: str) -> None:
    value, code = WRONG[name]
    found = texts.parsed(TEXT)
    next(row for row in found["method"] if row["id"] == "KIT-ENR-FLUOR")[name] = value
    with pytest.raises(Invalid) as refused:
        methods.read(texts.written(found))
    assert code in {one.code for one in refused.value.problems}


@pytest.mark.parametrize(
    ("id_", "more", "code"),
    [
        ("GBT5009.199-2003", {"curve": {"fit": "4pl", "unit": "ng/mL"}}, "curve.no_content"),
        (
            "KIT-ENR-FLUOR",
            {"board_gray": boards.shipped()["GBT5009.199-2003", "absorbance"].said()},
            "board.no_method",
        ),
    ],
)
def test_a_curve_and_a_board_have_no_place_in_a_method_that_cannot_use_them(
    id_: str, more: dict[str, dict[str, str]], code: str
) -> None:
    found = texts.parsed(TEXT)
    row = next(row for row in found["method"] if row["id"] == id_)
    row.update(
        {
            name: {one: said for one, said in table.items() if one not in {"wavelength", "zero_minutes"}}
            for name, table in more.items()
        }
    )
    with pytest.raises(Invalid) as refused:
        methods.read(texts.written(found))
    assert [one.code for one in refused.value.problems] == [code]


@pytest.mark.parametrize("text", ["", "method = 3", "method = []", "[[", TEXT + TEXT])
def test_a_text_without_methods_or_with_two_of_one_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        methods.read(text)


def test_a_change_names_its_edition_and_leaves_the_past() -> None:
    after = texts.changed(TEXT, "method", "KIT-ENR-FLUOR", {"threshold": "80"}, TODAY)
    known = methods.read(methodchange.stamped(TEXT, after, 3, TODAY))
    yesterday = TODAY - timedelta(days=1)
    assert known.method("KIT-ENR-FLUOR", TODAY).rule == "KIT-ENR-FLUOR@2026-11-27#3"
    assert known.method("KIT-ENR-FLUOR", yesterday).rule == "KIT-ENR-FLUOR@2020-01-01"
    assert [one.edition for one in known.every if one.id == "NYT448-2001"] == [0]
    late = texts.changed(TEXT, "method", "KIT-ENR-FLUOR", {"threshold": "80"}, yesterday)
    ended = TEXT.replace('id = "KIT-ENR-FLUOR"', 'id = "KIT-ENR-FLUOR"\neffective_to = 2026-11-01')
    for wrong in (late, ended):
        with pytest.raises(Invalid) as refused:
            methodchange.stamped(TEXT, wrong, 3, TODAY)
        assert {one.code for one in refused.value.problems} == {"methods.past"}


def test_answers_become_what_a_text_holds() -> None:
    found = methodchange.typed(
        {"interfering": "韭菜、芹菜", "effective_to": "2027-01-01", "class_screen": "yes", "threshold": "/",
         "title_zh": "法", "title_en": "Law", "foods": "/"}
    )  # fmt: skip
    assert found == {
        "interfering": ["leek", "celery"], "effective_to": date(2027, 1, 1), "class_screen": True,
        "threshold": None, "title": ["法", "Law"], "foods": [],
    }  # fmt: skip
    with pytest.raises(Invalid):
        methodchange.typed({"interfering": "月亮菜"})
    with pytest.raises(Invalid):
        methodchange.typed({"class_screen": "perhaps"})
