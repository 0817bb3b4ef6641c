"""Kills a capturing process again and again, and counts what was acknowledged against what was kept."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from drivers.crew import Crew, Post
from drivers.links.far import End, ListeningEnd, PtyEnd
from drivers.player import Player
from drivers.profile import Evidence, Profile, Rung, Serial, Settings, Tcp
from drivers.reading import Reading
from protocols.astm_link import AstmLink, Delivered, Event, Refused
from protocols.astm_session import Message
from protocols.codec import Broken

RECORDS = 3
"""Results in one message of the device."""
_NAME = "sender"
_ANSWERS = 30
"""A process is killed before it has answered so often; a message takes a third of them."""
_READY = 20.0  # seconds a capturing process may take to start, or to take in the rest at the end


@dataclass(frozen=True, slots=True)
class KillOutcome:
    """What a run of kills has shown; `lost` and `doubled` must be 0.

    Attributes:
        kills: how often the capturing process was killed.
        acknowledged: results of messages whose every frame was acknowledged to the device.
        kept: different results that were taken in, acknowledged or not.
        lost: acknowledged results that were not taken in.
        doubled: results taken in more often than the device sent them.
        repeated: results taken in again because the device, not acknowledged in time, sent them again.
    """

    kills: int
    acknowledged: int
    kept: int
    lost: int
    doubled: int
    repeated: int


def kill(
    times: int,
    folder: Path,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
    *,
    command: Sequence[str] = (),
) -> KillOutcome:
    """Kill a process that captures from a device on a real port, at random instants, and start it anew.

    Args:
        times: how many kills.
        folder: an empty folder for the journal and the table; it stays for inspection.
        seed: of the instants.
        progress: told of the number of kills done.
        command: starts a process that calls `capture(FOLDER, ADDRESS)`; the two are added at its end. Empty: this
            module by this Python.

    Raises:
        OSError: the process cannot be started.
        TimeoutError: it does not open the port, or does not take in the rest at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    end: End = ListeningEnd() if sys.platform == "win32" else PtyEnd(str(folder / "port"))
    sender = _Sender()
    start = [*(command or (sys.executable, "-m", "drivers.selfcheck")), str(folder), end.address]
    dice = random.Random(seed)  # noqa: S311 - the instants shall be the same again
    with Player(sender, end, on_event=sender.note, on_host=sender.begin) as player:
        for done in range(times):
            _once(start, end, sender, dice)
            if progress is not None:
                progress(done + 1)
        player.do(lambda _device: sender.rest())
        _finish(start, folder, sender)
    return _counted(times, folder, sender)


def capture(folder: Path, address: str) -> None:
    """Capture from the device of `kill` until standard input ends; the process that is killed."""
    sink = _Table(folder)
    crew = Crew(folder / "journals", sink, pauses=(0.05,))
    crew.start(Post(_NAME, _PROFILE, address))
    try:
        sys.stdin.read()
    finally:
        crew.close()
        sink.close()


def _once(start: Sequence[str], end: End, sender: "_Sender", dice: random.Random) -> None:
    """Start a process and kill it: sometimes while it starts, mostly after so many answers to the device.

    Answers are counted, not seconds: on a slow computer a process would die before it acknowledged anything.
    """
    process = subprocess.Popen(start, stdin=subprocess.PIPE)
    try:
        if dice.random() < 0.1:
            time.sleep(dice.uniform(0.0, 0.3))
        else:
            _until(end.heard, process)
            enough = sender.answers + dice.randrange(_ANSWERS)
            _until(lambda: sender.answers >= enough, process)
            time.sleep(dice.uniform(0.0, 0.01))
    finally:
        process.kill()
        process.communicate()


def _finish(start: Sequence[str], folder: Path, sender: "_Sender") -> None:
    process = subprocess.Popen(start, stdin=subprocess.PIPE)
    try:
        _until(lambda: sender.resting and sender.delivered <= set(_rows(folder)), process)
    except TimeoutError:
        if not sender.resting:
            raise  # the device was never acknowledged to the end; what is missing otherwise is counted as lost
    finally:
        process.communicate(timeout=_READY)


