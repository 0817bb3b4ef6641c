"""Text of the outside world: nothing is dropped, and the log takes all of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.evidence.canonical import text_fault
from lims.rules.visible import visible


def test_nothing_stays_nothing() -> None:
    assert visible(None) is None
    assert visible("") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("豇豆\t2 kg\n", "豇豆\t2 kg\n"),
        ("a\x00b", "a<U+0000>b"),
        ("\x7f\x85", "<U+007F><U+0085>"),
        ("\u202eabc\u2069", "<U+202E>abc<U+2069>"),
        ("\u061c\u200e\u200f", "<U+061C><U+200E><U+200F>"),
        ("\udcff", "<U+DCFF>"),
        ("e\u0301", "é"),
        ("a\x00\u0301", "a<U+0000>\u0301"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(some.text(alphabet=some.characters(categories=None), max_size=40))
def test_whatever_a_device_sends_the_log_takes(text: str) -> None:
    shown = visible(text)
    assert shown is not None
    assert text_fault(shown) is None
    assert visible(shown) == shown
    if text_fault(text) is None and not any("\x80" <= c <= "\x9f" for c in text):
        assert shown == unicodedata.normalize("NFC", text)
