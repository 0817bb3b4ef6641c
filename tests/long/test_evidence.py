"""The figures of the evidence: bundles judged by two, every flipped bit of a log, honest histories with crashes.

A run that was stopped goes on with `python3 run.py long -k evidence --first-seed 7`.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.evidence import verify
from lims.queries import audit
from lims.queries import oversight as found
from lims.storage.log import entries
from tests.counts import seeds
from tests.laboratory import Lab, found_lab
from tests.lims.evidence.bundles import weighed
from tests.lims.evidence.chains import ORIGINS, chained
from tests.lims.evidence.damage import flipped
from tests.lims.evidence.spoiling import KINDS, damaged

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 100
BUNDLES = 1000
"""Bundles of one seed; a hundred seeds make the 100,000."""
HISTORIES = 10
"""Histories of one seed; a hundred seeds make the 1,000."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", seeds(metafunc.config, SEEDS), ids=lambda seed: f"seed{seed}")


verified = cache(verify.verify_signature)
"""The verifier's own check of a signature, which is slow by nature: each question is put to it once."""


def test_the_verifier_and_the_program_agree_on_every_bundle(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "verify_signature", verified)
    kinds, good, covered = Counter[str](), Counter[str](), 0
    for number in range(seed * BUNDLES, (seed + 1) * BUNDLES):
        case = damaged(number)
        both = weighed(tmp_path / "one.zip", case.data)
        assert both.verifier == both.program, (number, case.kind, case.covered)
        assert case.verdict in {None, both.verifier[0]}, (number, case.kind, case.covered)
        kinds[case.kind] += 1
        good[case.kind] += both.verifier[0]
        covered += case.covered
    assert set(kinds) == set(KINDS)
    told = ", ".join(f"{kind} {kinds[kind]}/{good[kind]}" for kind in KINDS)
    print(
        f"  seed {seed}: {kinds.total()} bundles, {good.total()} of them good, {covered} covered up; {told}",
        flush=True,
    )


@pytest.mark.parametrize("origin", ORIGINS)
def test_every_flipped_bit_of_a_thousand_entries_is_found_and_located(origin: str) -> None:
    log = chained(origin, 1000)
    algorithm = verify._hash(origin.rpartition("/")[2])
    flips, reader = 0, verify._Reader()
    for seq, (data, leaf) in enumerate(log):
        prev = log[seq - 1][1].hex() if seq else ""
        assert not reader.fault(data, origin, seq, prev)
        for bit in range(len(data) * 8):
            bad = flipped(data, bit)
            assert reader.fault(bad, origin, seq, prev) or algorithm(b"\0" + bad) != leaf, (seq, bit)
            flips += 1
    dice = random.Random(1)
    for _ in range(300):
        seq = dice.randrange(len(log))
        bad = flipped(log[seq][0], dice.randrange(len(log[seq][0]) * 8))
        report = verify.verify_log(origin, [*log[:seq], (bad, log[seq][1]), *log[seq + 1 :]])
        assert (report.ok, report.first_bad) == (False, seq)
    print(f"  {origin}: {flips} flips found and located", flush=True)


LIVES = """
import os, random, sys
from itertools import count
from pathlib import Path
from tests.laboratory import Lab, found_lab
from lims.app import open_laboratory
from lims.queries.people import people
from lims.services import sample
from lims.services.sample import Seen

def live(root, seed, times):
    dice = random.Random(seed)
    laboratory = open_laboratory(root)
    lab = Lab(laboratory, {one.login: one.id for one in laboratory.lims.ask(people)})
    print(os.getpid(), flush=True)
    for _ in times:
        number = lab.draw(seal=f"F{dice.randrange(9999):04}")
        os.write(1, f"{number}\\n".encode())  # in one piece, so that a kill leaves no half of a line
        if dice.random() < 0.6:
            lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"), reason="x")
        if dice.random() < 0.2:
            laboratory.sealing.leave("shift")
    laboratory.close()

warm = Path(sys.argv[1])
found_lab(warm).close()
live(warm, 1, range(8))
print("ready", flush=True)
for line in sys.stdin:
    seed, root = line.rstrip().split(" ", 1)
    child = os.fork()
    if not child:
        try:
            live(Path(root), int(seed), count())
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that has all of the program in memory, and forks it for each life of a laboratory."""
    command = [sys.executable, "-c", LIVES, str(tmp_path_factory.mktemp("warm") / "lab")]
    pipe, environ = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, env=environ) as process:
        assert process.stdin
        assert process.stdout
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        yield process
        process.stdin.close()


def lived(process: subprocess.Popen[str], root: Path, seed: int, dice: random.Random) -> int:
    """Let a laboratory live and kill it at some instant; return how many samples it said it had kept."""
    assert process.stdin
    assert process.stdout
    print(seed, root, file=process.stdin, flush=True)
    child, said = int(process.stdout.readline()), 0
    for _ in range(dice.randrange(1, 12)):
        assert process.stdout.readline().startswith("LJ")
        said += 1
    time.sleep(dice.random() / 25)
    os.kill(child, signal.SIGKILL)
    while (line := process.stdout.readline()) != "gone\n":
        assert line.startswith("LJ")
        assert line.endswith("\n")
        assert len(line) < 20, "half a line and the next"
        said += 1
    return said


def test_honest_histories_with_crashes_raise_no_alarm(
    seed: int, tmp_path: Path, lives: subprocess.Popen[str]
) -> None:
    dice = random.Random(seed)
    root = tmp_path / "lab"
    made = found_lab(root)
    accounts, kept = made.accounts, 0
    made.close()
    for crash in range(HISTORIES):
        kept += lived(lives, root, seed * HISTORIES + crash, dice)
        lab = Lab(open_laboratory(root), dict(accounts))
        assert lab.laboratory.barred is None, (seed, crash)
        state = lab.as_("zheng").ask(audit.verify)
        assert state.ok, (seed, crash, state)
        assert [
            one.kind for one in lab.as_("zheng").ask(found.queue) if one.kind in {"clock_jump", "log_mended"}
        ] == []
        with lab.station.store.engine.connect() as connection:
            drawn = sum(b'"verb":"sample.draw"' in data for data, _ in entries(connection, "LJ", "LJ01"))
        assert drawn >= kept, (seed, crash)
        kept = drawn
        lab.close()
    print(f"  seed {seed}: {HISTORIES} histories, {kept} samples, no alarm", flush=True)
