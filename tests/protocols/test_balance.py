from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.balance import Weight, sbi, sics

FIGURES = st.decimals(-999999, 999999, places=3)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"S S     100.00 g", Weight(Decimal("100.00"), "g")),
        (b"S S    -0.0002 kg", Weight(Decimal("-0.0002"), "kg")),
        (b"S S       1250 mg", Weight(Decimal(1250), "mg")),
        (b"S D      99.87 g", "unstable"),
        (b"S I", "busy"),
        (b"S +", "overload"),
        (b"S -", "underload"),
        (b"ES", "unknown_request"),
        (b"ET", "wire_error"),
        (b"EL", "refused"),
        (b"S S     100,00 g", "content"),
        (b"S S     100.00", "content"),
        (b"", "content"),
    ],
)
def test_mt_sics(line: bytes, said: Weight | str) -> None:
    assert sics(line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"+   255.23 g  ", Weight(Decimal("255.23"), "g")),
        (b"-    12.34 mg ", Weight(Decimal("-12.34"), "mg")),
        (b"N     +   255.23 g  ", Weight(Decimal("255.23"), "g")),
        (b"+   255.23    ", "unstable"),
        (b"      High    ", "overload"),
        (b"      Low     ", "underload"),
        (b"    Err 54    ", "device_error"),
        (b"      Calc    ", "busy"),
        (b"+   255.23 g ", "content"),
        (b"+   25x.23 g  ", "content"),
        (b"\xff" * 14, "content"),
    ],
)
def test_sbi(line: bytes, said: Weight | str) -> None:
    assert sbi(line) == said


@given(FIGURES)
def test_a_figure_is_kept_digit_for_digit(value: Decimal) -> None:
    read = sics(f"S S {value:>10} g".encode())
    assert isinstance(read, Weight)
    assert str(read.value) == str(value)


@given(st.binary(max_size=24))
def test_nothing_else_is_a_weight_without_a_unit(line: bytes) -> None:
    for read in (sics(line), sbi(line)):
        assert isinstance(read, str) or read.unit
