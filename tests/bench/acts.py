"""Acts of several lines at once, by the program and by plain sqlite3; also as a process that is traced.

python -m tests.bench.acts FOLDER WAY THREADS AMOUNT ROUNDS    prints what it measured as JSON; WAY is one of
ours, wal, rollback, both (ours and wal in turns) or acks (journals and wal in turns). `os.chdir` marks the beginning
and the end of what counts.
"""

import json
import os
import sqlite3
import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from drivers.journal import Journal
from drivers.segments import Kind
from tests.bench import plain
from tests.laboratory import Lab, found_lab

INSTRUMENT = "TL310-1"


@dataclass(frozen=True, slots=True)
class Pace:
    """What a run of acts came to.

    Attributes:
        rate: acts a second over all threads.
        longest: seconds that the slowest act took.
    """

    rate: float
    longest: float


def paced(acts: "list[Callable[[int], object]]", amount: int) -> Pace:
    """Run each of `acts` on a thread of its own, `amount` times, all begun together."""
    gate = threading.Barrier(len(acts) + 1)
    longest = [0.0] * len(acts)

    def line(place: int, act: Callable[[int], object]) -> None:
        gate.wait()
        for number in range(amount):
            begun = time.perf_counter()
            act(number)
            longest[place] = max(longest[place], time.perf_counter() - begun)

    threads = [threading.Thread(target=line, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return Pace(len(acts) * amount / (time.perf_counter() - begun), max(longest))


def ours(lab: Lab, threads: int, amount: int) -> Pace:
    """Take readings in through the door: matched, chained, in the tree, with its stray's row."""
    return paced([lambda number: lab.value(INSTRUMENT, "2", f"{number}.5")] * threads, amount)


def by_sqlite(path: Path, threads: int, amount: int, journal: str = "WAL") -> Pace:
    """Keep a result and an audit row with a connection a thread."""
    open_ = [plain.connect(path, journal) for _ in range(threads)]
    try:
        return paced([_keeping(connection) for connection in open_], amount)
    finally:
        for connection in open_:
            connection.close()


def _keeping(connection: sqlite3.Connection) -> Callable[[int], object]:
    return lambda number: plain.keep(connection, "S-1", f"{number}.5")


def acknowledged(folder: Path, threads: int, amount: int) -> Pace:
    """Write frames down as far as an acknowledgement waits: each line's journal has them on disk."""
    journals = [Journal(folder / str(place)) for place in range(threads)]
    try:
        return paced([_journalling(journal) for journal in journals], amount)
    finally:
        for journal in journals:
            journal.close()


def _journalling(journal: Journal) -> Callable[[int], object]:
    return lambda number: journal.append(Kind.RECEIVED, b"\x021R|1|^^^INH|%d.5|%%\r\x0346\r\n" % number)


def medians(paces: "list[Pace]") -> Pace:
    """Return the median of both figures."""
    rates, waits = [one.rate for one in paces], [one.longest for one in paces]
    return Pace(statistics.median(rates), statistics.median(waits))


def rounds_of(
    own: "Callable[[Path], Pace]", folder: Path, threads: int, amount: int, rounds: int
) -> "tuple[Pace, Pace]":
    """Measure a way of ours, given a new folder each time, and plain sqlite3 in turns; return the medians."""
    pairs: list[tuple[Pace, Pace]] = []
    for number in range(rounds):
        path = folder / f"plain-{number}.db"
        if number % 2:
            other = by_sqlite(path, threads, amount)
            pairs.append((own(folder / str(number)), other))
        else:
            pairs.append((own(folder / str(number)), by_sqlite(path, threads, amount)))
    return medians([pair[0] for pair in pairs]), medians([pair[1] for pair in pairs])


def main(folder: Path, way: str, threads: int, amount: int, rounds: int) -> None:
    """Measure and print JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(found_lab(folder / "lab")) as lab:
        lab.instrument()
        ours(lab, 1, 5)
        os.chdir(".")
        if way == "both":
            taken = [*rounds_of(lambda _: ours(lab, threads, amount), folder, threads, amount, rounds)]
            found = [asdict(one) for one in taken]
        elif way == "acks":
            own = partial(acknowledged, threads=threads, amount=amount)
            found = [asdict(one) for one in rounds_of(own, folder, threads, amount, rounds)]
        elif way == "ours":
            found = [asdict(ours(lab, threads, amount))]
        else:
            path = folder / "plain.db"
            found = [asdict(by_sqlite(path, threads, amount, "WAL" if way == "wal" else "DELETE"))]
        os.chdir(".")
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6]))
