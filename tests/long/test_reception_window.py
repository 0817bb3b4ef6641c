"""One journey through a real window under Xvfb: sign in, find the screen, two bags by a scan and a key each."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lims.app import opened
from lims.queries import samples
from tests.laboratory import PASSWORD, found_lab

ROOT = Path(__file__).parents[2]
NEEDED = {"Xvfb": "xvfb", "xdotool": "xdotool"}
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from gui import app as desktop, program
plain = desktop.Desktop.show
def show(self, opener):
    plain(self, opener)
    said = [""]
    def say():
        focus = self.app.focusWidget()
        known = f"{self.shell.name or 'sign_in'} {self.desk.ready} {type(focus).__name__}"
        if known != said[0]:
            said[0] = known
            print(known, flush=True)
    self.timer = QTimer()
    self.timer.timeout.connect(say)
    self.timer.start(50)
    QTimer.singleShot(180_000, self.app.quit)
desktop.Desktop.show = show
raise SystemExit(program._show_desktop(Path(sys.argv[1]), "", "en"))
"""


@pytest.fixture
def bags(tmp_path: Path) -> list[str]:
    missing = [packages for name, packages in NEEDED.items() if shutil.which(name) is None]
    assert not missing, f"this test needs programs of Debian; run: apt-get install {' '.join(missing)}"
    lab = found_lab(tmp_path / "lab")
    drawn = [lab.draw(seal=f"F{at:04}") for at in range(2)]
    lab.close()
    return drawn


@pytest.fixture
def session(bags: list[str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    assert bags
    (tmp_path / "window.py").write_text(WINDOW, encoding="utf-8")
    script = f"""
    Xvfb -displayfd 3 -screen 0 1366x768x24 3> {tmp_path}/display > /dev/null 2>&1 &
    while ! [ -s {tmp_path}/display ]; do sleep 0.1; done
    export DISPLAY=:$(cat {tmp_path}/display)
    exec {sys.executable} {tmp_path}/window.py {tmp_path}/lab 2> {tmp_path}/window.log
    """
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}
    }
    environ |= {"HOME": str(tmp_path), "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    started = subprocess.Popen(
        ["sh", "-c", script], env=environ, text=True, stdout=subprocess.PIPE, start_new_session=True
    )
    yield started
    if started.poll() is None:
        os.killpg(started.pid, signal.SIGTERM)
    started.communicate(timeout=20)


def until(session: subprocess.Popen[str], wanted: Callable[[str], bool], log: Path) -> None:
    """Read what the window says of itself until it says what is waited for."""
    assert session.stdout is not None
    for line in session.stdout:
        if wanted(line):
            return
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def test_two_bags_are_received_by_a_scan_and_a_key_each(
    session: subprocess.Popen[str], bags: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "window.log"
    until(session, lambda line: line.startswith("sign_in True"), log)
    environ = os.environ | {"DISPLAY": f":{(tmp_path / 'display').read_text(encoding='ascii').strip()}"}

    def xdotool(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=environ, check=True, timeout=30, capture_output=True)

    def typed(words: str) -> None:
        xdotool("type", "--delay", "120", words)

    xdotool("search", "--sync", "--name", "Kuaijian", "windowfocus", "--sync")
    until(session, lambda line: line.startswith("sign_in True QLineEdit"), log)
    typed("lin")
    xdotool("key", "Tab")
    typed(PASSWORD)
    xdotool("key", "Return")
    until(session, lambda line: not line.startswith("sign_in"), log)
    xdotool("key", "ctrl+k")
    time.sleep(1)
    typed("reception")
    xdotool("key", "Return")
    until(session, lambda line: line.startswith("reception"), log)
    for bag in bags:
        xdotool("type", "--delay", "4", bag)
        xdotool("key", "Return")
        until(session, lambda line: line.startswith("reception True Screen"), log)
        xdotool("key", "F7")
        until(session, lambda line: line.startswith("reception True") and "Screen" not in line, log)
    os.killpg(session.pid, signal.SIGTERM)
    session.wait(20)
    lab = found_again(tmp_path / "lab")
    assert lab == dict.fromkeys(bags, "received")


def found_again(folder: Path) -> dict[str, str]:
    """Return the state of every sample as the laboratory has it after the window is gone."""
    with opened(folder) as laboratory:
        return {row.number: row.state for row in laboratory.lims.ask(samples.page)}
