"""Faults of the disk and the clock by tools of the system: a kill or an error at each sync call, a clock that jumps.

Needed are `strace` and `faketime` of Debian; nothing of this ships to a laboratory.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.queries import audit
from lims.queries import oversight as found
from tests.laboratory import Lab, found_lab
from tests.lims.storage.meddling import told

ROOT = Path(__file__).resolve().parents[2]
SYNCS = 40
"""Sync calls of one run at which it is killed or refused, one after another."""
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
