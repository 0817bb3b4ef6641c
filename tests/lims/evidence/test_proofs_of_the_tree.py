"""Roots and proofs: the program's against the verifier's for every size, and every kind of damage refused."""

import random
from collections.abc import Iterator
from functools import cache

import pytest

from lims.evidence import proofs, tree, verify
from lims.evidence.hashing import Hash, algorithm
from lims.evidence.tree import Frontier, leaf_hash
from lims.evidence.verify import verify_consistency, verify_inclusion

SIZES = {"sha256": 70, "sm3": 36}
EXAMPLES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
"""Leaves of the published examples of RFC 6962's tree."""


@cache
def leaves(name: str) -> list[bytes]:
    return [leaf_hash(algorithm(name), b"entry %d" % n) for n in range(SIZES[name] + 1)]


@cache
def roots(name: str) -> list[bytes]:
    hash_ = algorithm(name)
    return [tree.root(hash_, leaves(name)[:size]) for size in range(SIZES[name] + 2)]


def damaged(proof: list[bytes], dice: random.Random) -> Iterator[list[bytes]]:
    """Yield a proof with each kind of damage that changes it."""
    for place, node in enumerate(proof):
        bit = dice.randrange(256)
        flipped = bytearray(node)
        flipped[bit // 8] ^= 1 << bit % 8
        yield [*proof[:place], bytes(flipped), *proof[place + 1 :]]
        yield [*proof[:place], node[:-1], *proof[place + 1 :]]
        yield proof[:place]
        yield proof[:place] + proof[place + 1 :]
    stranger = dice.randbytes(32)
    yield from ([stranger, *proof], [*proof, stranger], [*proof, b""])
    if proof:
        yield from ([*proof, proof[-1]], [proof[0], *proof], [b""] * len(proof), [bytes(32)] * len(proof))
    for place in range(len(proof) - 1):
        yield [*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :]]


