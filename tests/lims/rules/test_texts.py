"""Texts of rules written back as they were, and a row changed from a day on."""

import tomllib
from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.errors import Invalid, NotFound
from lims.rules import cases, clocks, planning, texts, workdays

KINDS = frozenset(cases.kinds())
PLAIN = st.one_of(
    st.booleans(), st.integers(-(2**40), 2**40), st.dates(),
    st.text(st.characters(codec="utf-8"), max_size=12),
)  # fmt: skip
NAME = st.from_regex(r"[a-z][a-z_0-9]{0,6}", fullmatch=True)
ROW = st.dictionaries(
    NAME, st.one_of(PLAIN, st.lists(PLAIN, max_size=3), st.dictionaries(NAME, PLAIN, max_size=2))
)


@given(st.dictionaries(NAME, st.one_of(PLAIN, ROW, st.lists(ROW, min_size=1, max_size=3)), max_size=4))
def test_what_is_written_reads_back(found: dict[str, object]) -> None:
    assert tomllib.loads(texts.written(found)) == found


@pytest.mark.parametrize("name", ["clocks", "workdays", "plan", "methods", "limits", "townships"])
def test_every_shipped_text_reads_back(name: str) -> None:
    text = resources.files("lims.rules").joinpath("data", f"{name}.toml").read_text("utf-8")
    assert tomllib.loads(texts.written(tomllib.loads(text))) == tomllib.loads(text)


def test_a_changed_row_leaves_what_it_said_before() -> None:
    day = date(2027, 1, 1)
    text = texts.changed(clocks.shipped(), "clock", "retest", {"amount": 9}, day)
    old, new = (one for one in clocks.read(text, KINDS) if one.id == "retest")
    assert (old.amount, old.effective_to, new.amount, new.effective_from) == (
        7,
        day - timedelta(days=1),
        9,
        day,
    )
    again = texts.changed(text, "clock", "retest", {"amount": 8}, day)
    assert [one.amount for one in clocks.read(again, KINDS) if one.id == "retest"] == [7, 8]
    with pytest.raises(Invalid, match=r"edition\.earlier"):
        texts.changed(text, "clock", "retest", {"amount": 8}, date(2026, 1, 1))
    with pytest.raises(NotFound, match=r"edition\.row"):
        texts.changed(text, "clock", "nothing", {}, day)
    with pytest.raises(Invalid, match=r"edition\.text"):
        texts.parsed("x = ")


def test_a_holiday_takes_the_place_of_the_one_of_its_name_and_year() -> None:
    row = {"name": "国庆节", "first": date(2026, 10, 1), "last": date(2026, 10, 8), "works": [date(2026, 9, 27)],
           "source": "通知", "verified": True}  # fmt: skip
    before, after = workdays.shipped(), workdays.arranged(workdays.shipped(), row)
    changed = {(one.day, one.works) for one in workdays.read(after)} ^ {
        (one.day, one.works) for one in workdays.read(before)
    }
    assert changed == {
        (date(2026, 10, 8), False), (date(2026, 9, 27), True), (date(2026, 9, 20), True), (date(2026, 10, 10), True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "calendar.none"),
        ('[[holiday]]\nname = "x"', "edition.field"),
        ('[[holiday]]\nname="x"\nworks=[]\nsource="s"\nverified=true\nfirst=2027-01-02', "calendar.days"),
        ('[[holiday]]\nname="x"\nworks=[]\nsource="s"\nverified=true\nfirst=2027-01-02\nlast=2027-01-01',
         "calendar.order"),
        ('[[holiday]]\nname="x"\nworks=[2027-01-02]\nsource=" "\nverified=true', "clocks.source"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_named(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        workdays.read(text)
    assert code in [one.code for one in refused.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('code = "water"', 'code = "wine"', "shares.groups"),
        ("weight = 15", "weight = -1", "shares.weights"),
        ('department = "health"', 'department = "navy"', "shares.words"),
        ("weights = [7, ", "weights = [", "shares.months"),
        ('source = "', 'source = " " #"', "clocks.source"),
    ],
)
def test_shares_that_cannot_be_are_named(old: str, new: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        planning.shares(planning.shipped().replace(old, new, 1))
    assert code in [one.code for one in refused.value.problems]
