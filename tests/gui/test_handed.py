"""A second start hands its files to the window that is open; anything else that connects is not heard."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication

from gui import handed
from gui.handed import Handed

Settle = Callable[..., None]
SECOND = """
import sys; from pathlib import Path; from gui.handed import hand_over
sys.exit(0 if hand_over(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]) else 3)
"""


@pytest.fixture
def window(dressed: QApplication, tmp_path: Path) -> Iterator[Handed]:
    assert dressed is not None
    made = Handed(tmp_path)
    yield made
    made.close()


def start(folder: Path, *files: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SECOND, str(folder), *map(str, files)]
    return subprocess.Popen(command)


def test_the_open_window_gets_the_files_of_a_second_start(
    window: Handed, tmp_path: Path, settle: Settle
) -> None:
    came: list[list[Path]] = []
    window.came.connect(came.append)
    second = start(tmp_path, tmp_path / "回执 1.kjb")
    settle(lambda: came and second.poll() is not None)
    assert second.returncode == 0
    assert came == [[(tmp_path / "回执 1.kjb").resolve()]]


def test_where_no_window_is_open_the_second_start_says_so(tmp_path: Path) -> None:
    assert start(tmp_path / "elsewhere").wait(30) == 3


@pytest.mark.parametrize("message", [b"\n", b"{}\n", b"[1]\n", b"GET / HTTP/1.1\n", b"\xff\xfe\n"])
def test_what_our_program_does_not_send_is_not_heard(
    window: Handed, tmp_path: Path, settle: Settle, message: bytes
) -> None:
    came: list[object] = []
    window.came.connect(came.append)
    socket = QLocalSocket()
    socket.connectToServer(handed.name_of(tmp_path))
    socket.write(message)
    settle(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert came == []