def test_the_published_roots_are_met() -> None:
    hash_ = algorithm("sha256")
    examples = [leaf_hash(hash_, bytes.fromhex(text)) for text in EXAMPLES]
    assert tree.root(hash_, []).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        tree.root(hash_, examples[:1]).hex()
        == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert (
        tree.root(hash_, examples).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@pytest.mark.parametrize("name", SIZES)
def test_growing_building_and_verifying_give_one_root(name: str) -> None:
    hash_, frontier = algorithm(name), Frontier()
    for size in range(SIZES[name] + 1):
        assert frontier.size == size
        assert len(frontier.nodes) == size.bit_count()
        ways = (frontier.root(hash_), verify._root(hash_, leaves(name)[:size]), roots(name)[size])
        assert len(set(ways)) == 1
        assert proofs.tree(hash_, leaves(name)).root(size) == roots(name)[size]
        frontier = frontier.append(hash_, leaves(name)[size])


def places(name: str) -> list[tuple[int, int]]:
    return [(index, size) for size in range(1, SIZES[name] + 1) for index in range(size)]


def turns(index: int, size: int) -> str:
    """Return on which sides the neighbours of a leaf stand, from the leaf up: all that a path knows of a size."""
    if size <= 1:
        return ""
    half = 1 << ((size - 1).bit_length() - 1)
    return turns(index, half) + "r" if index < half else turns(index - half, size - half) + "l"


def inclusion(name: str, index: int, size: int) -> list[bytes]:
    return tree.inclusion(algorithm(name), leaves(name)[:size], index)


@pytest.mark.parametrize("name", SIZES)
def test_every_leaf_of_every_size_is_proven_and_no_damage_passes(name: str) -> None:
    dice = random.Random(6962)
    for index, size in places(name):
        proof, leaf, root = inclusion(name, index, size), leaves(name)[index], roots(name)[size]
        assert proof == proofs.tree(algorithm(name), leaves(name)[:size]).inclusion(index, size)
        assert verify_inclusion(leaf, index, size, proof, root, algorithm=name)
        for bad in damaged(proof, dice):
            assert not verify_inclusion(leaf, index, size, bad, root, algorithm=name), (index, size)
        for other in (leaves(name)[index + 1], root, bytes(32), b"", leaf[:31], leaf + b"\0"):
            if other != leaf:
                assert not verify_inclusion(other, index, size, proof, root, algorithm=name)
        for other in (roots(name)[size + 1], roots(name)[size - 1], bytes(32), b"", root[:31]):
            assert not verify_inclusion(leaf, index, size, proof, other, algorithm=name)


@pytest.mark.parametrize("name", SIZES)
def test_a_wrong_place_is_refused_wherever_its_path_turns_otherwise(name: str) -> None:
    """Sizes of one shape are told apart by the head, which binds the size to the root."""
    for index, size in places(name):
        proof, leaf, root = inclusion(name, index, size), leaves(name)[index], roots(name)[size]
        for other, wrong in ((index + 1, size), (index - 1, size), (index, size + 1), (index, size - 1),
                             (index, 2 * size), (-1, size), (size, size), (index, 0), (index, -size)):  # fmt: skip
            inside = 0 <= other < wrong
            passes = inside and turns(other, wrong) == turns(index, size)
            assert verify_inclusion(leaf, other, wrong, proof, root, algorithm=name) == passes
            assert not (passes and wrong == size)


def pairs(name: str) -> list[tuple[int, int]]:
    return [(old, new) for new in range(SIZES[name] + 1) for old in range(new + 1)]


@pytest.mark.parametrize("name", SIZES)
def test_every_beginning_of_every_size_is_proven_and_no_damage_passes(name: str) -> None:
    dice, hash_ = random.Random(9162), algorithm(name)
    whole = proofs.tree(hash_, leaves(name))
    for old, new in pairs(name):
        proof = tree.consistency(hash_, leaves(name)[:new], old)
        first, second = roots(name)[old], roots(name)[new]
        assert proof == whole.consistency(old, new)
        proven = verify_consistency(old, new, first, second, proof, algorithm=name)
        assert proven == (old > 0 or new == 0), (old, new)  # nothing follows from an empty log
        for bad in damaged(proof, dice):
            assert not verify_consistency(old, new, first, second, bad, algorithm=name), (old, new)
        if old != new:
            assert not verify_consistency(new, old, second, first, proof, algorithm=name)
            assert not verify_consistency(old, new, second, first, proof, algorithm=name)
        for wrong in (bytes(32), b"", first[:31]):
            assert not verify_consistency(old, new, wrong, second, proof, algorithm=name)
            assert not verify_consistency(old, new, first, wrong, proof, algorithm=name)


@pytest.mark.parametrize("name", SIZES)
def test_a_wrong_first_size_never_passes(name: str) -> None:
    hash_ = algorithm(name)
    for old, new in pairs(name):
        proof, first, second = (
            tree.consistency(hash_, leaves(name)[:new], old),
            roots(name)[old],
            roots(name)[new],
        )
        for wrong in (old + 1, old - 1, 2 * old + 1, 0, new + 1, -1):
            if wrong != old:
                assert not verify_consistency(wrong, new, first, second, proof, algorithm=name), (
                    old,
                    new,
                    wrong,
                )


def fork(hash_: Hash, name: str, size: int, at: int) -> list[bytes]:
    """Return the leaves of a log that tells one entry otherwise."""
    told = list(leaves(name)[:size])
    told[at] = leaf_hash(hash_, b"another")
    return told


@pytest.mark.parametrize("name", SIZES)
def test_a_log_that_was_rewritten_cannot_prove_that_it_went_on(name: str) -> None:
    hash_ = algorithm(name)
    for old in range(1, 20):
        for at in range(old):
            new = old + 7
            other = fork(hash_, name, new, at)
            proof = tree.consistency(hash_, other, old)
            honest = tree.consistency(hash_, leaves(name)[:new], old)
            second = tree.root(hash_, other)
            for told in (proof, honest):
                assert not verify_consistency(old, new, roots(name)[old], second, told, algorithm=name)
