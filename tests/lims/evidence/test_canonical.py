"""One spelling for each value: what is taken comes back the same, everything else is refused."""

import json
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.evidence.canonical import Json, decode, encode, text_fault
from lims.rules.visible import visible

TEXTS = some.text(max_size=12).map(lambda text: visible(text) or "")
VALUES: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.integers() | TEXTS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    """Equal in type as well: True is not 1 here."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(VALUES)
def test_what_is_written_is_read_back(value: Json) -> None:
    data = encode(value)
    assert same(decode(data), value)
    assert same(json.loads(data), value)
    assert encode(decode(data)) == data


@given(some.dictionaries(TEXTS, some.integers(), min_size=2, max_size=6), some.randoms())
def test_the_order_of_keys_says_nothing(value: dict[str, int], dice: Any) -> None:
    names = list(value)
    dice.shuffle(names)
    assert encode({name: value[name] for name in names}) == encode(dict(value))
    assert list(json.loads(encode(dict(value)))) == sorted(value)


def test_the_form_is_this() -> None:
    value: Json = {"豆": [True, None, -5], "a": {"b": '\n\t"\\/'}, "": 0}
    assert encode(value).decode() == '{"":0,"a":{"b":"\\n\\t\\"\\\\/"},"豆":[true,null,-5]}'


@pytest.mark.parametrize(
    "value",
    [1.0, 0.5, float("nan"), float("inf"), Decimal(1), (1, 2), {1, 2}, b"bytes", object(), [1.5], {"a": 2.0}],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(Invalid, match=r"log\.type"):
        encode(value)


@pytest.mark.parametrize("key", [1, None, True, 1.5, ("a",)])
def test_a_key_is_a_text(key: Any) -> None:
    with pytest.raises(Invalid, match=r"log\.key"):
        encode({"a": [{key: 1}]})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\x00b", "control"), ("\x07", "control"), ("\r\n", "control"), ("\x1b[31m", "control"), ("\x7f", "control"),
        ("\u202e", "bidi"), ("a\u200fb", "bidi"), ("\u2066", "bidi"), ("\u061c", "bidi"),
        ("e\u0301", "nfc"), ("\u212b", "nfc"), ("\uf900", "nfc"), ("\u1100\u1161", "nfc"),
        ("\ud800", "surrogate"), ("a\udfff", "surrogate"), ("\udcff\x00\u202e", "surrogate"),
        ("豇豆 2 kg\n\té", None), ("", None), ("𩽾", None), ("\u0301", None),
    ],
)  # fmt: skip
def test_a_text_is_refused_for_what_may_not_stand_in_it(text: str, fault: str | None) -> None:
    assert text_fault(text) == fault
    values: list[Json] = [text, [text], {"a": text}, {text: 1}]
    for value in values:
        if fault is None:
            assert same(decode(encode(value)), value)
        else:
            with pytest.raises(Invalid, match=rf"log\.text.*fault={fault}"):
                encode(value)


def test_the_place_of_a_fault_is_named() -> None:
    with pytest.raises(Invalid, match=r"where=\$\.changes\[1\]\.food"):
        encode({"changes": [{"food": "豇豆"}, {"food": "\x00"}]})


@given(some.text(alphabet=some.characters(categories=None), max_size=20))
def test_any_text_is_taken_whole_or_refused(text: str) -> None:
    if text_fault(text) is None:
        assert unicodedata.normalize("NFC", text) == text
        assert decode(encode(text)) == text
    else:
        with pytest.raises(Invalid):
            encode(text)


@pytest.mark.parametrize(
    "data",
    [
        b"1.0", b"1e5", b"1E5", b"-0", b"01", b"+1", b"NaN", b"Infinity", b"-Infinity", b"0.5", b'{"a":1.0}',
        b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1 }', b" 1", b"1\n", b"[1, 2]",
        b'"\\u0041"', b'"\\u8c47"', b'"\\/"', b'"\\u000a"', b'"e\\u0301"', '"e\u0301"'.encode(), b'"\\ud800"',
        b'"\x00"', b'"\x7f"', '"\u202e"'.encode(), b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf1", b"", b"nul", b"[1",
        b"true false", b"'a'", b'{"a":1,}', b"{1:2}", b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500,
        b"9" * 5000,
    ],
    ids=lambda data: repr(data[:16]),
)  # fmt: skip
def test_every_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"log\.(bytes|text)"):
        decode(data)


@given(VALUES, some.data())
def test_no_two_byte_strings_mean_the_same(value: Json, data: some.DataObject) -> None:
    good = encode(value)
    place = data.draw(some.integers(0, len(good) - 1))
    bad = good[:place] + bytes([data.draw(some.integers(0, 255))]) + good[place + 1 :]
    try:
        other = decode(bad)
    except Invalid:
        return
    assert same(other, value) == (bad == good)


def test_what_cannot_be_read_back_is_not_written() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    for value in (deep, 10**5000):
        with pytest.raises(Invalid, match=r"log\.bytes"):
            encode(value)
