"""Rows 8a to 8c: the chain verified against bare hashing, durable appends, the tree's appends, size of its proofs."""

import hashlib
import json
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from lims import clock
from lims.evidence import proofs, tree, verify
from lims.evidence.canonical import PREFIX
from lims.evidence.entry import Entry, from_bytes, to_bytes
from lims.evidence.hashing import algorithm
from lims.queries import audit
from lims.storage.log import append, entries
from lims.version import BUILD
from tests.bench import acts, plain
from tests.bench.harness import Book, Goal, in_turns
from tests.laboratory import Lab
from tests.positives import positive

SHA256 = algorithm("sha256")


def whole(lab: Lab) -> list[tuple[bytes, bytes]]:
    """Return the station's log."""
    place = lab.station.store.place
    with closing(lab.station.store.engine.connect()) as connection:
        return list(entries(connection, place.site, place.station))


def lived(lab: Lab, size: int) -> list[tuple[bytes, bytes]]:
    """Return a log of `size` entries: a few samples from form to review, then the same acts over and over."""
    before = len(whole(lab))
    for value in ("83.0", "12.5", "9.0"):
        positive(lab, value)
    log = whole(lab)
    like = [from_bytes(data) for data, _leaf in log[before:]]
    for number in range(size - len(log)):
        entry = like[number % len(like)]
        data = to_bytes(replace(entry, seq=len(log), prev=log[-1][1].hex(), mono=entry.mono + number))
        log.append((data, tree.leaf_hash(SHA256, data)))
    return log


def hashed(log: list[tuple[bytes, bytes]]) -> None:
    for data, _leaf in log:
        hashlib.sha256(data).digest()


def spelled(log: list[tuple[bytes, bytes]]) -> int:
    """Check a log as simple chains do: each record is read, its JSON is made again, and that is hashed."""
    good = 0
    for data, _leaf in log:
        body = json.loads(data[len(PREFIX) :])
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        good += hashlib.sha256((body["prev"] + text).encode()).digest() != b""
    return good


def test_8a_the_verifier_against_bare_hashing(book: Book, lab: Lab) -> None:
    log, origin = lived(lab, 20_000), lab.station.store.place.origin
    assert verify.verify_log(origin, log).ok
    size = sum(len(data) for data, _leaf in log) // len(log)
    what = f"verify.py, {len(log):,} entries of {size} bytes"
    found = in_turns(lambda: verify.verify_log(origin, log), lambda: hashed(log))
    note = (
        "the row hashed 168 bytes, which takes a call's time; of real entries hashlib takes a nanosecond a byte, "
        "and ours also makes leaf and node and asks every byte whether it is the one spelling of what the entry says"
    )
    goal = Goal(least=0.25, asserted=False)
    assert not book.note("8a", what, found.rates(len(log), "entries"), found.faster, goal, note).missed
    found = in_turns(lambda: verify.verify_log(origin, log), lambda: spelled(log), 3)
    goal = Goal(why="the row's packages are not here")
    what = "verify.py against JSON made anew and hashed"
    assert book.note("8a-", what, found.rates(len(log), "entries"), found.faster, goal).ratio


def test_8a_the_program_against_the_auditors_verifier(book: Book, lab: Lab) -> None:
    lab.instrument()
    acts.ours(lab, 16, 30)
    log, origin = whole(lab), lab.station.store.place.origin
    assert lab.station.ask(audit.verify).ok
    found = in_turns(lambda: lab.station.ask(audit.verify), lambda: verify.verify_log(origin, log), 3)
    goal = Goal(why="the program also rebuilds the tables")
    line = book.note(
        "8a+", "audit verify against verify.py", found.rates(len(log), "entries"), found.faster, goal
    )
    assert line.ratio


def drafted() -> Entry:
    tick = clock.tick()
    stamp = tick.wall.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    mono = int(tick.steady * 1000)
    return Entry("", 0, "", stamp, mono, tick.boot, "station", "station", "bench", "", BUILD, 1, ())


@pytest.mark.parametrize(("row", "many", "least"), [("8b", 1, 6), ("8b+", 10, 40)])
def test_8b_durable_appends_against_a_commit_a_record(
    row: str, many: int, least: float, book: Book, lab: Lab, tmp_path: Path
) -> None:
    store = lab.station.store
    amount = 200
    with closing(plain.chain(tmp_path / "chain.db")) as peer:

        def several(connection: Connection) -> None:
            for _ in range(many):
                append(connection, store.place, drafted())

        def ours() -> None:
            for _ in range(amount // many):
                store.writer.submit(several)

        def theirs() -> None:
            for _ in range(amount):
                plain.link(peer, json.dumps(asdict(drafted()), sort_keys=True))

        found = in_turns(ours, theirs)
        held = peer.execute("SELECT count(*) FROM chain").fetchone()[0]
    assert lab.station.ask(audit.verify).ok
    assert held == amount * 6
    goal = Goal(least=least, asserted=False)
    note = (
        "the row's peer kept 58 to 217 a second by itself; this one is sqlite3 alone, a rollback journal, four syncs "
        "to our one, so that 3.8 and 38 are the most; ours also grows the tree, its root and the head"
    )
    what = "durable append" if many == 1 else "durable appends, ten a transaction"
    assert not book.note(row, what, found.rates(amount, "entries"), found.faster, goal, note).missed


def test_8c_appending_to_the_tree_against_its_two_hashes(book: Book) -> None:
    leaves = [SHA256(bytes([number % 256])) for number in range(4096)]

    def append() -> None:
        frontier = tree.Frontier()
        for leaf in leaves:
            frontier = frontier.append(SHA256, leaf)

    def bare() -> None:
        for leaf in leaves:
            SHA256(leaf)
            SHA256(b"\x01" + leaf + leaf)

    found = in_turns(append, bare)
    goal = Goal(least=0.2, why="the limit is 1")
    note = "the reference is the limit itself, two hashes an append"
    assert not book.note(
        "8c", "Merkle append", found.rates(len(leaves), "leaves"), found.faster, goal, note
    ).missed


def test_8c_a_proof_has_32_bytes_a_level(book: Book) -> None:
    leaves = [SHA256(number.to_bytes(4, "big")) for number in range(16_384)]
    whole = proofs.tree(SHA256, leaves)
    paths = {index: whole.inclusion(index, len(leaves)) for index in (0, 1, 8191, 8192, 12_345, 16_383)}
    size = max(sum(map(len, path)) for path in paths.values())
    line = book.note(
        "8c+", "proof of 1 in 16,384", (f"{size} B", "448 B (14 levels)"), size / 448, Goal(most=1)
    )
    assert line.word == "held"
    root = whole.root()
    for index, path in paths.items():
        assert verify.verify_inclusion(leaves[index], index, len(leaves), path, root)
