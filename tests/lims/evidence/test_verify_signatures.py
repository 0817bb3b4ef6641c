"""The verifier's own Ed25519 and SM3 against published vectors and against the library the program signs with."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lims.evidence import notes, verify
from lims.evidence.hashing import ALGORITHMS
from lims.evidence.notes import FileSigner, Key
from lims.evidence.verify import head_of, note_body, sm3, verify_signature
from tests.lims.evidence.damage import flipped

# RFC 8032, section 7.1: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_signatures_of_the_standard_hold(public: str, message: str, signature: str) -> None:
    parts = (bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))
    assert verify_signature(*parts)
    assert not verify_signature(parts[0], parts[1], parts[2] + b"\0")


def test_every_flipped_bit_of_a_signature_or_key_is_refused() -> None:
    signature = KEY.sign(b"a head")
    assert verify_signature(PUBLIC, signature, b"a head")
    assert [
        bit for bit in range(0, 512, 7) if verify_signature(PUBLIC, flipped(signature, bit), b"a head")
    ] == []
    assert [
        bit for bit in range(0, 256, 5) if verify_signature(flipped(PUBLIC, bit), signature, b"a head")
    ] == []


def test_a_scalar_above_the_order_and_wrong_lengths_are_refused() -> None:
    signature = KEY.sign(b"x")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not verify_signature(PUBLIC, signature[:32] + scalar.to_bytes(32, "little"), b"x")
    assert not verify_signature(PUBLIC, signature[:63], b"x")
    assert not verify_signature(PUBLIC[:31], signature, b"x")
    assert not verify_signature(b"\xff" * 32, signature, b"x")


def test_sm3_written_out_is_the_sm3_of_the_library() -> None:
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 300):
        assert sm3(bytes(size)) == ALGORITHMS["sm3"](bytes(size))


def test_the_verifier_works_where_openssl_has_no_sm3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256", "sha512"})
    assert verify._hash("sm3") is sm3
    with pytest.raises(ValueError, match="md5"):
        verify._hash("md5")


def test_the_program_and_the_verifier_read_the_same_notes() -> None:
    signer = FileSigner("LJ/LJ01/sha256", KEY)
    key = Key("LJ/LJ01/sha256", PUBLIC)
    note = notes.sign("LJ/LJ01/sha256\n1\n" + "A" * 43 + "=\n", key.name, signer)
    text = note.text()
    assert note_body(text, key.text()) == note.body
    assert head_of(note.body) == (key.name, 1, bytes(32))
    for place in range(0, len(text), 3):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        try:
            ours = notes.parse(changed).signed_by(key)
        except Exception:  # noqa: BLE001 - a refusal is a refusal
            ours = False
        assert bool(note_body(changed, key.text())) == ours


@pytest.mark.parametrize(
    "text", ["", "a", "a\n1", "a\n01\nAAAA", "a\n-1\n" + "A" * 43 + "=", "\n1\n" + "A" * 43 + "="]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        head_of(text)
