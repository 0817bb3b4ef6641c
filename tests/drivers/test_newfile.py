"""The first files of a new instrument run as they are: found, decoded, played, clean for the linters."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from drivers import instruments, simulators
from drivers.decode import decode
from drivers.errors import Refused
from drivers.newfile import id_of, write
from protocols import transcript

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "drivers" / "instruments").mkdir(parents=True)
    for package in (instruments, simulators):
        own = tmp_path / "drivers" / package.__name__.rpartition(".")[2]
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(own)])
    return tmp_path


def test_its_files_decode_and_play_as_they_are(tree: Path) -> None:
    paths = write(tree, "Acme Ltd", "X-1 'quick'")
    assert [path.relative_to(tree).as_posix() for path in paths] == [
        "drivers/instruments/acme_ltd_x_1_quick.py",
        "drivers/simulators/acme_ltd_x_1_quick.py",
        "tests/wire/acme_ltd_x_1_quick/first.wire",
        "tests/wire/acme_ltd_x_1_quick/first.expected.json",
        "tests/drivers/test_acme_ltd_x_1_quick.py",
    ]
    one = importlib.import_module("drivers.instruments.acme_ltd_x_1_quick").PROFILE
    assert one.id == "acme_ltd_x_1_quick"
    wanted = json.loads(paths[3].read_text(encoding="utf-8"))
    talk = transcript.read(paths[2].read_text(encoding="utf-8"))
    assert list(decode(one, talk, {})) == wanted
    device = one.simulator({}, one.samples)
    assert list(decode(one, device.to_send(), {})) == wanted


def test_its_files_are_clean(tree: Path) -> None:
    for path in write(tree, "Acme", "X1"):
        for tool in ("check", "format") if path.suffix == ".py" else ():
            named = ["--stdin-filename", path.relative_to(tree).as_posix(), "-"]
            done = subprocess.run([sys.executable, "-m", "ruff", tool, "--no-cache", "-q", *named],
                                  input=path.read_bytes(), capture_output=True, cwd=ROOT, check=False)  # fmt: skip
            assert done.returncode == 0, done.stdout
            assert tool == "check" or done.stdout == path.read_bytes()


def test_nothing_is_overwritten_and_names_are_checked(tree: Path) -> None:
    write(tree, "Acme", "X1")
    for maker, model, code in (
        ("Acme", "X1", "new_exists"),
        ("达元", "X1", "new_name"),
        ("3M", "X", "new_name"),
    ):
        with pytest.raises(Refused, match=code):
            write(tree, maker, model)
    with pytest.raises(Refused, match="new_tree"):
        write(tree / "drivers", "Acme", "X2")
    assert id_of("Bio-Rad", "550") == "bio_rad_550"
