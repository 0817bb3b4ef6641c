"""The hash functions a log may be founded on: SHA-256, or SM3 where the law asks for it."""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes

from lims.errors import Invalid

Hash = Callable[[bytes], bytes]


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


ALGORITHMS: dict[str, Hash] = {"sha256": _sha256, "sm3": _sm3}


def algorithm(name: str) -> Hash:
    """Return the hash function called `name` (`sha256` by FIPS 180-4, `sm3` by GB/T 32905).

    Raises:
        Invalid: for a name that no log of this program uses.
    """
    try:
        return ALGORITHMS[name]
    except KeyError:
        raise Invalid("log.algorithm", name=name) from None
