"""Over the net: who may come in, what a broken line costs, and that nothing is counted twice."""

import random
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lims.errors import LimsError, NotAllowed, StorageUnfit
from lims.sync import courier, members, outbox
from lims.sync.courier import Courier
from lims.sync.serve import Service
from tests.lims.sync.lossy import line
from tests.lims.sync.vans import Van, county_and_van, found_van

HANDSHAKE = 3000
"""Bytes that beginning a connection and asking where one stands may cost."""


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()


@pytest.fixture
def port(van: Van) -> Iterator[int]:
    service = Service(van.county.laboratory, port=0)
    yield service.start()
    service.stop()


def visiting(van: Van, port: int) -> Courier:
    return Courier(van.lims, van.laboratory.sealing, f"https://127.0.0.1:{port}")


def test_a_visit_brings_everything_and_the_next_one_nothing(van: Van, port: int) -> None:
    van.act(1)
    report = visiting(van, port).visit()
    assert (report.bundles, report.accepted.state) == (1, "admitted")
    assert van.lims.ask(outbox.waiting).entries == 0
    assert visiting(van, port).visit().bundles == 0
    assert van.county.station.ask(members.members)[0].held > 0


def test_a_line_that_breaks_costs_at_most_twice_the_bytes(van: Van, port: int) -> None:
    chance = random.Random(5)
    for people in range(1, 30):
        van.act(people, chance.randbytes(2000).hex())
    outgoing = van.laboratory.folder.root / "outgoing"
    made = outbox.make(van.lims, van.laboratory.sealing, outgoing)
    tries = 0
    with line(port, breaks=4, after=made.bytes // 3) as broken:
        for _ in range(8):
            tries += 1
            try:
                visiting(van, broken.port).visit()
                break
            except StorageUnfit:
                continue
        assert 1 < tries < 8
        assert broken.carried < 2 * made.bytes + tries * HANDSHAKE
    assert van.lims.ask(outbox.waiting).entries == 0
    assert van.county.station.ask(members.members)[0].held == van.lims.ask(outbox.known).last


def test_a_station_admitted_while_the_service_runs_is_let_in(van: Van, port: int, tmp_path: Path) -> None:
    second = found_van(van.county, tmp_path, "LW", "LW01")
    second.act(1)
    assert visiting(second, port).visit().bundles == 1
    second.laboratory.close()


def test_a_revoked_station_is_refused(van: Van, port: int) -> None:
    van.county.as_("zheng").do(members.revoke, "LV01", reason="车辆被盗")
    with pytest.raises(NotAllowed, match=r"sync\.revoked"):
        visiting(van, port).visit()


def test_nobody_comes_in_without_a_key_on_record(van: Van, port: int) -> None:
    unknown = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unknown.check_hostname, unknown.verify_mode = False, ssl.CERT_NONE
    with httpx.Client(verify=unknown, trust_env=False) as client, pytest.raises(httpx.HTTPError):
        client.get(f"https://127.0.0.1:{port}/reply")
    assert van.county.station.ask(members.members)[0].held == 0


def test_a_van_does_not_talk_to_another_county(van: Van, tmp_path: Path) -> None:
    other = found_van(van.county, tmp_path, "LW", "LW01")
    pretender = Service(other.laboratory, port=0)
    with pytest.raises(LimsError, match=r"sync\.away"):
        visiting(van, pretender.start()).visit()
    pretender.stop()
    other.laboratory.close()


def test_pauses_grow_and_stay_below_their_most() -> None:
    pauses = [courier.pause(failures, 1.0) for failures in range(1, 40)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (courier.FIRST, courier.MOST)
    assert courier.pause(1, 0.0) == courier.FIRST / 2
