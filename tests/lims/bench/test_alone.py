"""A desk that is started while its server is away captures all the same, and all of it arrives when it is back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.links.far import PtyEnd
from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.astm_lis2 import Sender, simulator
from lims.app import Laboratory, open_laboratory
from lims.bench import known
from lims.bench.alone import Returning, open_alone
from lims.bench.lines import Bench
from lims.errors import NotFound, StorageUnfit
from lims.queries import audit, bench
from lims.services import rebind
from lims.services.equip import Device
from lims.sync.freshness import BACK
from tests.laboratory import Lab, opened_lab
from tests.lims.sync.test_away import ITEMS, until
from tests.servers import Servers


@pytest.fixture
def address(servers: Servers, founded: tuple[str, dict[str, str]]) -> Iterator[str]:
    yield servers.fresh(founded[0])
    servers.resume()


@pytest.fixture
def lab(address: str, founded: tuple[str, dict[str, str]], tmp_path: Path) -> Iterator[Lab]:
    made = opened_lab(tmp_path / "lab", address, founded[1])
    yield made
    made.close()


def said(number: str) -> Record:
    return Record("1", number=number, sample=f"S-{number}", item="pesticide inhibition", value="12.5")


def analyser(lab: Lab, player: Player, name: str = "A1") -> None:
    port = f"serial:{player.address}"
    lab.device(Device(name, name, "astm_lis2", f"SN{name}", port, "DOCUMENT", {"items": ITEMS}))


def worked_once(lab: Lab) -> None:
    """Have the program run once with its server."""
    lines = Bench(lab.laboratory)
    lines.start()
    lines.stop()
    lab.close()


def refused(root: Path, address: str) -> StorageUnfit:
    with pytest.raises(StorageUnfit) as fault:
        open_laboratory(root, address)
    return fault.value


def started(root: Path, address: str) -> tuple[Laboratory, StorageUnfit]:
    """Start as the program does while the server is away."""
    why = refused(root, address)
    return open_alone(root, address, why), why


def test_what_comes_while_the_server_is_away_is_kept_and_arrives(
    lab: Lab, servers: Servers, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lims.bench.alone.PAUSE", 0.1)
    verbs: list[str] = []
    with Player(Sender([], 64_000), PtyEnd()) as player:
        analyser(lab, player)
        worked_once(lab)
        servers.halt()
        alone, why = started(tmp_path / "lab", address)
        assert why.code == "storage.unreached"
        assert alone.away
        alone.lims.listen(lambda notice: verbs.append(notice.verb))
        lines = Bench(alone, pauses=(0.1,))
        lines.start()
        returning = Returning(alone, why, lines.start)
        returning.start()
        until(lambda: lines.lines()[0].state == "open")
        with pytest.raises(StorageUnfit, match=r"storage\.away"):
            alone.lims.do(rebind.seen, "A1", {})
        player.swap(simulator({"items": ITEMS}, [said("1"), said("2")]))
        until(lambda: lines.lines()[0].waiting)
        servers.resume()
        until(lambda: BACK in verbs)
        assert returning.fault is None
        until(lambda: len(alone.lims.ask(bench.readings, count=9)) == 2)
        player.swap(simulator({"items": ITEMS}, [said("3")]))
        until(lambda: len(alone.lims.ask(bench.readings, count=9)) == 3)
        assert lines.lines()[0].failures == 0, "the line was closed on the way"
        returning.stop()
        lines.stop()
    assert alone.lims.ask(audit.verify).ok
    alone.close()


def test_a_computer_that_never_had_the_laboratory_says_why_it_cannot_open(
    lab: Lab, servers: Servers, address: str, tmp_path: Path
) -> None:
    lab.close()
    servers.halt()
    why = refused(tmp_path / "lab", address)
    with pytest.raises(StorageUnfit, match=r"storage\.unreached"):
        open_alone(tmp_path / "lab", address, why)
    (tmp_path / "lab/journal" / known.FILE).write_text("{", "utf-8")
    with pytest.raises(StorageUnfit, match=r"storage\.unreached"):
        open_alone(tmp_path / "lab", address, why)


def test_what_is_kept_is_of_that_server_and_holds_no_secret(
    lab: Lab, servers: Servers, address: str, tmp_path: Path
) -> None:
    worked_once(lab)
    kept = tmp_path / "lab/journal" / known.FILE
    assert json.loads(kept.read_text("utf-8"))["place"]["station"] == lab.station.store.place.station
    assert "secret" not in known.address("postgresql+psycopg://lin:secret@10.0.0.1/lab?sslpassword=secret")
    servers.halt()
    why = refused(tmp_path / "lab", address)
    with pytest.raises(StorageUnfit, match=r"storage\.unreached"):
        open_alone(tmp_path / "lab", address.replace("/lab", "/another"), why)


def test_a_server_that_answers_and_lets_nobody_in_is_told_otherwise(
    lab: Lab, address: str, tmp_path: Path
) -> None:
    worked_once(lab)
    assert refused(tmp_path / "lab", address.replace("/lab", "/none")).code == "storage.server_refuses"


def test_a_server_that_holds_another_laboratory_now_takes_nothing(
    lab: Lab, servers: Servers, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lims.bench.alone.PAUSE", 0.1)
    worked_once(lab)
    found = known.read(tmp_path / "lab/journal")
    assert found is not None
    known.write(
        tmp_path / "lab/journal",
        known.Known(found.database, type(found.place)("LJ", "LJ77", "LJ/LJ77/sha256"), found.name, ()),
    )
    servers.halt()
    alone, why = started(tmp_path / "lab", address)
    returning = Returning(alone, why, lambda: None)
    returning.start()
    servers.resume()
    until(lambda: isinstance(returning.fault, NotFound))
    assert alone.away
    returning.stop()
    alone.close()
