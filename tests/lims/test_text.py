"""Chinese and English: one call, two languages, switched while running, from many threads."""

import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.reading import Call
from lims import text
from lims.errors import Invalid, LimsError, NotFound, Problem

MOMENT = datetime(2026, 11, 23, 23, 20, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _chinese_again() -> Iterator[None]:
    yield
    text.use("zh_CN")


@pytest.fixture
def own_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    text.tongue.cache_clear()
    for language, said in (("zh_CN", "已收样 {count} 份"), ("en", "Received {count} samples.")):
        (tmp_path / language).mkdir()
        write(tmp_path / language / "one.po", "received.count", said)
    yield tmp_path
    text.tongue.cache_clear()


def write(path: Path, key: str, said: str, age: int = 0) -> None:
    path.write_text(f'msgid "{key}"\nmsgstr "{said}"\n', encoding="utf-8")
    os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))


def test_chinese_comes_first() -> None:
    assert text.current() == "zh_CN"
    assert text.words(Call.NEGATIVE) == "阴性"


def test_a_switch_needs_no_restart() -> None:
    text.use("en")
    assert text.words(Call.NEGATIVE) == "Negative"
    assert text.words("call.negative") == "Negative"


def test_a_document_keeps_its_own_language() -> None:
    text.use("en")
    assert text.tongue("zh_CN").words(Call.POSITIVE) == "阳性"


def test_english_text_translates_to_itself() -> None:
    assert text.tongue("en").t("Sign {what}", what="in") == "Sign in"
    assert text.t("") == ""


def test_a_value_nobody_named_is_shown_as_it_is() -> None:
    assert text.words("call.sideways") == "sideways"


def test_a_missing_value_leaves_its_place_standing() -> None:
    assert text.t("{a} and {b}", a=1) == "1 and {b}"


def test_a_language_without_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="zh_CN, en"):
        text.use("fr")
    assert text.current() == "zh_CN"


def test_listeners_hear_each_change_once_until_they_stop() -> None:
    heard: list[str] = []
    stop = text.listen(heard.append)
    text.use("en")
    text.use("en")
    stop()
    stop()
    text.use("zh_CN")
    assert heard == ["en"]


def test_threads_may_speak_while_the_language_changes() -> None:
    said: set[str] = set()
    done = threading.Event()

    def speak() -> None:
        while not done.is_set():
            said.add(text.words(Call.NEGATIVE))

    speakers = [threading.Thread(target=speak) for _ in range(4)]
    for speaker in speakers:
        speaker.start()
    for _ in range(200):
        text.use("en")
        text.use("zh_CN")
    done.set()
    for speaker in speakers:
        speaker.join()
    assert said <= {"阴性", "Negative"}


def test_an_unknown_code_is_named_not_swallowed() -> None:
    said = text.sentence(NotFound("no.such.code", number="A7"))
    assert "no.such.code" in said
    assert "A7" in said


def test_any_exception_becomes_a_sentence() -> None:
    assert "ValueError: {odd}" in text.sentence(ValueError("{odd}"))


def test_problems_follow_on_their_own_lines() -> None:
    problems = [Problem("no.code", "A field of no catalogue", {"value": "-"}), Problem("no.other")]
    lines = text.sentence(Invalid("no.form", problems)).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("A field of no catalogue: ")


def test_values_of_an_error_are_spoken_in_the_language(own_catalogue: Path) -> None:
    write(own_catalogue / "en" / "two.po", "error.full", "At {when}: {names} on {day}.")
    text.tongue.cache_clear()
    error = LimsError("full", when=MOMENT, names=["a", Call.NEGATIVE], day=date(2026, 1, 2))
    assert text.tongue("en").sentence(error).startswith("At 2026-11-24 07:20:05: a")
    assert text.tongue("en").sentence(error).endswith("on 2026-01-02.")


def test_the_same_sources_compile_to_the_same_bytes_on_any_day(own_catalogue: Path) -> None:
    laid = text.compile_all()
    assert laid == [own_catalogue / language / "LC_MESSAGES/kuaijian.mo" for language in text.LANGUAGES]
    for path in laid:
        (said,) = re.findall(rb"POT-Creation-Date: (.*)", path.read_bytes())
        assert said == b"1970-01-01 00:00+0000"


def test_numbers_keep_every_digit() -> None:
    assert [text.number(value) for value in (Decimal("95.20"), Decimal("1E+3"), 31204)] == [
        "95.20",
        "1,000",
        "31,204",
    ]


def test_times_are_the_laboratorys_own() -> None:
    assert (text.date(MOMENT), text.time(MOMENT), text.moment(MOMENT)) == (
        "2026-11-24",
        "07:20",
        "2026-11-24 07:20:05",
    )
    assert text.tongue("zh_CN").long_date(MOMENT) == "2026年11月24日"
    assert text.tongue("en").long_date(date(2026, 11, 4)) == "4 November 2026"


def test_a_catalogue_that_was_never_compiled_is_read_all_the_same(own_catalogue: Path) -> None:
    assert not text.compiled("zh_CN").exists()
    assert text.t("received.count", count=3) == "已收样 3 份"
    assert own_catalogue == text.LOCALE


def test_the_compiled_catalogue_is_used_until_a_source_is_newer(own_catalogue: Path) -> None:
    text.compile_all()
    source = own_catalogue / "en" / "one.po"
    write(source, "received.count", "Changed, but older than the compiled one.", age=60)
    assert text.tongue("en").t("received.count", count=3) == "Received 3 samples."
    text.tongue.cache_clear()
    write(source, "received.count", "Got {count}.")
    os.utime(source, ns=(2**62, 2**62))
    assert text.tongue("en").t("received.count", count=3) == "Got 3."


def test_a_fuzzy_entry_is_not_shown(own_catalogue: Path) -> None:
    path = own_catalogue / "en" / "two.po"
    path.write_text('#, fuzzy\nmsgid "a.guess"\nmsgstr "Perhaps"\n', encoding="utf-8")
    assert text.tongue("en").t("a.guess") == "a.guess"
