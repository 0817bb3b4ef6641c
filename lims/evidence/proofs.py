"""Proofs from a log's leaves: every inner node is computed once, each proof then costs a few look-ups."""

from collections.abc import Sequence
from dataclasses import dataclass

from lims.errors import Invalid
from lims.evidence.hashing import Hash
from lims.evidence.tree import node_hash


@dataclass(frozen=True, slots=True)
class Tree:
    """The perfect subtrees over all leaves of a log: `levels[k][i]` covers 2**k leaves from i * 2**k."""

    hash: Hash
    levels: tuple[list[bytes], ...]

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first `size` leaves (all, when None).

        Raises:
            Invalid: there are not so many.
        """
        size = self.size if size is None else size
        self._within(size)
        return self._range(0, size) if size else self.hash(b"")

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the audit path of leaf `index` among the first `size` (RFC 6962, 2.1.1).

        Raises:
            Invalid: the leaf is not among them.
        """
        self._within(size)
        if not 0 <= index < size:
            raise Invalid("proof.range", index=index, size=size)
        found: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                found.append(self._range(middle, end))
                end = middle
            else:
                found.append(self._range(start, middle))
                start = middle
        return found[::-1]

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        """Return the proof that the first `size1` leaves are a beginning of the first `size2` (RFC 6962, 2.1.2).

        Raises:
            Invalid: the log is shorter, or the sizes are the wrong way round.
        """
        self._within(size2)
        if not 0 <= size1 <= size2:
            raise Invalid("proof.range", index=size1, size=size2)
        if size1 in (0, size2):
            return []
        found: list[bytes] = []
        start, end, whole = 0, size2, True
        while size1 != end:
            middle = start + _split(end - start)
            if size1 <= middle:
                found.append(self._range(middle, end))
                end = middle
            else:
                found.append(self._range(start, middle))
                start, whole = middle, False
        return found[::-1] if whole else [self._range(start, end), *found[::-1]]

    def _within(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise Invalid("proof.range", index=size, size=self.size)

    def _range(self, start: int, end: int) -> bytes:
        """Return the root over leaves from `start`, which is a multiple of the next power of two, to `end`."""
        count = end - start
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self.levels[level][start >> level]
        middle = start + _split(count)
        return node_hash(self.hash, self._range(start, middle), self._range(middle, end))


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def tree(hash_: Hash, leaves: Sequence[bytes]) -> Tree:
    """Return the tree over leaves in order; about one hash a leaf."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append(
            [node_hash(hash_, below[i], below[i + 1]) for i in range(0, len(below) - len(below) % 2, 2)]
        )
    return Tree(hash_, tuple(levels))


def included(hash_: Hash, leaf: bytes, place: tuple[int, int], proof: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to from the leaf at (index, size), or None for a path that cannot be."""
    index, size = place
    if not 0 <= index < size:
        return None
    if size == 1:
        return None if proof else leaf
    if not proof:
        return None
    middle, last = _split(size), proof[-1]
    if index < middle:
        node = included(hash_, leaf, (index, middle), proof[:-1])
        return node_hash(hash_, node, last) if node else None
    node = included(hash_, leaf, (index - middle, size - middle), proof[:-1])
    return node_hash(hash_, last, node) if node else None


def grown(hash_: Hash, sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Tell whether a log of the first size and root grew into the second; a log of nothing proves nothing."""
    size1, size2 = sizes
    if size1 == size2:
        return roots[0] == roots[1] and not proof
    if not 0 < size1 < size2 or any(len(node) != 32 for node in (*roots, *proof)):
        return False
    nodes = list(proof)
    found = _rebuilt(hash_, size1, size2, nodes, roots[0])
    return found == roots and not nodes


def _rebuilt(
    hash_: Hash, size1: int, size2: int, nodes: list[bytes], whole: bytes | None
) -> tuple[bytes, bytes] | None:
    """Return both roots of a part of the tree, taking nodes from the proof's end; `whole` is the old root itself."""
    if size1 == size2:
        node = whole or (nodes.pop() if nodes else None)
        return (node, node) if node else None
    if not nodes:
        return None
    middle, other = _split(size2), nodes.pop()
    if size1 <= middle:
        found = _rebuilt(hash_, size1, middle, nodes, whole)
        return (found[0], node_hash(hash_, found[1], other)) if found else None
    found = _rebuilt(hash_, size1 - middle, size2 - middle, nodes, None)
    return (node_hash(hash_, other, found[0]), node_hash(hash_, other, found[1])) if found else None
