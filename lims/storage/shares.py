"""A secret in shares, of which some bring it back and fewer say nothing: Shamir's scheme over GF(256)."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from lims.errors import Invalid

_FORM = 1
_ID, _SUM, _SECRET = 4, 4, 32
_ALIKE = str.maketrans("018", "OIB")  # digits that base32 lacks, as hands write them


def _times(one: int, other: int) -> int:
    """Multiply in GF(256) with the polynomial of AES (FIPS 197, 4.2)."""
    found = 0
    while other:
        if other & 1:
            found ^= one
        one = one << 1 ^ (0x11B if one & 0x80 else 0)
        other >>= 1
    return found


def _inverse(value: int) -> int:
    found = 1
    for _ in range(254):  # the field has 255 elements but zero: a^254 is the inverse of a
        found = _times(found, value)
    return found


def split(secret: bytes, need: int, count: int) -> list[tuple[int, bytes]]:
    """Return `count` shares, numbered from 1, of which any `need` bring the secret back.

    Raises:
        ValueError: `need` is below 2 or above `count`, or there are more than 255 shares.
    """
    if not 2 <= need <= count <= 255:
        raise ValueError(f"{need} of {count} shares")
    curves = [bytes([byte]) + secrets.token_bytes(need - 1) for byte in secret]
    return [(x, bytes(_at(curve, x) for curve in curves)) for x in range(1, count + 1)]


def _at(curve: bytes, x: int) -> int:
    found = 0
    for factor in reversed(curve):
        found = _times(found, x) ^ factor
    return found


def join(shares: Sequence[tuple[int, bytes]]) -> bytes:
    """Return what the shares come to; with too few or wrong ones that is noise, so check it against something."""
    found = bytes(len(shares[0][1]))
    for x, part in shares:
        factor = 1
        for other, _ in shares:
            if other != x:
                factor = _times(factor, _times(other, _inverse(other ^ x)))
        found = bytes(sum_ ^ _times(factor, byte) for sum_, byte in zip(found, part, strict=True))
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """One share of a 32-byte secret, as it is printed: which of them, how many are needed, of which secret."""

    number: int
    need: int
    of: bytes
    part: bytes

    def text(self) -> str:
        """Return the share in groups of five capitals and digits, its check sum inside."""
        body = bytes([_FORM, self.need, self.number]) + self.of + self.part
        letters = base64.b32encode(body + hashlib.sha256(body).digest()[:_SUM]).decode().rstrip("=")
        return "-".join(letters[start : start + 5] for start in range(0, len(letters), 5))


def read(text: str) -> Share:
    """Read a share as somebody typed it: any case, blanks and hyphens anywhere.

    Raises:
        Invalid: a character is wrong or missing; the check sum tells.
    """
    letters = "".join(text.split()).replace("-", "").upper().translate(_ALIKE)
    try:
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        raise Invalid("key.share", share=text[:11]) from None
    body, sum_ = data[:-_SUM], data[-_SUM:]
    whole = len(data) == 3 + _ID + _SECRET + _SUM and hashlib.sha256(body).digest()[:_SUM] == sum_
    if not whole or body[0] != _FORM or base64.b32encode(data).decode().rstrip("=") != letters:
        raise Invalid("key.share", share=text[:11])
    return Share(body[2], body[1], body[3 : 3 + _ID], body[3 + _ID :])


def made(secret: bytes, of: bytes, need: int = 2, count: int = 3) -> list[str]:
    """Return the printed shares of a 32-byte secret; `of` are four bytes that name it."""
    return [Share(number, need, of, part).text() for number, part in split(secret, need, count)]


def joined(texts: Sequence[str], of: bytes) -> bytes:
    """Return the secret that printed shares bring back.

    Raises:
        Invalid: one cannot be read, belongs to another secret, or there are too few different ones.
    """
    shares = {share.number: share for share in map(read, texts)}
    for text, share in zip(texts, map(read, texts), strict=True):
        if share.of != of:
            raise Invalid("key.other_share", share=text[:11])
    need = max((share.need for share in shares.values()), default=2)
    if len(shares) < need:
        raise Invalid("key.few_shares", found=len(shares), need=need)
    return join([(share.number, share.part) for share in shares.values()][:need])
