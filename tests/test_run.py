"""The one command: quick when nothing is to do, and one clear sentence in two languages when something is wrong."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run
from installer import environment as env

ROOT = Path(__file__).resolve().parents[1]
BLOCKED = """
import runpy, sys
{change}
sys.argv = ["run.py", "test"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone as small as set-up allows: its own lock, no package of ours."""
    return small(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, kept for several tests, since making `.venv` takes seconds."""
    return small(tmp_path_factory.mktemp("made"))


def small(folder: Path) -> Path:
    """Write such a clone."""
    place = folder / "快检 clone"
    (place / "installer").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", place)
    shutil.copy(ROOT / "installer/environment.py", place / "installer")
    (place / "pyproject.toml").write_text('[build-system]\nrequires = []\nbuild-backend = "absent"\n')
    (place / "requirements.lock").write_text(f"nowhere==1.0 --hash=sha256:{'0' * 64}\n")
    return place


def started(clone: Path, *, change: str = "", **variables: str) -> tuple[int, str]:
    """Start `run.py test` in a clone with the machine's own pip settings out of the way."""
    command = (
        [sys.executable, "-c", BLOCKED.format(change=change)]
        if change
        else [sys.executable, "run.py", "test"]
    )
    base = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    quick = {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1", "PIP_DEFAULT_TIMEOUT": "2"}
    done = subprocess.run(
        command,
        cwd=clone,
        env={**base, **quick, "PYTHONUTF8": "1", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def is_a_sentence(said: str) -> bool:
    """Tell whether Chinese and English were said and no traceback."""
    return "Traceback" not in said and any("\u4e00" <= c <= "\u9fff" for c in said) and "。" in said


def wheel(folder: Path, name: str) -> Path:
    """Make a wheel that holds nothing."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_an_old_python_can_read_far_enough_to_refuse() -> None:
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 7))
    before = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "installer"]
    assert before, "the check of the version must stand above the import of the rest"


@pytest.mark.parametrize("version", [(3, 7, 3), (3, 10, 12), (3, 14, 0)])
def test_a_python_out_of_range_is_named_with_the_range(clone: Path, version: tuple[int, int, int]) -> None:
    code, said = started(clone, change=f"sys.version_info = {version}")
    assert code == 1
    assert is_a_sentence(said)
    assert f"{version[0]}.{version[1]}" in said
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 2)])
def test_the_promised_pythons_are_taken(version: tuple[int, int, int]) -> None:
    assert run.python_fault(version) is None


def test_without_ensurepip_the_command_to_type_is_said(clone: Path) -> None:
    code, said = started(clone, change="sys.modules['ensurepip'] = None", PATH=str(clone))
    assert code == 1
    assert is_a_sentence(said)
    assert "apt-get install" in said
    assert "python3-venv" in said


def test_without_network_it_says_so(made: Path) -> None:
    code, said = started(made, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert code == 1
    assert is_a_sentence(said)
    assert "cannot be reached" in said
    assert (made / ".venv/pip.log").is_file()


def test_a_wrong_hash_is_refused_and_said(made: Path) -> None:
    wheel(made, "nowhere")
    code, said = started(made, PIP_NO_INDEX="1", PIP_FIND_LINKS=made.as_uri())
    assert code == 1
    assert is_a_sentence(said)
    assert "does not match its hash" in said


def test_a_package_that_has_no_build_here_is_said(made: Path) -> None:
    for left in made.glob("*.whl"):
        left.unlink()
    code, said = started(made, PIP_NO_INDEX="1")
    assert code == 1
    assert is_a_sentence(said)
    assert "no build for this computer" in said


def test_a_set_up_that_stops_half_way_is_not_taken_for_finished(made: Path) -> None:
    found = wheel(made, "nowhere")
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    (made / "requirements.lock").write_text(f"nowhere==1.0 --hash=sha256:{digest}\n")
    code, said = started(made, PIP_NO_INDEX="1", PIP_FIND_LINKS=made.as_uri())
    assert code == 1, "the packages go in, but this project cannot be built"
    assert is_a_sentence(said)
    assert "1/1" in said
    assert not (made / ".venv/kuaijian-setup.json").exists()


def test_a_clone_that_may_not_be_written_is_a_sentence(clone: Path) -> None:
    (clone / ".venv").write_text("a file where the environment should be")
    code, said = started(clone)
    assert code == 1
    assert is_a_sentence(said)


def test_what_tests_throw_away_lies_in_memory_where_that_has_room(tmp_path: Path) -> None:
    with env.quick_place(tmp_path, needed=1) as variables:
        place = Path(variables["TMPDIR"])
        assert place.parent == tmp_path
        (place / "thrown away").write_text("x")
    assert list(tmp_path.iterdir()) == []
    for place, needed in ((tmp_path, 10**18), (tmp_path / "none", 1)):
        with env.quick_place(place, needed) as variables:
            assert variables == {}


def test_a_full_disk_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(env.TroubleError) as caught:
        env.room(tmp_path, 10**18)
    assert is_a_sentence(str(caught.value))
    assert env.room(tmp_path, 1) is None  # type: ignore[func-returns-value] # that it returns is the point


@pytest.mark.parametrize(
    ("output", "part"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            "WARNING: Retrying ... Temporary failure in name resolution\nERROR: No matching distribution",
            "reached",
        ),
        ("ERROR: something new", "see the log"),
    ],
)
def test_what_pip_says_becomes_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, part: str
) -> None:
    monkeypatch.setattr(env, "VENV", tmp_path)
    said = str(env.diagnose(output))
    assert part in said
    assert is_a_sentence(said)


def test_nothing_is_asked_of_a_system_that_has_everything() -> None:
    assert env.lacking(()) == []
    assert env.lacking((("libnothing0t64 libnothing0", "libnothing.so.0"),)) == ["libnothing0t64 libnothing0"]


WAITING_APT = """#!/bin/sh
for turn in $(seq 300); do [ -e .venv/pyvenv.cfg ] && echo "$@" >> asked && exit 0; sleep 0.1; done
exit 1
"""


def test_the_systems_packages_come_beside_the_environment(clone: Path) -> None:
    """Stand-ins for Debian's programs, which wait for `.venv`: one after the other, that would never come."""
    for name, does in (
        ("apt-get", WAITING_APT),
        ("apt-cache", "#!/bin/sh\n"),
        ("sudo", '#!/bin/sh\nshift; "$@"\n'),
    ):
        (clone / name).write_text(does)
        (clone / name).chmod(0o755)
    code, said = started(
        clone,
        change="import ctypes\ndef CDLL(name): raise OSError(name)\nctypes.CDLL = CDLL",
        PATH=f"{clone}{os.pathsep}{os.defpath}",
        PIP_NO_INDEX="1",
    )
    assert code == 1
    assert "no build for this computer" in said
    assert "libegl1" in (clone / "asked").read_text()


def test_signs_are_looked_for_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not env.there("Xvfb")
    assert not env.there("libnothing-of-the-kind.so.7")
    assert env.there("libc.so.6")


def test_missing_packages_are_named_by_their_debian_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(env.TroubleError, match=r"apt-get install libglib2\.0-0 libegl1"):
        env.install_packages(["libglib2.0-0t64 libglib2.0-0", "libegl1"])


def test_another_pythons_paths_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = env.variables(QT_QPA_PLATFORM="offscreen")
    assert "PYTHONPATH" not in variables
    assert (variables["PYTHONUTF8"], variables["QT_QPA_PLATFORM"]) == ("1", "offscreen")


def test_the_closing_line_ends_with_pytests_own_summary() -> None:
    lines = ["servers: sqlite 3.53.4, postgresql 18.6", "==== 3 failed, 41 passed in 12.05s ====", ""]
    said = run.closing(["lint", "tests"], lines, 61.0)
    assert (
        said
        == "run.py: FAILED: lint, tests, 61 s; servers: sqlite 3.53.4, postgresql 18.6; 3 failed, 41 passed in 12.05s"
    )
    assert run.closing([], ["44 passed in 1.00s"], 5.0).endswith("; 44 passed in 1.00s")
    assert run.closing(["tests"], ["killed"], 5.0).endswith("no summary from pytest")


def test_the_docstring_names_every_package_it_may_install() -> None:
    for names, _ in (*env.QT, *env.WINDOW, *env.TEST):
        assert names.split()[-1] in (run.__doc__ or "")


def test_an_environment_that_is_a_link_is_not_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/kept").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(env, "VENV", tmp_path / ".venv")
    with pytest.raises(env.TroubleError, match="is a link"):
        env.make_environment()
    assert (tmp_path / "theirs/kept").exists()
