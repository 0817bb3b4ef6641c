"""Instruments are found on disk; a file that is none is an error."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from drivers import instruments, registry
from drivers.errors import Refused
from drivers.profile import Profile

GOOD = """
from drivers.profile import Evidence, Profile, Rung, Serial
PROFILE = Profile(id="{id}", title=("一", "one"), family="x", measures=(), wiring=(Serial(),), codec=None, read=None,
                  evidence=Evidence(Rung.DOCUMENT, "made for tests"))
"""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[ModuleType]:
    folder = tmp_path / "found_instruments"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "maker_one.py").write_text(GOOD.format(id="maker_one"), encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module("found_instruments")
    sys.path.remove(str(tmp_path))
    for name in [one for one in sys.modules if one.startswith("found_instruments")]:
        del sys.modules[name]


def test_every_file_is_an_instrument(package: ModuleType) -> None:
    assert list(registry.load(package)) == ["maker_one"]


@pytest.mark.parametrize(("text", "code"), [("", "no_profile"), (GOOD.format(id="other"), "wrong_id")])
def test_a_file_that_is_none_is_an_error(package: ModuleType, text: str, code: str) -> None:
    (Path(package.__path__[0]) / "maker_two.py").write_text(text, encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(Refused, match=code):
        registry.load(package)


def test_our_own_instruments_are_all_found() -> None:
    files = {one.stem for one in Path(instruments.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(registry.profiles()) == files
    assert all(isinstance(one, Profile) for one in registry.profiles().values())


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_instrument"):
        registry.profile("nobody_none")
