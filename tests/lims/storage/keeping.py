"""What tests of keeping share: a recovery key that is quick to open, a filled laboratory, a subprocess to kill."""

import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lims.storage import keys
from lims.storage.keys import Cost, Recovery, Secret
from tests.laboratory import Lab

QUICK = Cost(1, 8, 1)
PHRASE = "春眠不觉晓处处闻啼鸟夜来"
SECRET = Secret(PHRASE)
ROOT = Path(__file__).resolve().parents[3]


@cache
def recovery() -> tuple[Recovery, list[str]]:
    return keys.new_recovery(PHRASE, QUICK)


def fill(lab: Lab) -> list[str]:
    """Fill a laboratory with samples, raw bytes, an attachment and a recovery key."""
    root = lab.laboratory.folder.root
    numbers = lab.received(3)
    (root / "journal" / "TL310-1").mkdir(parents=True)
    (root / "journal" / "TL310-1" / "000000001.wire").write_bytes(bytes(range(256)) * 40)
    (root / "journal" / "TL310-1" / "cursor").write_bytes(b'{"entry": 4}')
    (root / "journal" / "TL310-1" / "lock").write_bytes(b"")
    (root / "attachments" / "0123456789abcdef").write_bytes(b"\xff\xd8photo" * 1000)
    (root / "config.toml").write_text('site = "LJ"\n', "utf-8")
    keys.write_file(root / keys.RECOVERY, recovery()[0].plain())
    return numbers


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def script(code: str, *arguments: object, **words: float) -> Ended:
    """Run Python in a process of its own; with `seconds` it is killed after so long."""
    child = start(code, *arguments)
    try:
        out, err = child.communicate(timeout=words.get("seconds", 60))
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
    return Ended(child.returncode, out, err)


def start(
    code: str, *arguments: object, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment and dict(environment),
    )
