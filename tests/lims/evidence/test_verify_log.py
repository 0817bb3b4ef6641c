"""The verifier on whole logs: honest ones pass, and the first bad entry of every other one is named."""

import ast
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lims.evidence import tree, verify
from lims.evidence.canonical import PREFIX, encode
from lims.evidence.hashing import algorithm
from lims.evidence.tree import leaf_hash
from lims.evidence.verify import Finding, verify_log
from tests.lims.evidence.chains import ORIGINS, chained
from tests.lims.evidence.damage import flipped
from tests.lims.evidence.spellings import SPELLINGS

SIZE = 9
SOURCE = Path(verify.__file__)
Log = Sequence[tuple[bytes, bytes | None]]


def bare(log: Log) -> list[tuple[bytes, None]]:
    return [(data, None) for data, _ in log]


def first_bad(origin: str, log: Log) -> tuple[int | None, str]:
    found = verify_log(origin, log)
    assert found.ok == (found.first_bad is None) == (not found.reason)
    return found.first_bad, found.reason


def hashed(origin: str, data: bytes) -> tuple[bytes, bytes]:
    return data, leaf_hash(algorithm(origin.rsplit("/", 1)[-1]), data)


def altered(data: bytes) -> bytes:
    return data.replace("豇豆".encode(), "黄瓜".encode())


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_honest_log_is_whole_at_every_size(origin: str) -> None:
    hash_, whole = algorithm(origin.rsplit("/", 1)[-1]), chained(origin, SIZE)
    for size in range(SIZE + 1):
        root = tree.root(hash_, [leaf for _, leaf in whole[:size]]).hex()
        assert verify_log(origin, whole[:size]) == verify_log(origin, bare(whole[:size]))
        assert verify_log(origin, whole[:size]) == Finding(True, size, root)


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("at", range(SIZE))
def test_a_changed_entry_is_named(origin: str, at: int) -> None:
    log = chained(origin, SIZE)
    stored: list[tuple[bytes, bytes | None]] = [*log]
    stored[at] = (altered(log[at][0]), log[at][1])
    assert first_bad(origin, stored) == (at, "leaf")
    assert verify_log(origin, stored).size == at
    stored[at] = hashed(origin, altered(log[at][0]))
    following = (at + 1, "prev") if at + 1 < SIZE else (None, "")  # the last one only a head can tell
    assert first_bad(origin, stored) == first_bad(origin, bare(stored)) == following
    assert verify_log(origin, stored).root != verify_log(origin, log).root


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("at", range(SIZE))
def test_a_deleted_or_inserted_or_swapped_entry_is_named(origin: str, at: int) -> None:
    log = chained(origin, SIZE)
    if at < SIZE - 1:
        assert first_bad(origin, log[:at] + log[at + 1 :]) == (at, "seq")
        swapped = [*log[:at], log[at + 1], log[at], *log[at + 2 :]]
        assert first_bad(origin, swapped) == (at, "seq")
    assert first_bad(origin, [*log[: at + 1], log[at], *log[at + 1 :]]) == (at + 1, "seq")
    foreign = hashed(origin, log[at][0].replace(b'"seq":%d' % at, b'"seq":%d' % (at + 1)))
    assert first_bad(origin, [*log[: at + 1], foreign, *log[at + 1 :]]) == (at + 1, "prev")


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_log_of_another_origin_is_refused(origin: str) -> None:
    other = ORIGINS[1 - ORIGINS.index(origin)]
    assert first_bad(origin, chained(other, 3)) == (0, "origin")
    assert first_bad(origin, bare(chained(other, 3))) == (0, "origin")


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_flipped_bit_passes_and_the_entry_is_named(origin: str) -> None:
    log = chained(origin, 3)
    for at, (data, leaf) in enumerate(log):
        for bit in range(0, len(data) * 8, 1 if origin.endswith("sha256") else 5):
            spoilt = bytearray(data)
            spoilt[bit // 8] ^= 1 << bit % 8
            bad: list[tuple[bytes, bytes | None]] = [*log[:at], (bytes(spoilt), leaf), *log[at + 1 :]]
            assert verify_log(origin, bad).first_bad == at
    dice = random.Random(1)
    for at, (data, leaf) in enumerate(log):
        for _ in range(50):
            wrong = bytearray(leaf)
            wrong[dice.randrange(32)] ^= 1 << dice.randrange(8)
            assert first_bad(origin, [*log[:at], (data, bytes(wrong)), *log[at + 1 :]]) == (at, "leaf")


def spelled(*changes: tuple[str, str]) -> bytes:
    text = chained(ORIGINS[0], 1)[0][0].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "form"), (b"KUAIJIAN-1\0", "form"), (PREFIX + b"[]", "form"), (PREFIX + b"5", "form"),
        (PREFIX + b"\xff", "form"), (PREFIX + b"[" * 200_000, "form"), (PREFIX + b"9" * 5000, "form"),
        (spelled(("KUAIJIAN-1", "KUAIJIAN-2")), "form"), (spelled(('"seq":0', '"seq":0,"seq":0')), "form"),
        (spelled(('"seq":0', '"seq": 0')), "form"), (spelled(('"seq":0', '"seq":0.0')), "form"),
        (spelled(('"seq":0', '"seq":-0')), "form"), (spelled(('"seq":0', '"seq":NaN')), "form"),
        (spelled(("豇豆", "\\u8c47\\u8c46")), "form"), (spelled(("豇豆", "\\ud800")), "form"),
        (spelled(('"actor"', '"zactor"')), "form"), (spelled(('"seq":0', '"seq":1')), "seq"),
        (spelled(('"seq":0', '"seq":false')), "seq"), (spelled(('"seq":0,', "")), "seq"),
        (spelled(('"mono":1000', '"mono":true')), "form"), (spelled(('"why":""', '"why":"\x7f"')), "form"),
        (spelled(('"why":""', '"why":"\\u0001"')), "form"), (spelled(('"why":""', '"why":"\u202e"')), "form"),
        (spelled(('"why":""', '"why":"e\u0301"')), "form"), (spelled(('"why":""', '"why":"","x":1')), "form"),
        (spelled(('"why":""', '"why":"\\\\u0001\\n"')), ""), (spelled(('"table":"sample"', '"table":1')), "form"),
        (spelled(('"value":null', '"value":[]')), "form"), (spelled(('"value":null', '"value":-17')), ""),
        (spelled(('"prev":""', '"prev":null')), "prev"), (spelled(("LJ/LJ01/sha256", "LJ/LJ02/sha256")), "origin"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else value,
)  # fmt: skip
def test_an_entry_in_another_form_is_named_even_with_its_own_leaf(data: bytes, reason: str) -> None:
    assert first_bad(ORIGINS[0], [hashed(ORIGINS[0], data)]) == (0 if reason else None, reason)


