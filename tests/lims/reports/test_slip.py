"""The slip on paper: right in both languages and sizes, the same bytes for ever, nothing lost, the seal scannable."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.evidence import checkpoint
from lims.reports import glyphs, slip
from lims.text import tongue
from tests.lims.reports.papers import (
    FORM,
    NUMBER,
    SEAL,
    TRAIL,
    content,
    pictures,
    plain,
    result,
    rows_of_text,
    scanned,
    shared,
    texts,
)

Size = Literal["A4", "A5"]
ROOT = Path(__file__).resolve().parents[3]
RARE = "𩽾䶮㛃𬭎"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", ["A4", "A5"])
def test_the_seal_is_read_from_the_page(language: str, size: Size) -> None:
    read = scanned(slip.render(content(), SEAL, language, size))
    assert read == [SEAL.text()]
    assert checkpoint.parse(read[0]) == SEAL


def test_a_long_seal_is_read_from_a_plain_print() -> None:
    seal = checkpoint.Checkpoint("连江县食品快速检测实验室/LJ01 sha256", 9_999_999, bytes(range(200, 232)))
    assert scanned(slip.render(content(), seal, size="A5"), dpi=150) == [seal.text()]


def test_everything_of_the_content_stands_on_the_paper() -> None:
    page = plain(slip.render(content(), SEAL))
    for label, _, value in FORM:
        assert "".join((label + value).replace("℃", "°C").split()) in page
    for at, _, who, _, detail in TRAIL:
        for text in (at, who, detail):
            assert "".join(text.split()) in page
    for text in (
        "●阳性",
        "测得值63.20%",
        "TL310-2023-0457",
        "NC20260901",
        "LJ01-000042",
        "不是检验报告",
        NUMBER,
    ):
        assert text in page
    assert "四小时内申请复检" in page
    assert "《食品安全法》第八十八条" in page


def test_the_seal_is_printed_beside_its_code() -> None:
    page = plain(slip.render(content(), SEAL))
    assert f"日志：{SEAL.origin}".replace(" ", "") in page
    assert "条数：4711" in page
    assert f"根值：{SEAL.root.hex()[:16]}" in page


def test_no_radical_takes_the_place_of_a_character() -> None:
    pages = "".join(texts(slip.render(content(), SEAL)))
    assert [
        c for c in pages if "\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff" or c in "\ufffd\x00"
    ] == []


def test_poppler_reads_the_same_characters(tmp_path: Path) -> None:
    pdf = tmp_path / "slip.pdf"
    pdf.write_bytes(slip.render(content(), SEAL))
    embedded = pdf.read_bytes()
    assert b"/FontFile2" in embedded
    assert b"STSong" not in embedded
    assert sorted(set(plain(embedded)) & set("连江县快速检测结果单阳性可疑")) == sorted(
        "连江县快速检测结果单阳性可疑"
    )


def test_the_paper_is_never_called_an_inspection_report() -> None:
    page = plain(slip.render(content(), SEAL))
    assert page.count("检验报告") == page.count("不是检验报告") > 0
    english = " ".join(" ".join(texts(slip.render(content(), SEAL, "en"))).split()).lower()
    assert english.count("inspection report") == english.count("not an inspection report") > 0
    assert "合格" not in page.replace("不作合格与否的结论", "")


def test_the_same_content_gives_the_same_bytes() -> None:
    slip.render(content(number="LJ01261123002XX", laboratory="别的字先用过"), SEAL, "en", "A5")
    assert slip.render(content(), SEAL) == slip.render(content(), SEAL)


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:]\n"
        "from tests.lims.reports.papers import SEAL, content\nfrom lims.reports import slip\n"
        "print(hashlib.sha256(slip.render(content(), SEAL)).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C"},
    )
    assert done.stdout.strip() == hashlib.sha256(slip.render(content(), SEAL)).hexdigest()


def test_slips_made_at_the_same_time_do_not_mix() -> None:
    made = [
        content(number=f"LJ01261123{n:04d}X", laboratory=f"第{n}实验室{chr(0x4E00 + n * 50)}")
        for n in range(8)
    ]
    alone = [slip.render(one, SEAL) for one in made]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda one: slip.render(one, SEAL), made)) == alone


def test_a_rare_name_is_printed_as_its_code_with_a_notice() -> None:
    form = [*FORM[:8], ["样品名称", "Food", f"{RARE}鱼"], *FORM[9:]]
    made = content(sample=form)
    page = plain(slip.render(made, SEAL))
    codes = "".join(f"〔U+{ord(c):04X}〕" for c in RARE)
    assert slip.missing(made) == list(RARE)
    assert f"样品名称{codes}鱼" in page
    assert page.count(codes) == 2
    assert "字库无下列字形" in page
    assert slip.missing(content()) == []
    assert "字库无下列字形" not in plain(slip.render(content(), SEAL))


def test_a_character_with_an_empty_outline_counts_as_missing() -> None:
    assert not glyphs.drawable("℃")
    assert not glyphs.drawable("\u200b")
    assert glyphs.shown("4 ℃ Ⅴ类 ǎ 10⁵ \u202e") == "4 °C V类 〔U+01CE〕 10〔U+2075〕 〔U+202E〕"
    assert all(glyphs.drawable(mark) for mark in "○●△╳〔〕≥µ°")


@pytest.mark.parametrize(
    ("word", "shown", "english"),
    [
        ("negative", "○ 阴性", "○ Negative"),
        ("positive", "● 阳性", "● Positive"),
        ("suspect", "△ 可疑", "△ Suspect"),
        ("invalid", "╳ 无效", "╳ Invalid"),
    ],
)
def test_each_word_has_its_mark(word: str, shown: str, english: str) -> None:
    made = content(results=[result(word=word, value="", unit="", tester="甲", reviewer="乙")])
    assert texts(slip.render(made, SEAL))[0].count(shown) == 2  # the result and the legend
    assert texts(slip.render(made, SEAL, "en"))[0].count(english) == 2


def test_an_unverified_limit_says_so() -> None:
    page = plain(slip.render(content(results=[result(verified=False)]), SEAL))
    assert "〔依据未核实〕" in page
    assert "尚未与来源文件核对" in page
    assert "未核实" not in plain(slip.render(content(), SEAL))


def test_the_first_positive_stays_visible() -> None:
    first = [result(value="88.8", reading="LJ01-000007")]
    page = plain(
        slip.render(content(results=[result(word="negative", value="3.1")], first_results=first), SEAL)
    )
    assert "○阴性" in page
    assert "先前的判定" in page
    assert "测得值88.8%" in page
    assert "LJ01-000007" in page


def test_a_sample_without_an_approved_result_says_so() -> None:
    assert "没有经复核认可的结果" in plain(slip.render(content(results=[]), SEAL))


def test_a_later_version_names_the_one_it_replaces() -> None:
    assert "第3版（代替第2版）" in plain(slip.render(content(version=3, replaces=2), SEAL))


def test_many_results_go_on_with_the_number_on_each_page() -> None:
    many = [result(item=f"第 {n} 项农药残留", reading=f"LJ01-{n:06d}") for n in range(1, 31)]
    pages = texts(slip.render(content(results=many), SEAL))
    assert len(pages) > 3
    for place, page in enumerate(pages, start=1):
        assert NUMBER in page
        assert f"第 {place} / {len(pages)} 页" in page
    whole = "".join("".join(pages).split())
    assert all(f"第{n}项农药残留" in whole and f"LJ01-{n:06d}" in whole for n in range(1, 31))


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_a_long_text_wraps_inside_the_margins(size: Size) -> None:
    long = "特别长的单位名称" * 60 + "A" * 500 + " b" * 300
    form = [["单位名称", "Business", long], *FORM[1:]]
    fact = dict(zip(("at", "what", "who", "where", "detail"), TRAIL[0], strict=True)) | {"where": long}
    made = content(sample=form, trail=[fact], results=[result(item=long, clause=long)], laboratory=long)
    pdf = slip.render(made, SEAL, size=size)
    assert plain(pdf).count("A" * 30) >= 5
    for picture in pictures(pdf, 60):
        edge = round(picture.width * (6 / 148))
        for side in ((0, 0, edge, picture.height), (picture.width - edge, 0, picture.width, picture.height)):
            assert picture.crop(side).getextrema() == (255, 255)


@pytest.mark.parametrize("size", ["A4", "A5"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_text_lies_on_another(size: Size, language: str) -> None:
    made = content(results=[result(), result(item="长" * 90, clause="款" * 120)], first_results=[result()])
    for boxes in rows_of_text(slip.render(made, SEAL, language, size)):
        assert len(boxes) > 10
        overlapping = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if shared(a, b) > 1]
        assert overlapping == []


def test_a_trail_of_pairs_is_told_in_words() -> None:
    fact = {
        "at": "2026-11-23 09:58 +08:00",
        "what": "received",
        "who": "黄丽",
        "where": "",
        "detail": [["condition", "good"], ["seal_state", "intact"], ["temperature", "4.5"], ["reason", ""]],
    }
    page = plain(slip.render(content(trail=[fact]), SEAL))
    assert "状态完好、封条状态封条完好、温度4.5" in page


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_code_of_a_slip_has_its_words(language: str) -> None:
    facts = "drawn received rejected handed_over refused_handover run_started read run_closed verdict slip"
    facts += " approved repeat"
    doubts = "device_disagrees over_range negative_value unverified_rule"
    said = tongue(language)
    keys = [f"paper.fact.{code}" for code in facts.split()] + [
        f"paper.doubt.{code}" for code in doubts.split()
    ]
    assert [key for key in keys if said.t(key) == key] == []


def test_another_form_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        slip.render(content(form="slip-9"), SEAL)
    assert caught.value.code == "paper.form"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60), st.floats(20, 300))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_and_stays_in_its_room(text: str, room: float) -> None:
    lines = glyphs.wrap(text, 9, room)
    assert "".join("".join(lines).split()) == "".join(glyphs.shown(text).split())
    assert all(glyphs.width(line, 9) <= room or len(line.strip()) <= 1 for line in lines)


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_a_slip_of_practice_carries_its_mark_and_a_real_one_never(size: Size) -> None:
    assert plain(slip.render(content(number="ZZ01261123001A"), SEAL, size=size)).count("练习PRACTICE") >= 1
    assert "PRACTICE" not in plain(slip.render(content(), SEAL, size=size))
