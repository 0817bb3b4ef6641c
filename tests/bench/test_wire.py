"""Rows 1e, 2a to 2d, 4a and 4b: from the wire to durable readings, decoding, chunking, CPU, the last byte's way."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import hl7
import serial

from drivers.crew import Crew, Post
from drivers.links.gather import LONGEST
from drivers.reading import Reading
from drivers.registry import profile
from lims.bench.lines import Bench
from lims.door import Notice
from lims.services.equip import Device, instrument
from protocols.astm_link import AstmLink
from protocols.codec import Broken
from tests.bench import plain
from tests.bench.analyser import EOT, ITEMS, PATIENCE, RESULTS, Analyser, frames, message, wire
from tests.bench.harness import Book, Goal, in_turns, shown
from tests.laboratory import Lab

ROOT = Path(__file__).parents[2]
ASTM = profile("astm_lis2")
BAUD_BYTES = 960
"""Bytes a second on a line of 9600 baud, 8N1."""


def decoded(chunks: list[bytes]) -> list[Reading]:
    """Return the readings of what came in these chunks, with every check on the way."""
    link = AstmLink()
    found: list[Reading] = []
    for chunk in chunks:
        for event in link.receive(chunk, 0.0):
            found += [] if isinstance(event, Broken) else ASTM.read(event, ITEMS)
        link.to_send()
    return found


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


# 1e -------------------------------------------------------------------------------------------------------


@contextmanager
def live(lab: Lab, device: Analyser) -> Iterator[Callable[[int], None]]:
    """Serve the analyser by the whole program; yields what waits until so many more readings are durable."""
    lab.station.do(instrument, Device("A1", "A1", ASTM.id, "/", device.address, "DOCUMENT", ITEMS))
    kept = threading.Semaphore(0)

    def noticed(notice: Notice) -> None:
        for table, _key in notice.touched:
            if table == "reading":
                kept.release()

    def wait(amount: int) -> None:
        for _ in range(amount):
            assert kept.acquire(timeout=PATIENCE), "a reading did not arrive"

    stop = lab.station.listen(noticed)
    bench = Bench(lab.laboratory)
    bench.start()
    try:
        device.wait()
        yield wait
    finally:
        bench.stop()
        stop()


def test_1e_ten_results_from_the_wire_to_durable_readings(book: Book, tmp_path: Path, lab: Lab) -> None:
    numbers, each = count(), 3
    path = tmp_path / "orm.db"
    with closing(Analyser()) as device, live(lab, device) as wait, plain.orm(path) as session:

        def ours() -> None:
            for _ in range(each):
                device.say(message(next(numbers)))
            wait(each * RESULTS)

        def by_orm() -> None:
            for _ in range(each):
                said = b"".join(one[2:-5] for one in frames(message(next(numbers))))
                assert plain.keep_message(session, said) == RESULTS

        found = in_turns(ours, by_orm)
    note = "journal, acknowledgements over a PTY and the whole door against splitting text and an ORM's commit a result"
    sides, goal = found.rates(each, "messages"), Goal(least=15, asserted=False)
    line = book.note("1e", "10-result message, wire to durable", sides, found.faster, goal, note)
    assert not line.missed
    assert plain.count(path) == 6 * each * RESULTS


# 2 --------------------------------------------------------------------------------------------------------


def test_2a_decoding_with_all_checks_against_a_bare_split(book: Book) -> None:
    data, often = wire(message(1)), 100
    assert len(decoded([data])) == RESULTS

    def bare() -> None:
        for _ in range(often):
            [line.split(b"|") for line in data.split(b"\r")]

    found = in_turns(lambda: [decoded([data]) for _ in range(often)], bare)
    rate = often / found.ours
    goal = Goal(why="goals are for the package astm, not here")
    brought = BAUD_BYTES / len(data)
    note = (
        f"a line of 9600 baud brings {brought:.2f} messages/s, ours are {rate / brought:,.0f} times as many"
    )
    line = book.note(
        "2a", "ASTM decode, all checks, typed", found.rates(often, "messages"), found.faster, goal, note
    )
    assert line.ratio


def test_2b_astm_to_what_is_queued(book: Book) -> None:
    data, often = wire(message(1)), 100

    def queued() -> None:
        for _ in range(often):
            fields = [line.split("|") for line in data.decode("latin-1").split("\r")]
            json.dumps([{str(at): part.split("^") for at, part in enumerate(row)} for row in fields])

    found = in_turns(lambda: [decoded([data]) for _ in range(often)], queued)
    goal = Goal(why=">= 30 is for the package senaite.astm, not here")
    note = "typed readings with every check, against text split into JSON without one"
    line = book.note("2b", "ASTM to what is queued", found.rates(often, "messages"), found.faster, goal, note)
    assert line.ratio


HL7 = profile("hl7_oru")


def oru() -> bytes:
    """A message of one sample and ten observations in its MLLP envelope."""
    rows = [
        "MSH|^~\\&|reader|lab|||20261123093000||ORU^R01|7|P|2.3.1",
        "PID|1",
        "OBR|1||LJ000001|INH",
        *(f"OBX|{n}|NM|INH||{10 + n}.50|%|||||F|||20261123093000" for n in range(1, RESULTS + 1)),
    ]
    return b"\x0b" + "\r".join(rows).encode() + b"\r\x1c\r"


def test_2c_hl7_of_ten_observations(book: Book) -> None:
    data, often = oru(), 20

    def ours() -> None:
        for _ in range(often):
            codec = HL7.codec(ITEMS)
            found = [one for event in codec.receive(data, 0.0) for one in HL7.read(event, ITEMS)]
            assert len(found) == RESULTS

    def by_hl7() -> None:
        for _ in range(often):
            parsed = hl7.parse(data[1:-2].decode())
            assert len([str(one[5]) for one in parsed.segments("OBX")]) == RESULTS

    found = in_turns(ours, by_hl7)
    goal = Goal(
        why=">= 60 is for a parser of one's own; the package hl7 reads our segments, which people know"
    )
    note = "checked, acknowledged and typed, against parsing alone"
    line = book.note("2c", "HL7 ORU of 10 OBX", found.rates(often, "messages"), found.faster, goal, note)
    assert line.ratio


def by_whole_frames(chunks: list[bytes]) -> int:
    """Count the results that a receiver keeps which takes every read for one frame."""
    texts = [chunk[2:-5] for chunk in chunks if chunk.startswith(b"\x02") and chunk.endswith(b"\r\n")]
    return b"".join(texts).count(b"R|")


def test_2d_every_result_is_kept_at_any_chunking(book: Book) -> None:
    said = [message(number) for number in range(5)]
    whole = [chunk for one in said for chunk in (b"\x05", *frames(one), EOT)]
    stream = b"".join(whole)
    kept = {}
    for name, chunks in {"frames": whole, "40 bytes": pieces(stream, 40), "bytes": pieces(stream, 1)}.items():
        kept[name] = (len(decoded(chunks)), by_whole_frames(chunks))
    one = wire(said[0])
    cuts = sum(len(decoded([one[:cut], one[cut:]])) == RESULTS for cut in range(1, len(one)))
    sides = (
        "/".join(str(ours) for ours, _ in kept.values()),
        "/".join(str(other) for _, other in kept.values()),
    )
    worst = min(ours for ours, _ in kept.values()) / 50
    note = f"of 50, by frames, 40 bytes, single bytes; one cut anywhere: whole at {cuts} of {len(one) - 1} places"
    book.note("2d", "results kept at any chunking", sides, worst, Goal(least=1), note)
    assert (worst, cuts) == (1, len(one) - 1)


# 4a -------------------------------------------------------------------------------------------------------

LINES, TICK, FLOOD = 16, 0.05, 5.0


def counted(way: str, masters: list[int]) -> tuple[subprocess.Popen[str], list[int]]:
    """Begin to read sixteen lines in a process of its own; returns it with the ends to write to."""
    pairs = [os.openpty() for _ in range(LINES)]
    for _, slave in pairs:
        tty.setraw(slave)
    masters += [master for master, _ in pairs]
    command = [
        sys.executable,
        "-m",
        "tests.long.soaking",
        way,
        *(f"{ASTM.id}:{os.ttyname(slave)}" for _, slave in pairs),
    ]
    running = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == "reading\n"
    return running, [slave for _, slave in pairs]


def test_4a_cpu_of_sixteen_lines_at_960_bytes_a_second(book: Book) -> None:
    masters: list[int] = []
    both = [counted(way, masters) for way in ("links", "bytes")]
    end = time.monotonic() + FLOOD
    while time.monotonic() < end:
        for master in masters:
            os.write(master, bytes(round(BAUD_BYTES * TICK)))
        time.sleep(TICK)
    time.sleep(2 * LONGEST)  # the last bytes are handed on by then
    told = [json.loads(running.communicate("\n")[0]) for running, _ in both]
    for handle in (*masters, *(slave for _, slaves in both for slave in slaves)):
        os.close(handle)
    own, usual = (one["cpu"] for one in told)
    assert told[0]["bytes"] == told[1]["bytes"] > 0
    sides = (f"{own / FLOOD:.1%} of a core", f"read(1) {usual / FLOOD:.1%}")
    note = f"delivered every {TICK * 1000:.0f} ms; reading alone: the journal and decoding come on top"
    line = book.note(
        "4a", "CPU of 16 lines at 960 B/s", sides, own / usual, Goal(most=1 / 10, asserted=False), note
    )
    assert line.ratio


# 4b -------------------------------------------------------------------------------------------------------


class Arrived:
    """Takes readings in by noting when they came."""

    def __init__(self) -> None:
        self.at: SimpleQueue[float] = SimpleQueue()

    def reading(self, *_of_it: object) -> None:
        self.at.put(time.perf_counter())

    def broken(self, *broken: object) -> None:
        raise AssertionError(broken)


@contextmanager
def read_one_by_one() -> Iterator[Callable[[bytes], float]]:
    """Read a PTY the usual way, `read(1)` in a thread; yields what says a message and returns seconds."""
    master, slave = os.openpty()
    tty.setraw(slave)
    at: SimpleQueue[float] = SimpleQueue()
    done = threading.Event()

    def read(port: serial.Serial) -> None:
        while not done.is_set():
            if port.read(1) == EOT:
                at.put(time.perf_counter())

    def say(text: bytes) -> float:
        os.write(master, wire(text)[:-1])
        time.sleep(0.05)
        begun = time.perf_counter()
        os.write(master, EOT)
        return at.get(timeout=PATIENCE) - begun

    with serial.Serial(os.ttyname(slave), timeout=1) as port:
        thread = threading.Thread(target=read, args=(port,))
        thread.start()
        yield say
        done.set()
        thread.join()
    os.close(master)
    os.close(slave)


def test_4b_from_the_last_byte_to_the_reading(book: Book, tmp_path: Path) -> None:
    sink, numbers = Arrived(), count()
    ours: list[float] = []
    plainly: list[float] = []
    with closing(Analyser()) as device, closing(Crew(tmp_path, sink)) as crew, read_one_by_one() as say:
        crew.start(Post("A1", ASTM, device.address, ITEMS))
        device.wait()
        for number in numbers:
            begun = device.say(message(number))
            ours.append(sink.at.get(timeout=PATIENCE) - begun)
            for _ in range(RESULTS - 1):
                sink.at.get(timeout=PATIENCE)
            plainly.append(say(message(number)))
            if len(ours) == 20:
                break
    on_line = len(wire(message(0))) / BAUD_BYTES
    middle, usual = statistics.median(ours), statistics.median(plainly)
    note = f"to the message's {on_line:.2f} s at 9600 baud; ours is in the synced journal, read(1)'s nowhere"
    goal = Goal(most=1 / 100, asserted=False)
    sides = (shown(middle), f"read(1) {shown(usual)}")
    book.note("4b", "last byte to reading over a PTY, p50", sides, middle / on_line, goal, note)
    assert len(ours) == 20
