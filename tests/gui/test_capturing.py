"""The window of a desk that is started while its server is away: it says so, and shows what is captured meanwhile."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from drivers.links.far import PtyEnd
from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.astm_lis2 import Sender, simulator
from gui import app as desktop
from gui.look import Look
from gui.program import _Opening, _Wanted
from gui.ties import Session, Ties
from lims.bench import known
from lims.bench.known import Known, Placed
from lims.config import Folder
from lims.storage.log import place_of
from tests.lims.sync.test_away import ITEMS

Settle = Callable[..., None]


def nobody(*_: object) -> Session:
    raise AssertionError("nobody signs in here")


@pytest.fixture
def address() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"postgresql://lin@127.0.0.1:{taken.getsockname()[1]}/lab"


def test_a_start_without_the_server_shows_what_is_captured(
    dressed: QApplication, settle: Settle, address: str, tmp_path: Path
) -> None:
    assert isinstance(dressed, QApplication)
    with Player(Sender([], 64_000), PtyEnd()) as player:
        placed = Placed("A1", "Analyser 1", "astm_lis2", f"serial:{player.address}", {"items": ITEMS}, 0)
        Folder(tmp_path).make()
        known.write(
            Folder(tmp_path).journal,
            Known(known.address(address), place_of("LJ", "LJ01", "sha256"), "连江县快检室", (placed,)),
        )
        opening = _Opening(_Wanted(tmp_path, address))
        made = desktop.Desktop(
            Ties(sign_in=nobody, drafts=tmp_path / "drafts"), Look(language="en", sound=False)
        )
        made.show(opening)
        capturing = made.shell.sign_in.capturing
        settle(lambda: capturing.isVisible() and made.desk.bench is not None)
        assert "127.0.0.1" in capturing.why.text()
        assert "\n" not in capturing.why.text()
        assert "refused" not in capturing.why.text()
        assert made.shell.bar.shown_states()["offline"] == "server away"
        assert [one.word for one in made.shell.acts()] == []
        bench = made.desk.bench
        assert bench is not None
        settle(lambda: bench.lines()[0].state == "open")
        record = Record("1", number="1", sample="S-1", item="pesticide inhibition", value="12.5")
        player.swap(simulator({"items": ITEMS}, [record]))
        settle(lambda: bench.lines()[0].waiting == "storage.away")
        settle(
            lambda: capturing.table.model().data(capturing.table.model().index(0, 3)) not in {None, "0", "—"}
        )
        made.close()
        opening.close()
        made.shell.deleteLater()
    assert any(b"S-1" in one.read_bytes() for one in (tmp_path / "journal/A1").glob("*.journal"))
