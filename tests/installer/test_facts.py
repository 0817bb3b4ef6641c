"""A build's statement: what stands checked out, and the hash of each part."""

import hashlib
import json
import subprocess
from pathlib import Path

from installer.environment import LOCK, ROOT
from installer.facts import STATEMENT, export, facts, sums
from lims.version import BUILD


def test_the_facts_are_the_commits(tmp_path: Path) -> None:
    said = facts()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.commit == head.stdout.strip()
    assert said.version == BUILD
    assert said.lock == hashlib.sha256(LOCK.read_bytes()).hexdigest()
    export(tmp_path / "tree", said)
    assert json.loads((tmp_path / "tree" / STATEMENT).read_text("utf-8"))["commit"] == said.commit
    assert (tmp_path / "tree/lims/version.py").is_file()


def test_hashes_are_read_by_the_usual_checker(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/快.txt").write_text("快检", encoding="utf-8")
    (tmp_path / "b").write_bytes(b"\0")
    (tmp_path / "link").symlink_to("b")
    listed = sums(tmp_path)
    assert [line.split("  ")[1] for line in listed.splitlines()] == ["a/快.txt", "b"]
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "-"],
        cwd=tmp_path,
        input=listed,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
