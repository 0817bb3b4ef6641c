"""Proofs of the log: what holds is accepted, every kind of damage is refused, with both hashes, by both checks."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.evidence import tree as plain
from lims.evidence.hashing import ALGORITHMS
from lims.evidence.proofs import grown, included, tree
from lims.evidence.verify import verify_consistency, verify_inclusion
from tests.lims.evidence import damage
from tests.lims.evidence.damage import Consistency, Inclusion

BOTH = pytest.mark.parametrize("algorithm", ["sha256", "sm3"])

# The eight leaves of the tests of Certificate Transparency and the roots over one to eight of them.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def holds(claim: Inclusion, algorithm: str) -> bool:
    """Tell what the verifier thinks, and make sure that the program thinks the same."""
    said = verify_inclusion(claim.leaf, claim.index, claim.size, claim.proof, claim.root, algorithm=algorithm)
    sound = all(len(node) == 32 for node in (claim.leaf, claim.root, *claim.proof))
    place = (claim.index, claim.size)
    ours = sound and included(ALGORITHMS[algorithm], claim.leaf, place, claim.proof) == claim.root
    assert said == ours
    return said


def joins(claim: Consistency, algorithm: str) -> bool:
    """Tell what the verifier thinks, and make sure that the program thinks the same."""
    roots = (claim.root1, claim.root2)
    said = verify_consistency(claim.size1, claim.size2, *roots, claim.proof, algorithm=algorithm)
    if claim.size1 >= 0:
        assert said == grown(ALGORITHMS[algorithm], (claim.size1, claim.size2), roots, claim.proof)
    return said


def test_the_roots_are_those_that_the_world_knows() -> None:
    hash_ = ALGORITHMS["sha256"]
    known = tree(hash_, [plain.leaf_hash(hash_, bytes.fromhex(leaf)) for leaf in CT_LEAVES])
    assert [known.root(size).hex() for size in range(1, 9)] == CT_ROOTS
    assert known.root(0) == hashlib.sha256(b"").digest()


@BOTH
def test_every_inclusion_holds_and_every_damage_to_it_is_refused(algorithm: str) -> None:
    leaves = damage.leaves(algorithm, 19)
    known, empty, refused = tree(ALGORITHMS[algorithm], leaves), ALGORITHMS[algorithm](b""), 0
    for size in range(1, 20):
        for index in range(size):
            good = Inclusion(leaves[index], index, size, known.inclusion(index, size), known.root(size))
            assert holds(good, algorithm)
            wrong = [bad for bad in damage.of_inclusion(good, empty) if holds(bad, algorithm)]
            assert wrong == []
            refused += 1
    assert refused == 190


@BOTH
def test_every_growth_holds_and_every_damage_to_it_is_refused(algorithm: str) -> None:
    leaves = damage.leaves(algorithm, 19)
    known, empty = tree(ALGORITHMS[algorithm], leaves), ALGORITHMS[algorithm](b"")
    for size2 in range(2, 20):
        for size1 in range(1, size2):
            roots = (known.root(size1), known.root(size2))
            good = Consistency(size1, size2, *roots, known.consistency(size1, size2))
            assert joins(good, algorithm)
            assert [bad for bad in damage.of_consistency(good, empty) if joins(bad, algorithm)] == []


def test_equal_sizes_need_equal_roots_and_an_empty_log_proves_no_other() -> None:
    empty, one, two = hashlib.sha256(b"").digest(), b"don't care 1", b"don't care 2"
    claims = {
        (0, 0, one, one, ()): True,
        (1, 1, two, two, ()): True,
        (0, 0, one, two, ()): False,
        (1, 1, one, two, ()): False,
        (0, 0, empty, empty, (empty,)): False,
        (1, 1, empty, empty, (empty,)): False,
        (0, 1, one, two, ()): False,
        (0, 1, empty, two, ()): False,
        (0, 1, empty, empty, (empty,)): False,
        (1, 0, one, two, ()): False,
        (2, 1, one, two, ()): False,
        (1, 2, one, two, ()): False,
    }
    for (size1, size2, root1, root2, proof), wanted in claims.items():
        assert joins(Consistency(size1, size2, root1, root2, proof), "sha256") is wanted


def test_no_leaf_is_in_an_empty_log_and_a_log_of_one_needs_no_proof() -> None:
    leaf = damage.leaves("sha256", 1)[0]
    assert holds(Inclusion(leaf, 0, 1, [], leaf), "sha256")
    for index, size in ((0, 0), (1, 0), (1, 1), (2, 1)):
        assert not holds(Inclusion(leaf, index, size, [], leaf), "sha256")
    assert not verify_inclusion(b"", 0, 1, [], b"")


@BOTH
@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 3000))
def test_stored_leaves_give_the_proofs_of_the_definition(
    algorithm: str, data: st.DataObject, size: int
) -> None:
    hash_ = ALGORITHMS[algorithm]
    leaves = damage.leaves(algorithm, size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    known = tree(hash_, leaves)
    assert known.root() == plain.root(hash_, leaves)
    assert known.inclusion(index, size) == plain.inclusion(hash_, leaves, index)
    assert known.consistency(old, size) == plain.consistency(hash_, leaves, old)


def test_a_proof_beyond_the_log_is_refused() -> None:
    known = tree(ALGORITHMS["sha256"], damage.leaves("sha256", 5))
    for asked in (lambda: known.inclusion(5, 5), lambda: known.consistency(3, 6), lambda: known.root(6)):
        with pytest.raises(Invalid, match=r"proof\.range"):
            asked()


@BOTH
@settings(max_examples=150, deadline=None)
@given(
    claim=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    proof=st.lists(st.sampled_from(damage.leaves("sha256", 4)), max_size=7),
    root=st.sampled_from(damage.leaves("sha256", 4)),
)
def test_the_two_checks_agree_on_what_a_lying_server_says(
    algorithm: str, claim: tuple[int, int], proof: list[bytes], root: bytes
) -> None:
    leaf = damage.leaves("sha256", 1)[0]
    assert holds(Inclusion(leaf, *claim, proof, root), algorithm) in {True, False}
    assert joins(Consistency(*claim, leaf, root, proof), algorithm) in {True, False}