ODD = [b"\n", b"\\", b'"', b"\x7f", rb"\n", rb"\r", rb"\"", rb"\\", b"\xff", b"\xe2\x80\x8e", b"\xef\xbf\xbd"]


@pytest.mark.parametrize(("origin", "more"), [(ORIGINS[0], {}), (ORIGINS[1], {"why": 'a\\"\n\\\\"\té'})])
def test_what_came_often_is_judged_like_what_is_read(origin: str, more: dict[str, str]) -> None:
    """The verifier does not read an entry again whose like it has read often: nothing may slip through there."""
    log, often = chained(origin, 130, **more), verify._Reader()
    for seq, (data, _) in enumerate(log[:-1]):
        assert not often.fault(data, origin, seq, log[seq - 1][1].hex() if seq else "")
    place = (origin, 129, log[128][1].hex())
    data = log[129][0]
    assert sum(often.often.values()) == 64
    others = {flipped(data, bit) for bit in range(0, len(data) * 8, 3)}
    others |= {
        PREFIX + spelling(data[len(PREFIX) :].decode()).encode("utf-8", "surrogatepass")
        for spelling in SPELLINGS
    }
    others |= {
        data.replace(b'"real":true', b'"real":' + value) for value in (b"false", b"null", b"7", b'"x"', b"07")
    }
    others |= {data[:at] + data[at + 1 :] for at in range(len(data))}
    others |= {data[:at] + odd + data[at + 1 :] for at in range(len(data)) for odd in ODD}
    others |= {data[:at] + odd + data[at:] for at in range(len(data)) for odd in ODD}
    said = {bytes(other): often.fault(other, *place) for other in others}
    assert said == {bytes(other): verify._Reader().fault(other, *place) for other in others}
    assert sum(not fault for fault in said.values()) > 3


def test_an_unknown_hash_is_said() -> None:
    with pytest.raises(ValueError, match="md5"):
        verify_log("LJ/LJ01/md5", [])


def test_it_is_one_short_file_of_the_standard_library() -> None:
    text = SOURCE.read_text("utf-8")
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported <= sys.stdlib_module_names
    assert len(text.splitlines()) <= 580


ALONE = """
import json, sys
import verify
told = json.load(open("log.json"))
log = [(bytes.fromhex(data), bytes.fromhex(leaf)) for data, leaf in told]
found = verify.verify_log(sys.argv[1], log)
spoilt = verify.verify_log(sys.argv[1], [(data.replace(b"sampler", b"manager"), leaf) for data, leaf in log])
foreign = [name for name in sys.modules if name.split(".")[0] in ("lims", "cryptography", "sqlalchemy")]
print(json.dumps([found.ok, found.root, spoilt.first_bad, spoilt.reason, foreign]))
"""


@pytest.mark.parametrize("origin", ORIGINS)
def test_it_runs_alone_in_an_empty_folder(origin: str, tmp_path: Path) -> None:
    log = chained(origin, 5)
    (tmp_path / "verify.py").write_bytes(SOURCE.read_bytes())
    (tmp_path / "log.json").write_text(json.dumps([(data.hex(), leaf.hex()) for data, leaf in log]))
    (tmp_path / "alone.py").write_text(ALONE)
    command = [sys.executable, "-S", "-E", "alone.py", origin]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    root = tree.root(algorithm(origin.rsplit("/", 1)[-1]), [leaf for _, leaf in log]).hex()
    assert json.loads(said.stdout) == [True, root, 0, "leaf", []]


def test_the_prefix_and_the_leaf_are_told_twice_and_alike() -> None:
    data = PREFIX + encode({"a": 1})
    assert verify.PREFIX == PREFIX
    assert leaf_hash(algorithm("sha256"), data) == hashlib.sha256(b"\0" + data).digest()
