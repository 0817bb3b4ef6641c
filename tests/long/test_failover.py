"""A second server follows the first, is read by the county office, and takes its place when the first dies."""

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from lims.app import open_laboratory
from lims.errors import LimsError, StorageUnfit
from lims.queries import audit, samples
from lims.services import sample
from lims.storage.link import link
from tests.laboratory import PASSWORD, Lab, found_lab, opened_lab
from tests.long.standby import Standby
from tests.servers import Servers

BEFORE, AFTER = 200, 20


def drawn_until_it_dies(lab: Lab, process: int) -> set[str]:
    """Draw samples, kill the first server in the midst of it, and return those that were acknowledged."""
    kept: set[str] = set()
    while True:
        if len(kept) == BEFORE:
            os.kill(process, signal.SIGKILL)
        try:
            kept.add(lab.draw())
        except LimsError:
            return kept


def read_at_the_office(root: Path, address: str, number: str) -> None:
    """Open the second server's laboratory: everything can be read, nothing written, and a sentence says why."""
    office = open_laboratory(root, address)
    assert office.barred
    assert office.barred.code == "storage.standby"
    reader = office.sign_in("zheng", PASSWORD)
    deadline = time.monotonic() + 30
    while not reader.ask(samples.page) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [row.number for row in reader.ask(samples.page)] == [number]
    assert link(office.lims.store.engine).standby
    with pytest.raises(StorageUnfit, match=r"storage\.standby"):
        reader.do(sample.void, number, reason="试验")
    office.close()


def drawn_again(lab: Lab) -> str:
    """Draw as soon as the desk has found the promoted server: the same program, the same address with two hosts."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return lab.draw()
        except LimsError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_a_failover_loses_nothing_acknowledged_and_the_office_reads_meanwhile(tmp_path: Path) -> None:
    with Servers() as servers:
        address = servers.fresh()
        founded = found_lab(tmp_path / "lab", address)
        founded.close()
        second = Standby(servers)
        try:
            second.wait_for()
            name, first = str(make_url(address).database), make_url(address).query["host"]
            both = f"postgresql://postgres:@/{name}?host={first}&host={second.folder}"
            lab = opened_lab(
                tmp_path / "lab", f"{both}&target_session_attrs=read-write", dict(founded.accounts)
            )
            found = link(lab.station.store.engine)
            assert (found.standby, found.kept_twice, found.followers) == (False, True, 1)
            number = lab.draw()
            read_at_the_office(tmp_path / "office", second.address(name), number)
            known = {number} | drawn_until_it_dies(lab, servers.server.get_pid())
            with pytest.raises(LimsError):
                lab.draw()
            second.promote()
            known |= {drawn_again(lab), *(lab.draw() for _ in range(AFTER))}
            manager = lab.as_("zheng")
            here = {row.number for row in manager.ask(samples.page, count=10_000)}
            assert known <= here
            assert len(here) <= len(known) + 1
            assert manager.ask(audit.verify).ok
            assert not link(lab.station.store.engine).standby
            print(f"  {len(known)} samples acknowledged over a failover, none lost", flush=True)
            lab.close()
        finally:
            second.stop()
