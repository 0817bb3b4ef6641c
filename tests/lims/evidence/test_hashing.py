"""The two hashes: the standards' own examples, and the verifier's written-out SM3 beside the library's."""

import random

import pytest

from lims.errors import Invalid
from lims.evidence import verify
from lims.evidence.hashing import algorithm

ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
ABCD16_SM3 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_the_examples_of_the_standards() -> None:
    assert algorithm("sha256")(b"abc").hex() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    for sm3 in (algorithm("sm3"), verify.sm3, verify._hash("sm3")):
        assert sm3(b"abc").hex() == ABC_SM3
        assert sm3(b"abcd" * 16).hex() == ABCD16_SM3


def test_the_verifiers_own_sm3_is_the_librarys() -> None:
    dice = random.Random(32905)
    for size in [*range(140), 1000, 4096]:
        data = dice.randbytes(size)
        assert verify.sm3(data) == algorithm("sm3")(data), size


@pytest.mark.parametrize("name", ["", "md5", "SHA256", "sha1"])
def test_another_hash_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=r"log\.algorithm"):
        algorithm(name)
    with pytest.raises(ValueError, match="unknown hash algorithm"):
        verify._hash(name)
