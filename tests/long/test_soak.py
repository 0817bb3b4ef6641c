"""Sixteen lines at their real speed with faults on: nothing lost, nothing twice, and little of the processor.

Ten minutes; `KUAIJIAN_SOAK_MINUTES=1 python3 run.py long -k soak` is a shorter one. The processor's time of capture
alone (the program's own reading of all lines, until their threads have the bytes) is held against a thread a line that
reads single bytes of the same run; what the journal, decoding and handing over cost besides is told.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from drivers.crew import Crew, Post
from drivers.reading import Reading
from drivers.registry import profile
from protocols.codec import Broken
from tests.long import soaking

ROOT = Path(__file__).parents[2]
MINUTES = float(os.environ.get("KUAIJIAN_SOAK_MINUTES", "10"))
DRAIN = 120.0
SHARE = 1 / 10
"""What capture may take of the processor's time of single bytes."""


class Counted:
    """Counts readings as the laboratory would: what has its own time or number and is the same again is a repeat."""

    def __init__(self) -> None:
        self.seen: dict[str, Counter[tuple[str, ...]]] = {}
        self.places: set[tuple[str, int, int]] = set()
        self.twice = self.broken_pieces = 0
        self._lock = threading.Lock()

    def reading(self, name: str, entry: int, place: int, _at: datetime, reading: Reading) -> None:
        key = tuple(soaking.keys(reading))
        with self._lock:
            self.twice += (name, entry, place) in self.places
            self.places.add((name, entry, place))
            counts = self.seen.setdefault(name, Counter())
            identified = reading.record is not None or reading.measured_at is not None
            counts[key] = 1 if identified else counts[key] + 1

    def broken(self, _name: str, _entry: int, _at: datetime, _broken: Broken) -> None:
        self.broken_pieces += 1


@contextmanager
def child(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.long.soaking", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def line_of(running: "subprocess.Popen[str]") -> Any:
    assert running.stdout is not None
    return json.loads(running.stdout.readline())


def tell(running: "subprocess.Popen[str]") -> None:
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()


def reader(stack: ExitStack, way: str, lines: list[Any], mirror: int) -> "subprocess.Popen[str]":
    running = stack.enter_context(child(way, *(f"{one['kind']}:{one['mirrors'][mirror]}" for one in lines)))
    assert running.stdout is not None
    assert running.stdout.readline() == "reading\n"
    return running


def until_all_came(sink: Counted, said: dict[str, Counter[tuple[str, ...]]]) -> None:
    end = time.monotonic() + DRAIN
    while time.monotonic() < end and any(sink.seen.get(name, Counter()) != said[name] for name in said):
        time.sleep(0.5)


def test_sixteen_lines_at_their_speed(tmp_path: Path) -> None:
    sink = Counted()
    crew = Crew(tmp_path / "journal", sink, pauses=(0.2,))
    with ExitStack() as stack:
        playing = stack.enter_context(child("play", str(MINUTES * 60)))
        lines = list(iter(lambda: line_of(playing), {}))
        assert len(lines) == 16
        usual, own = reader(stack, "bytes", lines, 0), reader(stack, "links", lines, 1)
        for one in lines:
            crew.start(Post(one["name"], profile(one["kind"]), one["address"], one["settings"]))
        before = time.process_time()
        tell(playing)
        found = line_of(playing)
        whole = time.process_time() - before
        said = {name: Counter(tuple(key) for key in keys) for name, keys in found["said"].items()}
        until_all_came(sink, said)
        tell(usual)
        tell(own)
        by_bytes, by_links = line_of(usual), line_of(own)
        crew.close()
        tell(playing)
    lost = {name: sum((said[name] - sink.seen.get(name, Counter())).values()) for name in said}
    more = {name: sum((sink.seen.get(name, Counter()) - said[name]).values()) for name in said}
    struck = sum((Counter(faults) for _, faults in found["struck"].values()), Counter())
    print(
        f"\n  {sum(map(Counter.total, said.values()))} readings of 16 lines in {MINUTES:g} min, {dict(struck)}, "
        f"{sink.broken_pieces} broken pieces; lost {sum(lost.values())}, "
        f"duplicated {sum(more.values()) + sink.twice}; CPU for {by_bytes['bytes']} bytes: capture "
        f"{by_links['cpu']:.2f} s, single bytes {by_bytes['cpu']:.2f} s (at most a tenth: "
        f"{by_links['cpu'] / by_bytes['cpu']:.2f}), with journal, decoding and handing over {whole:.2f} s",
        flush=True,
    )
    assert (+Counter(lost), +Counter(more), sink.twice) == (Counter(), Counter(), 0)
    assert all(said.values())
    assert {"split", "garble", "noise"} <= struck.keys()
    assert by_links["bytes"] == by_bytes["bytes"] > 0
    assert by_links["cpu"] < by_bytes["cpu"] * SHARE
