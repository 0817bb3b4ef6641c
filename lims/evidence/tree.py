"""The Merkle tree of RFC 6962 over a growing log: roots, inclusion proofs and consistency proofs."""

from collections.abc import Sequence
from dataclasses import dataclass

from lims.evidence.hashing import Hash


def leaf_hash(hash_: Hash, data: bytes) -> bytes:
    """Return the leaf of one entry: H(0x00 || bytes), RFC 6962 section 2.1."""
    return hash_(b"\x00" + data)


def node_hash(hash_: Hash, left: bytes, right: bytes) -> bytes:
    """Return an inner node: H(0x01 || left || right), RFC 6962 section 2.1."""
    return hash_(b"\x01" + left + right)


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees of a log, largest first: all that appending needs.

    Attributes:
        size: number of leaves.
        nodes: one hash for each 1 bit of `size`, from the highest bit to the lowest.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, hash_: Hash, leaf: bytes) -> "Frontier":
        """Return the frontier after one more leaf."""
        nodes, node, size = list(self.nodes), leaf, self.size
        while size & 1:
            node = node_hash(hash_, nodes.pop(), node)
            size >>= 1
        return Frontier(self.size + 1, (*nodes, node))

    def root(self, hash_: Hash) -> bytes:
        """Return the tree's root; the root of an empty log is the hash of nothing."""
        if not self.nodes:
            return hash_(b"")
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(hash_, left, node)
        return node


def root(hash_: Hash, leaves: Sequence[bytes]) -> bytes:
    """Return the root over `leaves` in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(hash_, leaf)
    return frontier.root(hash_)


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(hash_: Hash, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree over all `leaves`, RFC 6962 section 2.1.1."""
    if len(leaves) <= 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion(hash_, leaves[:k], index), root(hash_, leaves[k:])]
    return [*inclusion(hash_, leaves[k:], index - k), root(hash_, leaves[:k])]


def consistency(hash_: Hash, leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return the proof that the tree over the first `size` leaves is a beginning of the whole, section 2.1.2."""
    return [] if size in (0, len(leaves)) else _subproof(hash_, leaves, size, whole=True)


def _subproof(hash_: Hash, leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root(hash_, leaves)]
    k = _split(len(leaves))
    if size <= k:
        return [*_subproof(hash_, leaves[:k], size, whole=whole), root(hash_, leaves[k:])]
    return [*_subproof(hash_, leaves[k:], size - k, whole=False), root(hash_, leaves[:k])]
