import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import ProtocolError
from protocols.words import Number, bits, float32, number, text


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ((0xFFFF,), "uint16", "65535"),
        ((0xFFFF,), "int16", "-1"),
        ((0x0001, 0x0000), "uint32", "65536"),
        ((0xFFFF, 0xFFFE), "int32", "-2"),
        ((0x4215, 0x999A), "float32", "37.4"),
        ((0x1234,), "bcd16", "1234"),
        ((0x0012, 0x3456), "bcd32", "123456"),
    ],
)
def test_kinds(words: tuple[int, ...], kind: str, value: str) -> None:
    assert number(words, kind) == Number(Decimal(value))


def test_orders_of_the_four_bytes() -> None:
    for words, order, swap in (
        ((0x4215, 0x999A), "big", False),
        ((0x999A, 0x4215), "little", False),
        ((0x1542, 0x9A99), "big", True),
        ((0x9A99, 0x1542), "little", True),
    ):
        assert number(words, "float32", "big" if order == "big" else "little", swap=swap).value == Decimal(
            "37.4"
        )


def test_a_scale_is_exact() -> None:
    assert str(number((374,), "uint16", scale=Decimal("0.1")).value) == "37.4"
    assert str(number((0xFFFF, 0xFFFF), "uint32", scale=Decimal("0.001")).value) == "4294967.295"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("7FC00000", "nan"), ("FFC00001", "nan"), ("7F800000", "infinite"), ("FF800000", "infinite")],
)
def test_what_is_no_number_has_a_reason(raw: str, reason: str) -> None:
    assert float32(bytes.fromhex(raw)) == Number(None, reason)
    high, low = struct.unpack(">HH", bytes.fromhex(raw))
    assert number((high, low), "float32", scale=Decimal("0.1")) == Number(None, reason)


def test_bcd_with_a_letter_is_no_number() -> None:
    assert number((0x12A4,), "bcd16") == Number(None, "bcd")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("3DCCCCCD", "0.1"),
        ("00000000", "0"),
        ("80000000", "0"),
        ("447CBC7C", "1010.94507"),
        ("7F7FFFFF", "3.4028235E+38"),
    ],
)
def test_floats_read_as_their_shortest_decimal(raw: str, value: str) -> None:
    assert float32(bytes.fromhex(raw)).value == Decimal(value)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_the_decimal_is_this_float_again(value: float) -> None:
    found = float32(struct.pack(">f", value)).value
    assert found is not None
    assert struct.unpack(">f", struct.pack(">f", float(found)))[0] == value


def test_what_cannot_be_read() -> None:
    with pytest.raises(ProtocolError, match="float64"):
        number((1,), "float64")
    with pytest.raises(ProtocolError, match="takes 2"):
        number((1,), "float32")


def test_bits_of_a_word() -> None:
    assert bits(0b1010_0000, 5) == 1
    assert bits(0xABCD, 4, 8) == 0xBC
    assert bits(0xABCD, 0, 16) == 0xABCD
    for first, count in ((-1, 1), (0, 0), (9, 8)):
        with pytest.raises(ProtocolError):
            bits(1, first, count)


def test_text_in_words() -> None:
    assert text((0x4C4F, 0x5431, 0x0042)) == "LOT1"
    assert text((0x4F4C, 0x3154), swap=True) == "LOT1"
    assert text((0xC7E0, 0xB2CB), "gb18030") == "青菜"
    assert text((0x41FF,)) == "A\udcff"
