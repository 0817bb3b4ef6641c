"""History of a card reader and plates of a milk scanner: rows by their names, words, clocks, files that grow."""

from typing import Any

import pytest

from drivers.registry import profile
from protocols.files import FileShot, encode

HEAD = "导出;;\nSample Number;Test Name;Result;Test Time;Lot;Result note\n"


def finecare(text: str, **settings: Any) -> list[Any]:
    return list(profile("wondfo_finecare").read(FileShot("history.csv", text.encode("gb18030")), settings))


@pytest.mark.parametrize(
    ("result", "value", "unit", "call", "flags"),
    [
        ("12.5 ng/mL", "12.5", "ng/mL", None, ()),
        ("<2", None, None, None, ("below_range",)),
        (">100 ng/mL", None, "ng/mL", None, ("above_range",)),
        ("阴性", None, None, "negative", ()),
        ("Error 3", None, None, None, ("not_a_number",)),
        ("", None, None, None, ("not_a_number",)),
    ],
)
def test_results(
    result: str, value: str | None, unit: str | None, call: str | None, flags: tuple[str, ...]
) -> None:
    (found,) = finecare(f"{HEAD}S-1;CAP;{result};2026-08-07 10:31;L1;x\n")
    assert ((None if found.value is None else str(found.value)), found.unit) == (value, unit)
    assert (found.call, found.flags) == (call, flags)


def test_a_file_that_grows_keeps_the_records_of_its_old_rows() -> None:
    first = finecare(f"{HEAD}S-1;CAP;1;2026-08-07 10:31;L1;\n")
    both = finecare(f"{HEAD}S-1;CAP;1;2026-08-07 10:31;L1;\nS-1;CAP;1;2026-08-07 10:40;L1;\n")
    assert first == both[:1]
    assert both[0].record != both[1].record


def test_columns_and_items_are_the_laboratorys_to_name() -> None:
    text = "x\nNr;Sample Number;Test Name;Result;When;Unit 2\n1;S-1;CAP;1;07.08.2026 10:31;ppb\n"
    (found,) = finecare(
        text, columns={"time": "When", "unit": "Unit 2"}, clock="%d.%m.%Y %H:%M", items={"CAP": "氯霉素"}
    )
    assert (found.item, found.unit, found.measured_at.isoformat()) == ("氯霉素", "ppb", "2026-08-07T10:31:00")
    assert found.extra["Nr"] == "1"
    (other,) = finecare(text)
    assert (other.measured_at, other.flags) == (None, ("bad_clock",))


PLATE = "Plate;Date\nP7;2026-08-07 10:31\n\nPosition;Z-value;Result;Remark\n"


def delvotest(text: str, **settings: Any) -> list[Any]:
    return list(profile("delvotest").read(FileShot("p.csv", text.encode()), {"delimiter": ";", **settings}))


@pytest.mark.parametrize(
    ("word", "call", "flags"),
    [
        ("NEG", "negative", ()),
        ("POS", "positive", ()),
        ("UND", "suspect", ()),
        ("NA", "not_applicable", ()),
        ("INV", "invalid", ()),
        ("FST", None, ("unknown_meaning",)),
    ],
)
def test_words_of_the_scanner(word: str, call: str | None, flags: tuple[str, ...]) -> None:
    (found,) = delvotest(f"{PLATE}A01;-8,21;{word};\n")
    assert (found.position, str(found.value), found.call, found.flags) == ("A1", "-8.21", call, flags)
    assert (found.extra["Plate"], found.extra["result"]) == ("P7", word)


def test_a_laboratory_may_say_what_a_word_means() -> None:
    (found,) = delvotest(f"{PLATE}A01;-8.21;FST;\n", words={"FST": "invalid"})
    assert (found.call, found.flags) == ("invalid", ())


def test_a_well_without_a_figure_is_still_a_reading() -> None:
    (found,) = delvotest(f"{PLATE.replace('2026-08-07 10:31', '07/08/26')}A01;;NEG;late\n")
    assert (found.value, found.call, found.flags) == (None, "negative", ("not_a_number", "bad_clock"))
    assert (found.extra["clock"], found.extra["Remark"]) == ("07/08/26", "late")


@pytest.mark.parametrize("name", ["wondfo_finecare", "delvotest"])
@pytest.mark.parametrize("data", [b"", b"a;b\n1;2\n", b"PK\x03\x04 damaged"])
def test_another_file_is_broken(name: str, data: bytes) -> None:
    one = profile(name)
    (broken,) = one.codec(one.defaults).receive(encode("a.csv", data), 0.0)
    assert broken.reason == "content"
