"""The way of a positive: nothing skipped, each fact says what it must, repeats decide, nothing held is forgotten."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.rules import cases
from lims.rules.cases import Repeat

KINDS = cases.kinds()
HERE = ZoneInfo("Asia/Shanghai")
REFUSED = {"delivery": "refused", "recipient": "陈某", "place": "A12"}


def codes(kind: str, **detail: str) -> list[tuple[str, str]]:
    return [(one.code, one.where) for one in cases.problems(KINDS[kind], detail)]


def test_every_state_is_reached_and_only_the_closed_leads_nowhere() -> None:
    leads = {kind.to for kind in KINDS.values() if kind.to}
    leads |= {to for kind in KINDS.values() for to in kind.branches.values()}
    assert leads == set(cases.states())
    for state in cases.states():
        moving = [kind for kind in KINDS.values() if kind.fits(state) and (kind.to or kind.branch)]
        assert bool(moving) is (state != cases.CLOSED)


def test_nothing_is_skipped() -> None:
    assert [code for code, kind in KINDS.items() if kind.fits("preliminary") and kind.to] == [
        "suspect",
        "not_repeated",
    ]
    assert not KINDS["lab_report"].fits("sampled")
    assert not KINDS["closed"].fits("sent")
    assert not any(kind.fits(cases.CLOSED) for kind in KINDS.values())


@pytest.mark.parametrize(
    ("organiser", "regime"),
    [
        ("连江县市场监督管理局", "market"),
        ("连江县农业农村局", "agriculture"),
        ("连江县海洋与渔业局", "agriculture"),
        ("连江县市监局、农业农村局联合", ""),
        ("群众送检", ""),
        ("", ""),
    ],
)
def test_the_law_is_told_by_the_organiser_or_by_a_person(organiser: str, regime: str) -> None:
    assert cases.regime_of(organiser) == regime


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", ""),
        ("positive", ""),
        ("positive positive", "positive"),
        ("positive suspect", "positive"),
        ("negative negative", "negative"),
        ("negative positive", "mixed"),
        ("invalid invalid positive", ""),
    ],
)
def test_inhibition_wants_two_repeats(words: str, says: str) -> None:
    repeats = [Repeat(word, "other", "M") for word in words.split()]
    assert cases.repeated("inhibition", "lin", "M", repeats).says == says


def test_one_strip_is_repeated_once_but_by_a_second_person_or_method() -> None:
    def says(tester: str, method: str) -> str:
        return cases.repeated("competitive", "lin", "M", [Repeat("positive", tester, method)]).says

    assert (says("lin", "M"), says("wu", "M"), says("lin", "N")) == ("", "positive", "positive")


@given(st.lists(st.sampled_from(["negative", "positive", "suspect", "invalid"]), max_size=8))
def test_a_positive_among_the_repeats_is_never_called_negative(words: list[str]) -> None:
    found = cases.repeated("inhibition", "lin", "M", [Repeat(word, "wu", "M") for word in words])
    if {"positive", "suspect"} & set(words):
        assert found.says != "negative"
    assert found.valid == sum(word != "invalid" for word in words)


def test_a_refused_notice_needs_a_witness_and_a_photo() -> None:
    assert codes("notice", **REFUSED) == [("case.refused_needs", "witness"), ("case.refused_needs", "photo")]
    assert codes("notice", **REFUSED, witness="王某", photo="P-17") == []


def test_what_is_missing_unknown_or_unreadable_is_named() -> None:
    assert codes("measure", measure="burn", amount="some", place="") == [
        ("form.option", "measure"),
        ("case.amount", "amount"),
        ("form.missing", "place"),
    ]
    assert codes("remark", text="x", colour="red") == [("form.unknown_field", "colour")]
    assert codes("remark", text="/") == [("form.no_slash", "text")]
    assert codes("trace", **dict.fromkeys([one.name for one in KINDS["trace"].fields], "/")) == []


def test_a_branch_leads_where_its_conclusion_says() -> None:
    kind = KINDS["lab_report"]
    assert kind.leads("sent", {"conclusion": "fails"}) == "confirmed"
    assert kind.leads("sent", {"conclusion": "complies"}) == "cleared"
    assert KINDS["remark"].leads("notified", {}) == "notified"


def test_what_is_held_must_be_released_or_disposed_of_in_comparable_units() -> None:
    held = ("measure", {"amount": "18 kg"})
    facts = [("suspect", {}), held, ("trace", {})]

    def lacking(*more: tuple[str, dict[str, str]]) -> list[tuple[str, str]]:
        return [(one.code, one.where) for one in cases.unsettled([*facts, *more])]

    assert lacking() == [("case.held", "measure")]
    assert lacking(("disposed", {"amount": "17500 g"}), ("released", {"amount": "0.5 kg"})) == []
    assert ("case.held", "measure") in lacking(("disposed", {"amount": "18 袋"}))
    failed = ("lab_report", {"conclusion": "fails"})
    assert [where for _, where in lacking(failed, ("disposed", {"amount": "18 kg"}))] == [
        "report_told",
        "authority_told",
    ]


def test_a_deadline_that_ran_out_is_told_by_its_name_and_the_laboratory_s_own_hour() -> None:
    assert cases.said("case.lapse.clock", "rapid_objection", HERE) == (
        "对快检结果申请复检", "Objection to the rapid result"
    )  # fmt: skip
    assert cases.said("case.lapse.due", "2026-11-28T15:47:00+00:00", HERE) == ("2026-11-28 23:47",) * 2
    for unclear in ("2026-11-28T15:47:00", "yesterday", ""):
        assert cases.said("case.lapse.due", unclear, HERE) == (unclear, unclear)
    assert cases.said("case.lapse.clock", "of_a_later_program", HERE)[0] == "of_a_later_program"
    assert cases.said("case.notice.delivery", "refused", HERE)[0] != "refused"
