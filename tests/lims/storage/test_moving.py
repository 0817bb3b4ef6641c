"""A laboratory carried to a server and back: equal by its logs on both sides, and never into another one."""

from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.cli import main
from lims.errors import StorageUnfit
from lims.evidence.entry import Change
from lims.queries import audit, counts, proofs
from lims.storage import moving
from lims.sync import arrivals
from tests.laboratory import Lab, found_lab
from tests.lims.sync.forging import entries_of, following, send
from tests.lims.sync.vans import county_and_van
from tests.servers import Servers


def test_there_and_back_by_commands(
    tmp_path: Path, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "lab"
    lab = found_lab(root)
    lab.received(3)
    before, numbers = lab.station.ask(proofs.head), lab.station.ask(counts.counts)
    lab.close()
    address = servers.fresh()
    assert main.run(["database", "move", "--to", address, "--dir", str(root)]) == 0
    assert before.root.hex() in capsys.readouterr().out
    assert not (root / "laboratory.db").exists()
    moved = Lab(open_laboratory(root), lab.accounts)
    assert moved.station.store.engine.dialect.name == "postgresql"
    assert moved.station.ask(proofs.head) == before
    assert moved.station.ask(counts.counts) == numbers
    moved.draw()
    moved.close()
    assert main.run(["database", "move", "--to", "file", "--dir", str(root)]) == 0
    back = open_laboratory(root)
    assert back.lims.store.engine.dialect.name == "sqlite"
    assert back.lims.ask(audit.verify).ok
    assert back.lims.ask(counts.counts).samples == numbers.samples + 1
    back.close()


def test_a_place_that_holds_a_laboratory_is_left_alone(tmp_path: Path) -> None:
    lab, other = found_lab(tmp_path / "lab"), found_lab(tmp_path / "other")
    other.close()
    with pytest.raises(StorageUnfit, match=r"storage\.founded"):
        moving.move(lab.station.store, tmp_path / "other" / "laboratory.db")
    assert lab.draw()
    lab.close()


def test_vans_and_their_quarantined_entries_move_along(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    log = entries_of(van)
    strange = following(van, log[-1], Change("table_of_tomorrow", {"site": "LV", "id": "1"}))
    assert send(van, [*log, strange])[0].quarantined == 1
    heads = moving.move(van.county.station.store, tmp_path / "moved.db")
    assert {head.origin for head in heads} == {"LJ/LJ01/sha256", "LV/LV01/sha256"}
    assert len(van.county.station.ask(arrivals.quarantined)) == 1
    van.laboratory.close()
    van.county.close()
