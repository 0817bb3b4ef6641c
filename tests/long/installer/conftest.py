"""The installers that the long tests try: those in `dist/`, made from this commit when they are not there."""

import subprocess
import sys
from pathlib import Path

import pytest

from installer.environment import ROOT
from installer.facts import facts


def built(target: str, pattern: str) -> Path:
    """Return the installer of this commit, making it when it is missing or older than the commit."""
    made = next(iter((ROOT / "dist").glob(pattern)), None)
    if made is None or made.stat().st_mtime < facts().time:
        subprocess.run([sys.executable, str(ROOT / "installer/build.py"), target], check=True)
        (made,) = (ROOT / "dist").glob(pattern)
    return made


@pytest.fixture(scope="session")
def package() -> Path:
    return built("linux", "kuaijian_*_amd64.deb")


@pytest.fixture(scope="session")
def setup() -> Path:
    return built("windows", "kuaijian_*_setup.exe")
