"""Faults of the disk and the clock: a kill or an error at each sync call, torn writes, a clock that jumps.

Needed are `strace` and `faketime` of Debian; nothing of this ships to a laboratory.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivers import segments
from drivers.journal import Journal
from drivers.segments import Kind
from lims.app import open_laboratory
from lims.queries import audit
from lims.queries import oversight as found
from tests.laboratory import Lab, found_lab
from tests.lims.storage.meddling import told

ROOT = Path(__file__).resolve().parents[2]
SYNCS = 40
"""Sync calls of one run at which it is killed or refused, one after another."""
CUTS, WAYS = 12, 15
"""Power cuts of a writing process, and ways in which each may have left what was not synced."""
SECTOR = 512
DRAWS = """
import sys
from pathlib import Path
from tests.laboratory import Lab
from lims.app import open_laboratory
from lims.errors import LimsError
from lims.queries.people import people
laboratory = open_laboratory(Path(sys.argv[1]))
lab = Lab(laboratory, {one.login: one.id for one in laboratory.lims.ask(people)})
for _ in range(int(sys.argv[2])):
    try:
        print(lab.draw(), flush=True)
    except LimsError as fault:
        print("refused", fault.code, flush=True)
"""


@pytest.fixture
def tools() -> None:
    missing = [name for name in ("strace", "faketime") if shutil.which(name) is None]
    assert not missing, f"this test needs programs of Debian; run: apt-get install {' '.join(missing)}"


def run(before: list[str], root: Path, count: int, **environ: str) -> list[str]:
    """Draw samples in a process under a tool; return its lines."""
    done = subprocess.run(
        [*before, sys.executable, "-c", DRAWS, str(root), str(count)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def kept(root: Path, accounts: dict[str, str]) -> tuple[Lab, list[str]]:
    """Open what is left, prove that it is whole, and return the samples in it."""
    lab = Lab(open_laboratory(root), dict(accounts))
    state = lab.as_("zheng").ask(audit.verify)
    assert state.ok, state
    return lab, [row[0] for row in told(lab, "SELECT id FROM sample")]


@pytest.mark.parametrize("how", ["signal=KILL", "error=EIO"])
def test_at_every_sync_call_what_was_acknowledged_stays(tools: None, how: str, tmp_path: Path) -> None:
    assert tools is None
    root = tmp_path / "lab"
    made = found_lab(root)
    accounts = made.accounts
    made.close()
    known: set[str] = set()
    for nth in range(1, SYNCS + 1):
        inject = f"inject=fsync,fdatasync:{how}:when={nth}{'+' if how.startswith('error') else ''}"
        before = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject]
        lines = run(before, root, 4)
        said = {line for line in lines if re.fullmatch(r"LJ01\w{11}", line)}
        lab, here = kept(root, accounts)
        lab.close()
        assert len(set(here)) == len(here)
        assert known | said <= set(here), (nth, "an acknowledged sample is gone")
        assert len(set(here) - known - said) <= 1, (nth, "more than the one in flight")
        known = set(here)
    print(f"  {how}: {SYNCS} sync calls, {len(known)} samples, none lost, none doubled", flush=True)


def test_nothing_is_acknowledged_before_it_is_synced(tmp_path: Path) -> None:
    assert shutil.which("strace"), "this test needs a program of Debian; run: apt-get install strace"
    made = found_lab(tmp_path / "lab")
    made.close()
    trace = tmp_path / "trace"
    calls = "trace=write,pwrite64,fsync,fdatasync"
    said = run(["strace", "-f", "-y", "-q", "-o", str(trace), "-e", calls], tmp_path / "lab", SYNCS)
    waiting, writes, syncs, told = False, 0, 0, 0
    for line in trace.read_text(errors="replace").splitlines():
        if "write64(" in line and "laboratory.db-wal>" in line:
            waiting, writes = True, writes + 1
        elif re.search(r"sync(\(.*laboratory\.db-wal>| resumed>)\) += 0$", line):
            waiting, syncs = False, syncs + 1
        elif re.search(r'write\(1<.*"LJ01', line):
            told += 1
            assert not waiting, line
    assert told == len(said) == SYNCS <= syncs <= writes


def mixed(synced: bytes, written: bytes, dice: random.Random) -> bytes:
    """Return a file after a power cut: of what came after a sync, any sectors in any order, the end cut anywhere."""
    left = bytearray(written)
    for at in range(0, len(written), SECTOR):
        old, new = synced[at : at + SECTOR], written[at : at + SECTOR]
        if old != new and dice.random() < dice.choice((0.1, 0.5, 0.9)):
            left[at : at + len(new)] = old.ljust(len(new), b"\0")[: len(new)]
    return bytes(left[: dice.choice((len(left), dice.randint(len(synced), max(len(synced), len(left)))))])


def stopped(child: "subprocess.Popen[str]", root: Path) -> tuple[bytes, bytes]:
    """Hold a writing process still and return its database and write-ahead log as they are."""
    child.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    files = [root / "laboratory.db", root / "laboratory.db-wal"]
    return tuple(path.read_bytes() if path.exists() else b"" for path in files)  # type: ignore[return-value]


def cut(root: Path, dice: random.Random) -> tuple[set[str], list[bytes], bytes]:
    """Draw samples in a process that loses its power; return what it acknowledged, three times its log, its pages."""
    command = [sys.executable, "-c", DRAWS, str(root), "60"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        said = {child.stdout.readline().strip()}
        begun = stopped(child, root)
        child.send_signal(signal.SIGCONT)
        said |= {child.stdout.readline().strip() for _ in range(dice.randint(2, 6))}
        synced = stopped(child, root)
        child.send_signal(signal.SIGCONT)
        for _ in range(dice.randint(0, 3)):
            child.stdout.readline()
        time.sleep(dice.random() / 20)
        written = stopped(child, root)
    finally:
        child.kill()
        child.communicate()
    assert begun[0] == synced[0] == written[0], "pages were carried over between the two"
    return said, [begun[1], synced[1], written[1]], written[0]


def after(folder: Path, pages: bytes, log: bytes, accounts: dict[str, str]) -> set[str]:
    """Open a laboratory as a power cut left it, prove it whole and that it goes on; return its samples."""
    (folder / "laboratory.db").write_bytes(pages)
    (folder / "laboratory.db-wal").write_bytes(log)
    lab, here = kept(folder, accounts)
    assert len(set(here)) == len(here)
    assert lab.laboratory.barred is not None or lab.draw() not in here
    lab.close()
    return set(here)


def test_torn_and_reordered_writes_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    dice, lost, known = random.Random(4), 0, 0
    for number in range(CUTS):
        root = tmp_path / f"{number}"
        made = found_lab(root)
        accounts = made.accounts
        made.close()
        said, (begun, synced, written), pages = cut(root, dice)
        known += len(said)
        for way in range(WAYS):
            folder = tmp_path / f"{number}-{way}"
            shutil.copytree(root, folder, ignore=shutil.ignore_patterns("laboratory.db*"))
            here = after(folder, pages, mixed(synced, written, dice), accounts)
            assert said <= here, (number, way, said - here)
            shutil.rmtree(folder)
        folder = tmp_path / f"{number}-control"
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns("laboratory.db*"))
        lost += not said <= after(folder, pages, mixed(begun, synced, dice), accounts)
    assert lost, "had it not been synced, some of it would have been lost: the cuts cut nothing"
    print(
        f"  {CUTS * WAYS} torn logs, {known} samples acknowledged, none lost; unsynced: {lost} of {CUTS}",
        flush=True,
    )


def test_torn_and_reordered_writes_of_a_journal_lose_nothing_and_invent_nothing(tmp_path: Path) -> None:
    dice, torn = random.Random(4), 0
    for number in range(CUTS * WAYS):
        journal = Journal(tmp_path / f"{number}")
        whole = [
            journal.append(Kind.RECEIVED, dice.randbytes(dice.randint(1, 3000)))
            for _ in range(dice.randint(1, 6))
        ]
        ((_, path),) = segments.files(tmp_path / f"{number}")
        synced = path.read_bytes()
        later = [
            journal.append(Kind.RECEIVED, dice.randbytes(dice.randint(1, 3000)), durable=False)
            for _ in range(dice.randint(1, 6))
        ]
        written = path.read_bytes()
        journal.close()
        folder = tmp_path / f"{number}-cut"
        folder.mkdir()
        (folder / path.name).write_bytes(left := mixed(synced, written, dice))
        torn += left != written
        again = Journal(folder)
        found = list(again.entries())
        assert found[: len(whole)] == whole, number
        assert all(one in later for one in found[len(whole) :]), number
        one = again.append(Kind.RECEIVED, b"goes on")
        assert list(again.entries()) == [*found, one]
        again.close()
    assert torn > CUTS * WAYS // 2
    print(f"  {torn} torn journals, nothing lost, nothing invented", flush=True)


@pytest.mark.parametrize("jump", ["-1h", "+1h", "-3650d", "+3650d", "-40s", "+90s"])
def test_a_clock_that_was_moved_changes_no_order_and_is_found(tools: None, jump: str, tmp_path: Path) -> None:
    assert tools is None
    root = tmp_path / "lab"
    made = found_lab(root)
    made.draw()
    accounts = made.accounts
    made.close()
    lines = run(["faketime", "-f", jump], root, 2, FAKETIME_DONT_FAKE_MONOTONIC="1")
    assert len([line for line in lines if line.startswith("LJ01")]) == 2, lines
    lab, here = kept(root, accounts)
    assert len(here) == 3
    lab.draw()
    hits = [one for one in lab.as_("zheng").ask(found.queue, days=4000) if one.kind == "clock_jump"]
    assert hits, jump
    assert [seq for (seq,) in told(lab, "SELECT seq FROM log_entry ORDER BY arrival")] == list(
        range(told(lab, "SELECT count(*) FROM log_entry")[0][0])
    )
    lab.close()