def _until(true: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _READY
    while not true():
        if process.poll() is not None:
            raise TimeoutError(f"the capturing process ended by itself: {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError("the capturing process does not go on")
        time.sleep(0.005)


def _counted(kills: int, folder: Path, sender: "_Sender") -> KillOutcome:
    rows = _rows(folder)
    more = sum(max(0, count - sender.sent[message]) for message, count in rows.items())
    again = sum(count - 1 for count in rows.values())
    lost = sum(message not in rows for message in sender.delivered)
    return KillOutcome(
        kills,
        len(sender.delivered) * RECORDS,
        len(rows) * RECORDS,
        lost * RECORDS,
        more * RECORDS,
        again * RECORDS,
    )


def _rows(folder: Path) -> Counter[str]:
    """Count how often each message was taken in whole; a part of one counts as none."""
    path = folder / "taken.sqlite"
    if not path.exists():
        return Counter()
    with closing(sqlite3.connect(path, timeout=30)) as table:
        try:
            found = table.execute("SELECT sample, item, count(*) FROM taken GROUP BY sample, item").fetchall()
        except sqlite3.OperationalError:  # the table is being made just now
            return Counter()
    places: dict[str, list[int]] = {}
    for sample, _item, count in found:
        places.setdefault(sample, []).append(count)
    return Counter({sample: min(counts) for sample, counts in places.items() if len(counts) == RECORDS})


class _Sender:
    """The device: sends one message after another, and begins the same again for a host that has come anew.

    It does not wait out its 15 seconds with the dead host's successor, for an answer to the one could then be
    taken for an answer to the other, which would count as acknowledged what never was.
    """

    def __init__(self) -> None:
        self.delivered: set[str] = set()
        self.sent: Counter[str] = Counter()
        self.resting = False
        self.idle = True
        self.answers = 0
        self._link = AstmLink(instrument=True, limit=60)
        self._number = 1
        self._rest = False

    @property
    def deadline(self) -> float | None:
        return self._link.deadline

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        self.answers += len(data)
        return self._link.receive(data, now)

    def expire(self, now: float) -> list[Event | Broken]:
        return self._link.expire(now)

    def to_send(self) -> bytes:
        return self._link.to_send()

    def ask(self, command: str) -> None:
        self._link.ask(command)

    def begin(self) -> None:
        """Send the present message to the host that has come."""
        self._link = AstmLink(instrument=True, limit=60)
        self._send()

    def rest(self) -> None:
        """Send no more than the present message."""
        self._rest = True

    def note(self, event: Event | Broken) -> None:
        """Go on after a message that was delivered, and repeat one that was not."""
        if isinstance(event, Delivered):
            self.delivered.add(self._name)
            self._number += 1
            self.resting = self._rest
        if isinstance(event, Delivered | Refused) and not self.resting:
            self._send()

    @property
    def _name(self) -> str:
        return f"M{self._number:06d}"

    def _send(self) -> None:
        self.sent[self._name] += 1
        results = [f"R|{one}|^^^T{one}|{self._number}.{one}" for one in range(1, RECORDS + 1)]
        lines = ["H|\\^&", "P|1", f"O|1|{self._name}", *results, "L|1|N"]
        self._link.send("".join(line + "\r" for line in lines).encode(), time.monotonic())


class _Table:
    """The laboratory's table in small: a reading is stored once under its key."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._table = sqlite3.connect(folder / "taken.sqlite", timeout=30, check_same_thread=False)
        self._table.execute(
            "CREATE TABLE IF NOT EXISTS taken"
            " (name, entry, place, sample, item, value, PRIMARY KEY (name, entry, place))"
        )
        self._table.commit()

    def reading(self, name: str, entry: int, place: int, received_at: datetime, reading: Reading) -> None:
        del received_at
        row = (name, entry, place, reading.sample, reading.item, str(reading.value))
        with self._lock, self._table:
            self._table.execute("INSERT OR IGNORE INTO taken VALUES (?, ?, ?, ?, ?, ?)", row)

    def broken(self, name: str, entry: int, received_at: datetime, broken: Broken) -> None:
        """Leave it: a message cut off by a kill is sent again by the device."""

    def close(self) -> None:
        self._table.close()


def _read(event: Any, _settings: Settings) -> list[Reading]:  # noqa: ANN401 - the shape of Profile.read
    if not isinstance(event, Message):
        return []
    fields = [line.split("|") for line in event.text.decode().split("\r") if line]
    sample = next(one[2] for one in fields if one[0] == "O")
    results = [one for one in fields if one[0] == "R"]
    return [Reading(sample=sample, item=one[2].strip("^"), value=Decimal(one[3])) for one in results]


_PROFILE = Profile(
    id="selfcheck",
    title=("自检发送端", "sender of the self-check"),
    family="ASTM E1381/E1394",
    measures=(),
    wiring=(Serial(), Tcp(port=0)),
    codec=lambda _settings: AstmLink(),
    read=_read,
    evidence=Evidence(Rung.DOCUMENT, "made for the self-check"),
)


if __name__ == "__main__":
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    capture(Path(sys.argv[1]), sys.argv[2])
