"""Every platform on disk: what it is sent, what it says back, and what must never be sent or believed."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.queries import uploads
from lims.sync import uploading
from lims.sync.platform import Account, Outcome, Platform, Record, Rehearsal, elements, md5
from lims.sync.platforms import guangxi, jiangsu

PLATFORMS = list(uploading.known().values())
CALLED = [one for one in PLATFORMS if one.encode]
SHEETS = [one for one in PLATFORMS if not one.encode]
ACCOUNT = Account("http://127.0.0.1", "demo", "demo")


def record(n: int = 1, **other: str) -> Record:
    base = dict.fromkeys(uploads.FIELDS, "/")
    base |= {
        "key": f"{n:032x}", "number": f"LJ01261127{n:04d}M", "food": '豇豆 <& "新鲜"', "group": "crops",
        "group_word": "种植业产品", "business": "凤城农贸市场", "stall": "A12", "item": "有机磷和氨基甲酸酯类农药",
        "format": "inhibition", "standard": "GB/T 5009.199-2003", "threshold": "50", "value": "83.0", "unit": "%",
        "word": "positive", "word_zh": "阳性", "tested_at": "2026-11-27 10:31:44", "drawn_at": "2026-11-27 09:00:00",
        "tester": "林检测", "model": "dayuan_tl310", "serial": "SN1", "trace_code": "T1",
    }  # fmt: skip
    return base | other


def exchange(one: Platform, state: Rehearsal, records: Sequence[Record]) -> list[tuple[str, Outcome]]:
    assert one.encode is not None
    assert one.decode is not None
    assert one.rehearse is not None
    call = one.encode(ACCOUNT, records)
    status, body = one.rehearse(state, call)
    return [(answer.key, answer.outcome) for answer in one.decode(status, body, records)]


def named(one: Platform) -> str:
    return one.id


def test_the_seven_platforms_are_found() -> None:
    assert [one.id for one in PLATFORMS] == [
        "fujian", "guangdong", "guangxi", "jiangsu", "nantong", "national", "shaoxing",
    ]  # fmt: skip


@pytest.mark.parametrize("one", PLATFORMS, ids=named)
def test_it_says_what_it_was_written_from_and_that_it_is_untested(one: Platform) -> None:
    assert "not tested against the authority" in one.source
    assert set(one.required) | set(one.columns.values()) - {"word_code"} <= set(uploads.FIELDS)
    assert one.problems(record()) == []


@pytest.mark.parametrize("one", PLATFORMS, ids=named)
def test_what_is_missing_is_named_and_never_filled_in(one: Platform) -> None:
    for name in one.required:
        assert [problem.where for problem in one.problems({**record(), name: "/"})] == [name]
    assert [p.code for p in one.problems(record(word="gone"))] == ["upload.word"]


@pytest.mark.parametrize("one", CALLED, ids=named)
def test_positive_and_negative_arrive_as_the_platform_spells_them(one: Platform) -> None:
    state = Rehearsal()
    assert exchange(one, state, [record(1)]) == [(record(1)["key"], Outcome.ACCEPTED)]
    assert exchange(one, state, [record(2, word="negative", word_zh="阴性")])[0][1] is Outcome.ACCEPTED
    first, second = (json.dumps(held, ensure_ascii=False) for held in state.held.values())
    assert one.codes["positive"] in first
    assert one.codes["negative"] in second
    assert len(set(one.codes.values())) == len(one.codes)


def test_zero_means_positive_in_nantong_and_negative_in_guangdong() -> None:
    known = uploading.known()
    assert (known["nantong"].codes["positive"], known["guangdong"].codes["positive"]) == ("0", "1")


@pytest.mark.parametrize("one", CALLED, ids=named)
def test_sent_again_it_is_not_counted_twice(one: Platform) -> None:
    state = Rehearsal()
    for _ in range(3):
        assert exchange(one, state, [record()])[0][1] is Outcome.ACCEPTED
    assert len(state.held) == 1


@pytest.mark.parametrize("fault", ["account", "inside"])
@pytest.mark.parametrize("one", CALLED, ids=named)
def test_an_error_inside_a_200_is_never_taken_for_success(one: Platform, fault: str) -> None:
    state = Rehearsal(fault=fault)
    assert exchange(one, state, [record()])[0][1] is not Outcome.ACCEPTED
    assert state.held == {}


@pytest.mark.parametrize("one", CALLED, ids=named)
@given(body=st.binary(max_size=200), status=st.sampled_from([200, 302, 404, 500, 503]))
@settings(max_examples=25, deadline=None)
def test_no_answer_that_cannot_be_read_is_believed(one: Platform, body: bytes, status: int) -> None:
    assert one.decode is not None
    records = [record()]
    answers = one.decode(status, body, records)
    assert [answer.key for answer in answers] == [records[0]["key"]]
    assert answers[0].outcome is not Outcome.ACCEPTED


@pytest.mark.parametrize("one", CALLED, ids=named)
@given(
    text=st.text(
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=40
    )
)
@settings(max_examples=15, deadline=None)
def test_any_text_arrives_as_it_was(one: Platform, text: str) -> None:
    state = Rehearsal()
    assert exchange(one, state, [record(food=f"x{text}", item=f"项{text}")])[0][1] is Outcome.ACCEPTED
    assert len(state.held) == 1


def test_of_a_batch_each_row_has_its_own_answer() -> None:
    one = uploading.known()["shaoxing"]
    records = [record(n) for n in range(1, 5)]
    outcomes = [outcome for _, outcome in exchange(one, Rehearsal(fault="one"), records)]
    assert outcomes == [Outcome.REFUSED, *[Outcome.ACCEPTED] * 3]
    assert one.decode is not None
    lost = json.dumps(
        {"status": "00", "unploadResult": [{"uuid": records[0]["key"], "result": "01"}]}
    ).encode()
    assert [a.outcome for a in one.decode(200, lost, records[:2])] == [Outcome.ACCEPTED, Outcome.AGAIN]


def test_signatures_by_the_papers_recipes() -> None:
    assert jiangsu.signature("U1", "p") == md5("U1#83878c91171338902e0fe0fb97a8c47a")
    assert guangxi.PLATFORM.encode is not None
    call = guangxi.PLATFORM.encode(Account("", "u", "p"), [record()])
    assert json.loads(call.body)["passWord"] == "83878C91171338902E0FE0FB97A8C47A"


def test_a_screening_word_without_a_code_is_held_back() -> None:
    held = [one.id for one in PLATFORMS if one.problems(record(word="suspect", word_zh="可疑"))]
    assert held == ["fujian", "guangxi", "jiangsu", "nantong", "shaoxing"]


def test_an_answer_with_entities_is_not_opened() -> None:
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><r><code>&a;</code></r>"
    one = uploading.known()["jiangsu"]
    assert one.decode is not None
    assert one.decode(200, bomb, [record()])[0].outcome is Outcome.AGAIN
    with pytest.raises(Invalid, match=r"upload\.answer"):
        elements(bomb)


@pytest.mark.parametrize("one", SHEETS, ids=named)
def test_a_workbook_never_calls_a_screening_result_a_conclusion(one: Platform) -> None:
    assert not {"合格", "不合格"} & set(one.codes.values())
    assert "结论" not in one.columns


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text('[columns]\n"编码" = "trace_code"\n"结果" = "word_code"\n', encoding="utf-8")
    return path


def test_a_column_map_may_be_edited_and_unknown_fields_are_named(lines: Path) -> None:
    assert uploading.columns(lines.read_text("utf-8"), uploading.FIELDS) == {
        "编码": "trace_code",
        "结果": "word_code",
    }
    for text, code in (
        ("x = ", "edition.text"),
        ("", "upload.columns"),
        ('[columns]\na = "b"', "upload.field"),
    ):
        with pytest.raises(Invalid, match=code.replace(".", r"\.")):
            uploading.columns(text, uploading.FIELDS)
