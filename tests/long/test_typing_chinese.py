"""Types pinyin into a real window under Xvfb, through fcitx5 and through ibus, as on the desktops of the counties."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {
    "Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "dbus-run-session": "dbus",
    "fcitx5": "fcitx5 fcitx5-pinyin", "ibus-daemon": "ibus ibus-libpinyin",
}  # fmt: skip
# What a desktop of each kind sets for its programs, and how it starts the framework.
FRAMEWORKS = {
    "fcitx": "fcitx5 --disable=wayland,waylandim",
    "ibus": "ibus-daemon --replace --xim --panel disable",
}
CHOOSE = {"fcitx": "true", "ibus": "ibus engine libpinyin"}
PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""
WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit
from gui.app import application
app = application([])
field = QLineEdit()
field.textChanged.connect(lambda text: print("typed", text, flush=True))
field.setWindowTitle("typing-test")
field.resize(400, 60)
field.show()
QTimer.singleShot(60_000, app.quit)
print("ready", flush=True)
app.exec()
"""


@pytest.fixture
def tools() -> None:
    missing = [packages for program, packages in NEEDED.items() if shutil.which(program) is None]
    assert not missing, f"this test needs programs of Debian; run: apt-get install {' '.join(missing)}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    settings = tmp_path / ".config" / "fcitx5"
    settings.mkdir(parents=True)
    (settings / "profile").write_text(PROFILE, encoding="utf-8")
    (settings / "config").write_text("[Behavior]\nActiveByDefault=True\n", encoding="utf-8")
    return tmp_path


@pytest.fixture(params=sorted(FRAMEWORKS))
def session(tools: None, home: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A session with a screen, a window manager, a framework and our window, started as one process group."""
    assert tools is None
    (home / "window.py").write_text(WINDOW, encoding="utf-8")
    script = f"""
    Xvfb -displayfd 3 -screen 0 1024x600x24 3> {home}/display 2> /dev/null &
    while ! [ -s {home}/display ]; do sleep 0.1; done
    export DISPLAY=:$(cat {home}/display)
    openbox > {home}/openbox.log 2>&1 &
    {FRAMEWORKS[request.param]} > {home}/framework.log 2>&1 &
    sleep 3
    {CHOOSE[request.param]} >> {home}/framework.log 2>&1
    exec {sys.executable} {home}/window.py
    """
    environ = {
        name: value for name, value in os.environ.items()
        if name not in {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_IM_MODULES", "XMODIFIERS"}
    }  # fmt: skip
    environ |= {"HOME": str(home), "QT_IM_MODULE": request.param, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT),
                "XDG_CONFIG_HOME": str(home / ".config"), "XDG_RUNTIME_DIR": str(home), "LANG": "C.UTF-8"}  # fmt: skip
    started = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", script], env=environ, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    yield started
    os.killpg(started.pid, signal.SIGTERM)
    started.communicate(timeout=10)


def said(session: subprocess.Popen[str], word: str) -> str | None:
    """Return what our window says after `word`; services of the session bus write to the same output."""
    assert session.stdout is not None
    lines = (line.split() for line in session.stdout)
    return next((" ".join(line[1:]) for line in lines if line and line[0] == word), None)


def test_pinyin_becomes_chinese_in_our_window(session: subprocess.Popen[str], home: Path) -> None:
    assert said(session, "ready") is not None
    environ = os.environ | {"DISPLAY": f":{(home / 'display').read_text(encoding='ascii').strip()}"}

    def key(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=environ, check=True, timeout=20, capture_output=True)

    key("search", "--sync", "--name", "typing-test", "windowactivate", "--sync")
    time.sleep(1)
    key("type", "--delay", "150", "dabaicai")
    time.sleep(1)
    key("key", "space")
    typed = said(session, "typed")
    assert typed, (home / "framework.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    assert all("\u4e00" <= character <= "\u9fff" for character in typed), typed
    assert typed == "大白菜"
