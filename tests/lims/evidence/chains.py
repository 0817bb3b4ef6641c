"""Small logs for tests of evidence: entries chained by hand, without a database."""

from dataclasses import replace

from lims.evidence.entry import Change, Entry, to_bytes
from lims.evidence.hashing import algorithm
from lims.evidence.tree import leaf_hash

ORIGINS = ("LJ/LJ01/sha256", "LJ/LJ01/sm3")
EMPTY = Entry(
    "", 0, "", "2026-11-24T01:30:00.000Z", 1000, "boot", "a1", "sampler", "sample.draw", "", "0.1", 1, ()
)


def chained(origin: str, size: int, **more: str) -> list[tuple[bytes, bytes]]:
    """Return (bytes, leaf) of a log of `size` entries."""
    hash_ = algorithm(origin.rsplit("/", 1)[-1])
    log: list[tuple[bytes, bytes]] = []
    for seq in range(size):
        change = Change(
            "sample", {"id": f"LJ0126112400{seq:02}", "food": "豇豆", "value": None, "real": True, **more}
        )
        prev = log[-1][1].hex() if log else ""
        data = to_bytes(replace(EMPTY, origin=origin, seq=seq, prev=prev, changes=(change,)))
        log.append((data, leaf_hash(hash_, data)))
    return log
