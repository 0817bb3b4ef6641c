"""Sealed streams and keys: what went in comes out, and every change, cut or swap is found."""

import io
from collections.abc import Callable

import pytest

from lims.errors import Invalid, LimsError, NotAllowed, Tampered
from lims.storage import keys, sealed, shares
from lims.storage.keys import Cost, Secret
from lims.storage.sealed import CHUNK, Opener, Sealer
from tests.lims.storage.keeping import PHRASE, QUICK, recovery

KEY = bytes(range(32))
PLAIN = bytes(range(256)) * (CHUNK // 256) * 2 + b"the end"


def seal(data: bytes) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, KEY, {"form": "x"})
    for start in range(0, len(data), 300_000):
        sealer.write(data[start : start + 300_000])
    sealer.finish()
    return file.getvalue()


def unseal(data: bytes, key: bytes = KEY) -> bytes:
    file = io.BytesIO(data)
    header, bound = sealed.read_header(file, "f")
    return io.BufferedReader(Opener(file, key, header, bound, "f")).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(PLAIN)])
def test_what_is_sealed_comes_back(size: int) -> None:
    data = PLAIN[:size]
    made = seal(data)
    assert unseal(made) == data
    assert size < 100 or data[:64] not in made


SEALED = seal(PLAIN)
FIRST = len(SEALED) - (2 * (CHUNK + 16) + 7 + 16)  # where the first chunk begins
SECOND = FIRST + CHUNK + 16


def flipped(place: int) -> bytes:
    return SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :]


@pytest.mark.parametrize(
    "damaged",
    [
        *(flipped(place) for place in (FIRST, FIRST + 999, SECOND - 1, SECOND, len(SEALED) - 1)),
        SEALED[:-1],
        SEALED[:-23],  # the last chunk away, at its border
        SEALED[:SECOND],
        SEALED[:FIRST],
        SEALED + b"x",
        SEALED + SEALED[SECOND:],
        SEALED[:FIRST]
        + SEALED[SECOND : 2 * SECOND - FIRST]
        + SEALED[FIRST:SECOND]
        + SEALED[2 * SECOND - FIRST :],
        SEALED.replace(b'"form": "x"', b'"form": "y"', 1),
    ],
)
def test_damage_is_found(damaged: bytes) -> None:
    with pytest.raises(Tampered, match=r"backup\.damaged"):
        unseal(damaged)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Tampered):
        unseal(SEALED, bytes(32))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04" * 40,
        sealed.MAGIC,
        SEALED[:30],
        sealed.MAGIC + b"\0\0\0\2[]",
        sealed.MAGIC + b"\xff" * 40,
    ],
)
def test_what_is_no_sealed_file_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"backup\.foreign"):
        unseal(data)


def test_a_passphrase_opens_what_it_wrapped_alone() -> None:
    box = keys.wrap(KEY, PHRASE, QUICK)
    assert keys.unwrap(box, PHRASE) == KEY
    assert KEY.hex() not in str(box)
    with pytest.raises(NotAllowed, match=r"key\.passphrase"):
        keys.unwrap(box, PHRASE + "。")


def test_the_same_words_in_another_spelling_of_unicode_open_too() -> None:
    assert keys.unwrap(keys.wrap(KEY, "cafe\u0301 au lait 12", QUICK), "caf\u00e9 au lait 12") == KEY


def test_a_wrapped_key_cannot_be_moved_or_weakened() -> None:
    box = dict(keys.wrap(KEY, PHRASE, QUICK))
    for change in ({"salt": "00" * 16}, {"passes": 2}, {"sealed": "00" * 48}):
        with pytest.raises(NotAllowed):
            keys.unwrap({**box, **change}, PHRASE)
    for broken in ({"memory": 1 << 30}, {"kdf": "none"}, {"salt": 7}, {"nonce": "zz"}):
        with pytest.raises(Invalid, match=r"key\.file"):
            keys.unwrap({**box, **broken}, PHRASE)


def test_the_usual_cost_is_that_of_rfc_9106() -> None:
    assert Cost() == Cost(3, 65536, 4)


def test_the_recovery_key_opens_by_passphrase_and_by_any_two_shares() -> None:
    found, texts = recovery()
    box = keys.seal_to(found.public, KEY)
    for secret in (Secret(PHRASE), *(Secret(shares=pair) for pair in (texts[:2], texts[1:], texts[::2]))):
        assert keys.open_sealed(keys.private_half(found, secret), box) == KEY


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: keys.wrap(KEY, "too short", QUICK), "key.short"),
        (lambda: keys.private_half(recovery()[0], Secret()), "key.needed"),
        (lambda: keys.private_half(recovery()[0], Secret(shares=recovery()[1][:1])), "key.few_shares"),
        (lambda: keys.open_sealed(KEY, keys.seal_to(recovery()[0].public, KEY)), "key.file"),
        (lambda: keys.open_sealed(KEY, {}), "key.file"),
        (lambda: keys.recovery_from({"public": "00", "box": {}}, "f"), "key.file"),
        (lambda: keys.recovery_from({}, "f"), "key.file"),
    ],
)
def test_a_key_that_cannot_be_used_says_why(call: Callable[[], object], code: str) -> None:
    with pytest.raises(LimsError) as refused:
        call()
    assert refused.value.code == code


def test_shares_of_another_key_with_the_same_name_are_found() -> None:
    found, _ = recovery()
    forged = shares.made(KEY, found.name)[:2]
    with pytest.raises(Invalid, match=r"key\.other_share"):
        keys.private_half(found, Secret(shares=forged))
