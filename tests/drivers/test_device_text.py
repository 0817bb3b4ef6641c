"""Texts and figures of devices: exact, or kept as what they are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device_text import figure, padded, rate_doubts, text_of
from drivers.reading import Flag


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xc7\xe0\xb2\xcb\0\0", "青菜"),
        (b" ab  \0xy", "ab"),
        (b"\xc7", "\\xc7"),
        (b"a\xff\xffb", "a\\xff\\xffb"),
        (b"\0", ""),
    ],
)
def test_a_text_is_read_up_to_its_end_and_no_byte_is_dropped(raw: bytes, text: str) -> None:
    assert text_of(raw) == text
    assert text_of(padded(text, 8)) == text


@given(st.text("青菜白西红柿ab1", max_size=4))
def test_a_text_comes_back_from_its_field(text: str) -> None:
    assert text_of(padded(text, 12)) == text


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("2.350", "2.350", ()),
        (" -1 ", "-1", ()),
        ("<0.5", "0.5", (Flag.BELOW_RANGE,)),
        ("> 100", "100", (Flag.ABOVE_RANGE,)),
        ("NaN", None, (Flag.NOT_A_NUMBER,)),
        ("1e5", None, (Flag.NOT_A_NUMBER,)),
        ("", None, (Flag.NOT_A_NUMBER,)),
    ],
)
def test_a_figure_is_exact_or_none(text: str, value: str | None, flags: tuple[Flag, ...]) -> None:
    assert figure(text) == (None if value is None else Decimal(value), flags)


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        (None, (Flag.NOT_A_NUMBER,)),
        ("-0.1", (Flag.BELOW_RANGE,)),
        ("0", ()),
        ("100", ()),
        ("100.01", (Flag.ABOVE_RANGE,)),
    ],
)
def test_what_speaks_against_a_rate(value: str | None, flags: tuple[Flag, ...]) -> None:
    assert rate_doubts(None if value is None else Decimal(value)) == flags
