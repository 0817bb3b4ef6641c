"""Proofs and what may be done to them: the kinds of damage that public probes of transparency logs are made of."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lims.evidence.hashing import ALGORITHMS, Hash
from lims.evidence.tree import leaf_hash

NOISE = hashlib.sha256(b"noise").digest()


def leaves(algorithm: str, count: int) -> list[bytes]:
    """Return the leaves of a log of so many entries, all different."""
    hash_: Hash = ALGORITHMS[algorithm]
    return [leaf_hash(hash_, b"entry %d" % number) for number in range(count)]


@dataclass(frozen=True)
class Inclusion:
    """One claim that a leaf is in a log."""

    leaf: bytes
    index: int
    size: int
    proof: Sequence[bytes]
    root: bytes


@dataclass(frozen=True)
class Consistency:
    """One claim that a log grew into another."""

    size1: int
    size2: int
    root1: bytes
    root2: bytes
    proof: Sequence[bytes]


def flipped(data: bytes, bit: int) -> bytes:
    """Return bytes with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _bits(proof: Sequence[bytes], bit: int) -> Iterator[list[bytes]]:
    for place, node in enumerate(proof):
        yield [*proof[:place], flipped(node, bit), *proof[place + 1 :]]


def _proofs(proof: Sequence[bytes], roots: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield every damaged proof: bits, order, length, empty nodes, nodes too short, nodes too many."""
    for bit in (0, 3, 4, 77, 255):
        yield from _bits(proof, bit)
    for extra in (b"", NOISE, *roots):
        yield [*proof, extra]
        yield [extra, *proof]
    if proof:
        yield list(proof[:-1])
        yield list(proof[1:])
        yield [proof[0], *proof]
        yield [*proof[:-1], proof[-1][:31]]
        yield [*proof[:-1], proof[-1] + b"\0"]
    if len(proof) > 1:
        yield list(reversed(proof))
        yield [proof[0], NOISE, *proof[1:]]


def of_inclusion(good: Inclusion, empty: bytes) -> Iterator[Inclusion]:
    """Yield claims that must be refused, made from one that holds."""
    for index in (good.index - 1, good.index + 1, good.index ^ 2, good.index + good.size, -1):
        if index != good.index:
            yield replace(good, index=index)
    for size in (good.size * 2, good.size // 2, 0, -good.size):
        yield replace(good, size=size)
    for leaf in (b"WrongLeaf", b"", NOISE, flipped(good.leaf, 9), good.leaf[:31]):
        yield replace(good, leaf=leaf)
    for root in (empty, NOISE, b"", flipped(good.root, 200), good.root + b"\0"):
        yield replace(good, root=root)
    for proof in _proofs(good.proof, [good.root]):
        if proof != list(good.proof) and proof != list(good.proof)[::-1]:
            yield replace(good, proof=proof)


def of_consistency(good: Consistency, empty: bytes) -> Iterator[Consistency]:
    """Yield claims that must be refused, made from one between different sizes that holds."""
    for size1 in (good.size1 - 1, good.size1 + 1, good.size1 ^ 2, 0, good.size2, good.size2 + 1):
        if size1 != good.size1:
            yield replace(good, size1=size1)
    for size2 in (good.size2 * 2, good.size2 // 2, 0, good.size1 - 1):
        if size2 != good.size2:
            yield replace(good, size2=size2)
    for wrong in (b"WrongRoot", NOISE, empty, b""):
        yield replace(good, root1=wrong)
        yield replace(good, root2=wrong)
    yield replace(good, root1=good.root2, root2=good.root1)
    yield replace(good, proof=[])
    for proof in _proofs(good.proof, [good.root1, good.root2]):
        if proof != list(good.proof):
            yield replace(good, proof=proof)
