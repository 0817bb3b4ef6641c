"""The wheels of an installer are the lock's, by hash, for the system asked, and without the tests' own packages."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from packaging.tags import Tag
from packaging.utils import canonicalize_name

from installer.environment import LOCK
from installer.wheels import FREEZING, LINUX, LISTED, WINDOWS, Target, applies, entries, needed, unpack

TINY = """\
wanted==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via kuaijian (pyproject.toml)
below==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc
    # via
    #   other
    #   wanted
deeper==3.0 \\
    --hash=sha256:dd
    # via below
probe==4.0 \\
    --hash=sha256:ee
    # via kuaijian (pyproject.toml:test)
needle==5.0 \\
    --hash=sha256:ff
    # via probe
"""


def wheel(folder: Path, version: str) -> Path:
    """Make a wheel of one module that says its version."""
    made = folder / f"tiny-{version}-py3-none-any.whl"
    about = f"tiny-{version}.dist-info"
    parts = {
        "tiny.py": f"VERSION = '{version}'\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{about}/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in (*parts, f"{about}/RECORD")))
    return made


def names(lock: str, target: Target, **more: frozenset[str]) -> list[str]:
    return [entry.requirement.name for entry in needed(lock, target, **more)]


def test_what_the_program_asks_for_is_followed_down_and_by_system() -> None:
    assert names(TINY, WINDOWS) == ["wanted", "below", "deeper"]
    assert names(TINY, LINUX) == ["wanted"]


def test_a_package_of_the_tests_comes_only_when_named_with_what_it_needs() -> None:
    assert names(TINY, LINUX, more=frozenset({"probe"})) == ["wanted", "probe", "needle"]


def test_of_several_versions_the_target_gets_its_own() -> None:
    lock = "".join(
        f"twice=={version} ; python_full_version {when} '3.12' \\\n    --hash=sha256:{version}0\n"
        "    # via kuaijian (pyproject.toml)\n"
        for version, when in (("1", "<"), ("2", ">="))
    )
    assert [str(entry.requirement.specifier) for entry in needed(lock, LINUX)] == ["==1"]


def test_every_line_keeps_its_hashes() -> None:
    assert entries(TINY)[0].lines == "wanted==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@pytest.mark.parametrize("target", [LINUX, WINDOWS], ids=lambda each: each.name)
def test_the_real_lock_gives_the_program_and_not_its_tests(target: Target) -> None:
    found = {canonicalize_name(name) for name in names(LOCK.read_text("utf-8"), target)}
    assert found >= {"pyside6-essentials", "shiboken6", "sqlcipher3", "cffi", "numpy", "hidapi", "h11"}
    assert found.isdisjoint({"pytest", "mypy", "hypothesis", "ruff", FREEZING})


def test_what_only_one_system_needs_stays_on_it() -> None:
    lock = LOCK.read_text("utf-8")
    assert "pywin32-ctypes" in names(lock, WINDOWS)
    assert "pywin32-ctypes" not in names(lock, LINUX)
    assert "secretstorage" in names(lock, LINUX)
    assert "secretstorage" not in names(lock, WINDOWS)


def test_a_marker_is_read_with_the_words_of_the_target() -> None:
    (entry,) = entries(
        "x==1 ; sys_platform == 'win32' and python_full_version < '3.12' \\\n    --hash=sha256:aa\n"
    )
    assert applies(entry, WINDOWS)
    assert not applies(entry, LINUX)


def test_pip_is_told_no_marker_which_it_would_read_with_the_words_of_this_computer() -> None:
    (marked,) = [entry for entry in entries(TINY) if entry.requirement.name == "below"]
    assert marked.plain == "below==2.0 \\\n    --hash=sha256:cc\n"
    assert entries(TINY)[0].plain == entries(TINY)[0].lines
    assert not any(";" in entry.plain for entry in needed(LOCK.read_text("utf-8"), WINDOWS))


def test_what_is_laid_is_the_listed_wheel_and_tells_no_path_of_this_computer(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    now, before = (wheel(kept, version) for version in ("2.0", "1.0"))
    assert before.exists()
    digest = hashlib.sha256(now.read_bytes()).hexdigest()
    (kept / LISTED).write_text(f"tiny==2.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    unpack(kept, WINDOWS, tmp_path / "lib")
    assert (tmp_path / "lib/tiny.py").read_text("utf-8") == "VERSION = '2.0'\n"
    laid = [path for path in (tmp_path / "lib").rglob("*") if path.is_file()]
    assert [path.name for path in laid if str(tmp_path).encode() in path.read_bytes()] == []
    assert {"direct_url.json", "tiny"}.isdisjoint(path.name for path in laid)
    (record,) = (path for path in laid if path.name == "RECORD")
    listed = {line.split(",")[0] for line in record.read_text("utf-8").splitlines()}
    assert listed == {path.relative_to(tmp_path / "lib").as_posix() for path in laid}


def test_no_wheel_for_linux_may_ask_for_more_than_the_oldest_system() -> None:
    newest = max(
        Tag("cp311", "cp311", each).platform for each in LINUX.platforms if each.startswith("manylinux_2")
    )
    assert newest == "manylinux_2_28_x86_64"
