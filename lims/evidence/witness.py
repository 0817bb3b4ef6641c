"""What one log asks of a witness, and how a witness weighs it: never two heads that no growth joins."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from lims.errors import Invalid
from lims.evidence import checkpoint, notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.hashing import Hash
from lims.evidence.notes import Key, Note
from lims.evidence.proofs import grown

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Request:
    """A head to be co-signed, with the proof from the size that the witness holds (C2SP `tlog-witness`)."""

    old: int
    proof: Sequence[bytes]
    note: Note

    def text(self) -> str:
        """Return it as it travels: the old size, the proof's nodes, an empty line, the signed head."""
        nodes = "".join(f"{base64.b64encode(node).decode()}\n" for node in self.proof)
        return f"old {self.old}\n{nodes}\n{self.note.text()}"


def parse(text: str) -> Request:
    """Read a request.

    Raises:
        Invalid: it is not in its form.
    """
    head, blank, note = text.partition("\n\n")
    first, *nodes = head.split("\n")
    word, _, size = first.partition(" ")
    try:
        old, proof = int(size), [base64.b64decode(node, validate=True) for node in nodes]
    except ValueError:
        raise Invalid("witness.form") from None
    wrong = [node for node in proof if len(node) != 32]
    if not blank or word != "old" or old < 0 or wrong or len(proof) > _LONGEST:
        raise Invalid("witness.form")
    return Request(old, proof, notes.parse(note))


def weigh(request: Request, held: Checkpoint | None, keys: Sequence[Key], hash_: Hash) -> str:
    """Say what a witness does with a request.

    Args:
        request: what came.
        held: the newest head of that log that the witness has co-signed, or None.
        keys: the keys it trusts for that log.
        hash_: the log's hash.

    Returns:
        `accept`; `unsigned` (no trusted key signed it), `other_log`, `stale` (the proof begins at another size
        than the witness holds), `unproved` (the proof does not join the two heads), or `conflict` (two roots for one
        size, both signed: that is proof of a second history).

    Raises:
        Invalid: the note is no head.
    """
    head = checkpoint.parse(request.note.body)
    own = [key for key in keys if key.name == head.origin]
    if not any(request.note.signed_by(key) for key in own):
        return "unsigned"
    if held is None:
        return "accept" if request.old == 0 and not request.proof else "stale"
    if held.origin != head.origin:
        return "other_log"
    if held.size == head.size and held.root != head.root:
        return "conflict"
    if request.old != held.size or head.size < held.size:
        return "stale"
    joined = grown(hash_, (held.size, head.size), (held.root, head.root), request.proof)
    return "accept" if joined else "unproved"
