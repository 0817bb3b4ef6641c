"""The sampling form: what may stand in a field, what is wrong with it, and that the log takes what it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.evidence.canonical import text_fault
from lims.rules import form, regulation
from lims.rules.form import LONGEST, Field
from tests.laboratory import filled

FIELDS = form.fields()
SLASHED = [name for name, field in FIELDS.items() if field.slash]
PLAIN = [name for name, field in FIELDS.items() if field.kind == "text"]


def faults(**other: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in form.problems(form.tidy(filled(**other)))]


def test_a_whole_form_has_no_problem() -> None:
    assert faults() == []
    assert set(filled()) == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("blank", ["", " ", "\u3000\t"])
def test_a_blank_is_a_defect_in_every_field(name: str, blank: str) -> None:
    code = "form.slash_or_value" if FIELDS[name].slash else "form.missing"
    assert faults(**{name: blank}) == [(code, name)]


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_not_there_is_a_defect(name: str) -> None:
    rest = {key: text for key, text in filled().items() if key != name}
    assert [problem.where for problem in form.problems(rest)] == [name]


@pytest.mark.parametrize("name", FIELDS)
def test_a_slash_is_a_value_only_where_the_form_says_so(name: str) -> None:
    assert faults(**{name: "/"}) == ([] if FIELDS[name].slash else [("form.no_slash", name)])


@pytest.mark.parametrize("mark", ["/", "、", "-", "\\", "无", "／", "—", " 无 "])
def test_every_known_mark_for_nothing_becomes_a_slash(mark: str) -> None:
    tidied = form.tidy({"brand": mark, "food": mark, "no_such_field": mark})
    assert tidied["brand"] == "/"
    assert tidied["food"] == tidied["no_such_field"] == mark.strip()


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.kind == "choice"])
def test_a_choice_takes_its_options_alone(name: str) -> None:
    options = FIELDS[name].options
    assert options
    assert all(faults(**{name: option.code}) == [] for option in options)
    assert faults(**{name: "something else"}) == [("form.option", name)]
    assert faults(**{name: options[0].zh + "!"}) == [("form.option", name)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-24T09:30:00+08:00", None),
        ("2026-11-24T01:30:00Z", None),
        ("2000-01-01T00:00:00+14:00", None),
        ("2026-11-24T09:30:00", "form.zone"),
        ("2026-11-24", "form.zone"),
        ("24.11.2026", "form.date"),
        ("2026-02-30T00:00:00+08:00", "form.date"),
        ("0001-01-01T00:00:00+14:00", "form.date"),
        ("0999-01-01T00:00:00+00:00", "form.date"),
        ("1999-12-31T23:59:59+00:00", "form.date"),
    ],
)
def test_a_time_has_a_zone_and_a_year_that_can_be(text: str, code: str | None) -> None:
    assert faults(drawn_at=text) == ([] if code is None else [(code, "drawn_at")])


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.kind == "date"])
def test_a_date_is_a_date(name: str) -> None:
    assert faults(**{name: "2026-02-28"}) == []
    assert faults(**{name: "2026-02-30"}) == faults(**{name: "yesterday"}) == [("form.date", name)]


@pytest.mark.parametrize(
    "bad", ["\x00", "\x07", "\n", "\t", "\x85", "\u202e", "\u2066", "\u200f", "\u061c", "\udcff"]
)
@pytest.mark.parametrize("name", ["food", "contact"])
def test_what_cannot_be_seen_is_a_problem_of_its_field(name: str, bad: str) -> None:
    assert faults(**{name: f"a{bad}b"}) == [("form.characters", name)]


def test_a_field_has_an_end() -> None:
    assert faults(remarks="长" * LONGEST) == []
    assert faults(remarks="长" * (LONGEST + 1)) == [("form.too_long", "remarks")]


def test_a_field_that_the_form_has_not_is_named() -> None:
    assert faults(colour="green") == [("form.unknown_field", "colour")]


@given(some.sampled_from(PLAIN), some.text(alphabet=some.characters(categories=None), max_size=30))
def test_what_the_form_takes_the_log_takes(name: str, text: str) -> None:
    tidied = form.tidy(filled(**{name: text}))
    if form.problems(tidied) == []:
        assert text_fault(tidied[name]) is None


@given(some.dictionaries(some.text(max_size=10), some.text(max_size=20), max_size=8))
def test_any_form_gets_an_answer_and_tidying_twice_changes_nothing(fields: dict[str, str]) -> None:
    tidied = form.tidy(fields)
    assert form.tidy(tidied) == tidied
    assert len(form.problems(tidied)) >= len(FIELDS) - len(tidied)


def test_the_townships_of_the_form_are_those_of_the_county() -> None:
    assert [term.code for term in FIELDS["township"].options] == [
        place.code for place in regulation.townships()
    ]


def test_options_that_are_no_list_are_none() -> None:
    assert form._options({"options": "abc"}) == ()
    assert Field("a", ("甲", "a"), "text", slash=True).options == ()
