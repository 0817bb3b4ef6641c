"""A server that goes away and comes back while an analyser keeps on sending: nothing lost, nothing doubled, and said.

An hour is `KUAIJIAN_AWAY_SECONDS=3600`; how long it is away changes only how much waits on this computer.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from drivers.links.far import PtyEnd
from drivers.player import Player
from gui import app as desktop
from gui.look import Look
from gui.program import _Opening, _sign_in, _Wanted
from gui.ties import Ties
from gui.world import World
from lims.bench.lines import Bench
from lims.errors import StorageUnfit
from lims.queries import audit, bench
from lims.services.equip import Device
from lims.sync.freshness import Freshness
from tests.gui.lab import PASSWORD, Shell, settle, window
from tests.laboratory import Lab, found_lab
from tests.long.soaking import ITEMS, Batches, batches_of
from tests.servers import Servers

AWAY = float(os.environ.get("KUAIJIAN_AWAY_SECONDS", "20"))
TIMES = 3
"""How often the server dies."""
READINGS = 1_000_000


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    desktop.application([])
    return QApplication


@pytest.fixture
def servers() -> Iterator[Servers]:
    with Servers() as running:
        yield running


@pytest.fixture
def lab(qapp: QApplication, servers: Servers, tmp_path: Path) -> Iterator[Lab]:
    desktop.dress(qapp, Look(language="en"))
    made = found_lab(tmp_path / "lab", servers.fresh())
    yield made
    made.close()


def said_by(device: Batches) -> Counter[tuple[str, str]]:
    return Counter((one.value, one.measured_at) for batch in device.said for one in batch)


def taken_in(lab: Lab) -> Counter[tuple[str, str]]:
    return Counter(
        (one.value, one.device_time)
        for one in lab.station.ask(bench.readings, count=READINGS)
        for _ in range(1 + one.repeats)
    )


def dies_and_comes_back(shell: Shell, lab: Lab, servers: Servers, lines: Bench, device: Batches) -> None:
    """Let the server be away while batches come, and look at what this desk says of it meanwhile."""
    bar, heard = shell.bar.shown_states, len(device.said)
    servers.halt()
    settle(shell, lambda: bar().get("offline") == "server away")
    assert "kept on this computer" in " ".join(shell.banners.sentences())
    settle(shell, lambda: lines.lines()[0].waiting)
    with pytest.raises(StorageUnfit):
        lab.draw()
    until = time.monotonic() + AWAY
    settle(shell, lambda: time.monotonic() > until, AWAY + 60)
    assert lines.lines()[0].state == "open"
    assert len(device.said) > heard + AWAY / 2, "the analyser was made to wait"
    servers.resume()
    settle(shell, lambda: "offline" not in bar())
    settle(shell, lambda: not lines.lines()[0].waiting, AWAY + 60)


def test_an_analyser_sends_on_while_the_server_is_away(lab: Lab, servers: Servers) -> None:
    device = batches_of("astm_lis2", ITEMS, 0)
    device.until = float("inf")
    fresh, lines = Freshness(lab.station), Bench(lab.laboratory, pauses=(0.1,))
    with Player(device, PtyEnd()) as player:
        lab.device(Device("A1", "A1", "astm_lis2", "SN1", f"serial:{player.address}", "DOCUMENT", ITEMS))
        fresh.start()
        lines.start()
        with window(lab, "lin") as shell:
            world = World(shell.desk)
            world.begin()
            settle(shell, lambda: len(device.said) > 2)
            for _ in range(TIMES):
                dies_and_comes_back(shell, lab, servers, lines, device)
            device.until = 0.0
            settle(shell, lambda: device.idle)
            settle(shell, lambda: lines.lines()[0].readings >= said_by(device).total(), 60 + TIMES * AWAY)
        lines.stop()
        fresh.stop()
    assert taken_in(lab) == said_by(device)
    assert lab.station.ask(audit.verify).ok
    print(f"  {said_by(device).total()} readings, away {TIMES} times for {AWAY:g} s: none lost, none doubled")


def test_a_desk_started_while_the_server_is_away_goes_on_when_it_is_back(
    lab: Lab, servers: Servers, tmp_path: Path
) -> None:
    device = batches_of("astm_lis2", ITEMS, 0)
    device.until = float("inf")
    address = lab.station.store.engine.url.render_as_string(hide_password=False)
    with Player(device, PtyEnd()) as player:
        lab.device(Device("A1", "A1", "astm_lis2", "SN1", f"serial:{player.address}", "DOCUMENT", ITEMS))
        lines = Bench(lab.laboratory)
        lines.start()
        lines.stop()
        lab.close()
        servers.halt()
        opening = _Opening(_Wanted(tmp_path / "lab", address))
        made = desktop.Desktop(
            Ties(sign_in=_sign_in, drafts=tmp_path / "drafts"), Look(language="en", sound=False)
        )
        made.show(opening)
        settle(made.shell, made.shell.sign_in.capturing.isVisible)
        heard = len(device.said)
        until = time.monotonic() + AWAY
        settle(made.shell, lambda: time.monotonic() > until, AWAY + 60)
        assert len(device.said) > heard + AWAY / 2, "the analyser was made to wait"
        servers.resume()
        settle(made.shell, lambda: "offline" not in made.shell.bar.shown_states())
        assert not made.shell.sign_in.capturing.isVisible()
        made.desk.sign_in("lin", PASSWORD)
        settle(made.shell, lambda: made.shell.name)
        device.until = 0.0
        settle(made.shell, lambda: device.idle)
        door, bench_ = made.desk.door, made.desk.bench
        assert bench_ is not None
        settle(made.shell, lambda: bench_.lines()[0].readings >= said_by(device).total(), 120)
        found = Counter(
            (one.value, one.device_time)
            for one in door.ask(bench.readings, count=READINGS)
            for _ in range(1 + one.repeats)
        )
        assert found == said_by(device)
        assert door.ask(audit.verify).ok
        made.close()
        opening.close()
    print(f"  {found.total()} readings of a desk started without its server: none lost, none doubled")
