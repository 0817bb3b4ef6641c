"""Shares of a key: any two of three bring it back, one says nothing, a slip of the pen is found."""

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.storage import shares

SECRET = bytes(range(32))
OF = b"\x01\x02\x03\x04"


def test_the_field_is_that_of_aes() -> None:
    assert shares._times(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert shares._times(0x57, 0x13) == 0xFE
    assert all(shares._times(value, shares._inverse(value)) == 1 for value in range(1, 256))


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.integers(2, 5), st.integers(0, 3))
def test_any_so_many_shares_bring_the_secret_back(secret: bytes, need: int, more: int) -> None:
    made = shares.split(secret, need, need + more)
    assert all(shares.join(some) == secret for some in combinations(made, need))
    assert shares.join(made[::-1]) == secret


def test_one_share_fits_every_secret_equally() -> None:
    # for a share y at x there is exactly one line through each possible secret: knowing it rules none out
    for x in (1, 2, 3):
        slopes = {
            secret: {slope for slope in range(256) if secret ^ shares._times(slope, x) == 0x5A}
            for secret in range(256)
        }
        assert all(len(found) == 1 for found in slopes.values())


def test_shares_are_drawn_anew_each_time() -> None:
    assert shares.split(SECRET, 2, 3) != shares.split(SECRET, 2, 3)


def test_two_printed_shares_are_enough_in_any_order_and_spelling() -> None:
    made = shares.made(SECRET, OF)
    assert len(made) == 3
    for one, other in permutations(made, 2):
        typed = [one.lower().replace("-", " "), other.replace("O", "0").replace("I", "1")]
        assert shares.joined(typed, OF) == SECRET


def test_every_wrong_character_is_found() -> None:
    text = shares.made(SECRET, OF)[0]
    for place, letter in enumerate(text):
        if letter != "-":
            wrong = text[:place] + ("A" if letter != "A" else "C") + text[place + 1 :]
            with pytest.raises(Invalid, match=r"key\.share"):
                shares.read(wrong)


@pytest.mark.parametrize("text", ["", "AEBAC", "你好", "AEBAC-MMUTM" * 9, "=" * 70])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"key\.share"):
        shares.read(text)


def test_too_few_or_foreign_shares_are_refused() -> None:
    made = shares.made(SECRET, OF)
    with pytest.raises(Invalid, match=r"key\.few_shares"):
        shares.joined([made[0], made[0]], OF)
    with pytest.raises(Invalid, match=r"key\.other_share"):
        shares.joined([made[0], shares.made(SECRET, b"abcd")[1]], OF)


@pytest.mark.parametrize(("need", "count"), [(1, 3), (4, 3), (2, 256)])
def test_a_scheme_that_keeps_no_secret_is_refused(need: int, count: int) -> None:
    with pytest.raises(ValueError, match="shares"):
        shares.split(SECRET, need, count)
