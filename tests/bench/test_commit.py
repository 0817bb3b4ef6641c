"""Rows 1a to 1d: syncs of a transaction, acts a second of one line and of sixteen, the longest wait."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench import acts
from tests.bench.harness import Book, Goal, in_turns, shown
from tests.laboratory import Lab

ROOT = Path(__file__).parents[2]
LINES = 16
SYNC = re.compile(r"\bf(?:data)?sync\(")
TRACE = ("strace", "--seccomp-bpf", "-f", "-qq")


def traced(log: Path, folder: Path, *what: str, slow: int = 0) -> tuple[list[dict[str, float]], str] | None:
    """Run `acts` under strace and return what it measured and the trace between its marks; None without strace."""
    if shutil.which("strace") is None:
        return None
    inject = ["-e", f"inject=fsync,fdatasync:delay_enter={slow * 1000}"] if slow else []
    trace = [*TRACE, "-e", "trace=fsync,fdatasync,chdir", *inject, "-o", str(log)]
    command = [*trace, sys.executable, "-m", "tests.bench.acts", str(folder), *what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:  # a container may forbid tracing
        return None
    between = log.read_text(encoding="utf-8").split('chdir(".")')[1]
    return json.loads(done.stdout), between


def syncs(folder: Path, way: str, threads: int, amount: int) -> float | None:
    found = traced(
        folder / f"{way}{threads}.txt", folder / f"{way}{threads}", way, str(threads), str(amount), "1"
    )
    return None if found is None else len(SYNC.findall(found[1])) / (threads * amount)


def told(value: float | None) -> str:
    return "strace is needed" if value is None else f"{value:.2f} syncs"


def test_1a_syncs_of_a_transaction(book: Book, tmp_path: Path) -> None:
    """The ratio of this row is the count itself: an fsync or fdatasync for each durable act of one line."""
    own = syncs(tmp_path, "ours", 1, 100)
    wal, rollback = syncs(tmp_path, "wal", 1, 100), syncs(tmp_path, "rollback", 1, 100)
    goal = Goal(most=1.1, asserted=False)
    sides = (told(own), f"WAL {told(wal)}, rollback journal {told(rollback)}")
    line = book.note("1a", "syncs an act, one line", sides, own, goal)
    assert line.word == "not measured" or (own or 0) >= 1, "an act that was not synced is not durable"


def test_1a_syncs_of_an_act_when_sixteen_lines_speak(book: Book, tmp_path: Path) -> None:
    own, wal = syncs(tmp_path, "ours", LINES, 10), syncs(tmp_path, "wal", LINES, 10)
    line = book.note(
        "1a+", "syncs an act, 16 lines", (told(own), f"WAL {told(wal)}"), own, Goal(most=0.2, asserted=False)
    )
    assert line.word == "not measured" or (own or 0) > 0


def test_1b_one_line_against_the_disk(book: Book, tmp_path: Path, lab: Lab) -> None:
    lab.instrument()
    amount = 40
    with (tmp_path / "floor").open("wb", buffering=0) as file:

        def floor() -> None:
            for _ in range(amount):
                file.write(bytes(4096))
                os.fdatasync(file.fileno())

        found = in_turns(lambda: acts.ours(lab, 1, amount), floor)
    note = "a reading through the door: found its place, chained, in the tree; at a sync of 1 to 16 ms the share grows"
    goal = Goal(least=0.4, asserted=False)
    assert not book.note(
        "1b", "readings taken in, of the disk's syncs", found.rates(amount, "acts"), found.faster, goal, note
    ).missed


def compared(book: Book, row: str, what: str, own: acts.Pace, other: acts.Pace, goal: Goal) -> None:
    """Note acts a second and the longest wait of the same run."""
    sides = (f"{own.rate:,.0f} acts/s", f"{other.rate:,.0f} acts/s")
    assert not book.note(row, f"16 lines at once{what}", sides, own.rate / other.rate, goal).missed
    waits = (shown(own.longest), shown(other.longest))
    ratio, wait = own.longest / other.longest, Goal(most=1 / 50, asserted=False)
    book.note(
        row.replace("c", "d", 1),
        f"longest wait{what}",
        waits,
        ratio,
        wait,
        "short runs: the peer's wait grows with time",
    )


def test_1c_sixteen_lines_against_a_connection_a_thread(book: Book, tmp_path: Path, lab: Lab) -> None:
    lab.instrument()
    acts.ours(lab, LINES, 2)
    own, other = acts.rounds_of(lambda _: acts.ours(lab, LINES, 10), tmp_path, LINES, 10, 5)
    compared(book, "1c", ", taken in", own, other, Goal(least=4, asserted=False))


def test_1c_what_an_acknowledgement_waits_for(book: Book, tmp_path: Path) -> None:
    """A device hears its acknowledgement as soon as its line's journal is synced; taking in goes on behind."""
    own, other = acts.rounds_of(lambda at: acts.acknowledged(at, LINES, 20), tmp_path, LINES, 20, 5)
    compared(book, "1c ack", ", acknowledged", own, other, Goal(least=4, asserted=False))


def slowly(book: Book, folder: Path, way: str, row: str, what: str) -> None:
    """Note a row with eight milliseconds put before every sync, as a hard disk has them."""
    found = traced(folder / "slow.txt", folder / "slow", way, str(LINES), "6", "3", slow=8)
    goal = Goal(least=6, asserted=False)
    if found is None:
        line = book.note(row, what, ("strace is needed", ""), None, goal)
        assert line.word == "not measured"
        return
    own, other = (acts.Pace(**one) for one in found[0])
    compared(book, row, what, own, other, goal)


def test_1c_the_same_on_a_slow_disk(book: Book, tmp_path: Path) -> None:
    slowly(book, tmp_path, "both", "1c+", ", taken in, a sync of 8 ms")
    assert book.lines


def test_1c_acknowledged_on_a_slow_disk(book: Book, tmp_path: Path) -> None:
    slowly(book, tmp_path, "acks", "1c+ ack", ", acknowledged, a sync of 8 ms")
    assert book.lines
