"""Many desks on one server: their own logs and numbers, each sees the other's, and the log is out of their reach."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from lims.app import Laboratory, open_laboratory
from lims.bench.lines import placed
from lims.door import Notice
from lims.errors import Conflict, NotFound, RuleBroken
from lims.queries import audit, equipment
from lims.services import equip, plan, sample
from lims.services.equip import Device
from lims.services.sample import Seen
from lims.storage import roles
from lims.sync import desks
from lims.sync.desks import Desk
from lims.sync.freshness import Freshness
from tests.laboratory import Lab, filled, found_lab, opened_lab
from tests.servers import Servers

ENOUGH = 10.0


@pytest.fixture
def address(servers: Servers, founded: tuple[str, dict[str, str]]) -> str:
    return servers.fresh(founded[0])


@pytest.fixture
def first(address: str, founded: tuple[str, dict[str, str]], tmp_path: Path) -> Iterator[Lab]:
    made = opened_lab(tmp_path / "first", address, founded[1])
    yield made
    made.close()


@pytest.fixture
def second(first: Lab, address: str, tmp_path: Path) -> Iterator[Laboratory]:
    desks.set_up(first.as_("admin"), Desk("LJ02", "二号台"), tmp_path / "second", address)
    made = open_laboratory(tmp_path / "second")
    yield made
    made.close()


def heard(lab: Lab) -> tuple[list[Notice], threading.Event, Callable[[], None]]:
    """Return what another desk's notices come to, as they come."""
    notices: list[Notice] = []
    came = threading.Event()

    def hear(notice: Notice) -> None:
        notices.append(notice)
        came.set()

    return notices, came, lab.station.listen(hear)


def test_a_desk_has_its_own_log_and_its_own_numbers(first: Lab, second: Laboratory) -> None:
    assert second.lims.store.place.station == "LJ02"
    here = first.draw()
    there = Lab(second, first.accounts).draw()
    assert (here[:4], there[:4]) == ("LJ01", "LJ02")
    found = first.station.ask(audit.verify)
    assert found.ok
    assert {log.station for log in found.logs} == {"LJ01", "LJ02"}
    assert [one.station for one in second.lims.ask(desks.desks)] == ["LJ01", "LJ02"]


def test_a_code_is_used_once(first: Lab, second: Laboratory) -> None:
    assert second.lims.store.place.station == "LJ02"
    with pytest.raises(RuleBroken, match=r"sync\.code_taken"):
        first.as_("admin").do(desks.add, Desk("LJ02", "三号台"))


def test_a_desk_hears_of_what_another_did(first: Lab, second: Laboratory) -> None:
    notices, came, stop = heard(first)
    fresh = Freshness(first.station)
    fresh.start()
    number = Lab(second, first.accounts).draw()
    assert came.wait(ENOUGH)
    fresh.stop()
    stop()
    assert ("sample.draw", "LJ02") in {(one.verb, one.station) for one in notices}
    assert ("sample", number) in {place for one in notices for place in one.touched}


def test_of_a_file_another_program_is_heard_and_oneself_once(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    other = open_laboratory(tmp_path / "lab")
    fresh = Freshness(lab.station)
    fresh.start()
    notices, came, stop = heard(lab)
    other.lims.do(plan.population, township="350122100", year=2026, people=9, source="测试")
    assert came.wait(ENOUGH)
    fresh.stop()
    stop()
    assert [(one.verb, one.station) for one in notices] == [("plan.population", "LJ01")]
    other.close()
    lab.close()


def test_of_two_people_on_one_sample_one_is_told(first: Lab, second: Laboratory) -> None:
    number = first.draw()
    other = Lab(second, first.accounts)
    seen = Seen("good", "intact", "F0001", "5 ℃", "2 kg")
    first.as_("lin").do(sample.receive, number, seen, version=1)
    with pytest.raises(Conflict, match=r"sample\.changed"):
        other.as_("lin").do(sample.receive, number, seen, version=1)


def test_desks_write_at_once_and_the_chains_hold(first: Lab, second: Laboratory) -> None:
    other = Lab(second, first.accounts)
    drawn: list[str] = []

    def work(lab: Lab) -> None:
        drawn.extend(lab.as_("chen").do(sample.draw, filled()) for _ in range(8))

    threads = [threading.Thread(target=work, args=(lab,)) for lab in (first, other, first, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == 32
    assert first.station.ask(audit.verify).ok


def test_the_desks_account_cannot_touch_what_is_in_the_log(first: Lab, address: str, tmp_path: Path) -> None:
    first.draw()
    roles.give(first.station.store.engine)
    roles.give(first.station.store.engine)
    name = make_url(address).database
    with psycopg.connect(address, autocommit=True) as line:
        line.execute(f"CREATE ROLE {name}_bench LOGIN IN ROLE {roles.DESK}".encode())
        line.execute(f"CREATE ROLE {name}_office LOGIN IN ROLE {roles.READER}".encode())
    bench = make_url(address).set(username=f"{name}_bench").render_as_string(hide_password=False)
    lab = Lab(open_laboratory(tmp_path / "bench", bench), first.accounts)
    assert lab.draw()
    assert lab.station.ask(audit.verify).ok
    lab.close()
    office = make_url(address).set(username=f"{name}_office").render_as_string(hide_password=False)
    for who, what in [
        (bench, "UPDATE log_entry SET data = ''"),
        (bench, "DELETE FROM log_entry"),
        (bench, "TRUNCATE log_entry CASCADE"),
        (bench, "ALTER TABLE log_entry DISABLE TRIGGER ALL"),
        (bench, "DELETE FROM sample"),
        (office, "UPDATE sample SET food = 'x'"),
        (office, "SELECT * FROM personal"),
    ]:
        with (
            psycopg.connect(who) as line,
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)),
        ):
            line.execute(what.encode())
    with psycopg.connect(office) as line:
        assert line.execute("SELECT count(*) FROM sample").fetchone() == (2,)


def test_of_two_desks_the_one_where_an_instrument_is_plugged_in_opens_its_line(
    first: Lab, second: Laboratory
) -> None:
    """A port names a line of its own computer: COM3 of the other desk is another device."""
    here, there = first.station, second.lims
    device = Device("TTNJ-1", "速测仪", "taiyang_ttnj", "/", "127.0.0.1:9", "DOCUMENT")
    first.as_("zheng").do(equip.instrument, device)
    assert [[one.id for one in lims.ask(placed)] for lims in (here, there)] == [["TTNJ-1"], []]
    (seen,) = there.ask(equipment.instruments)
    assert (seen.station, seen.here) == ("LJ01", False)
    manager = Lab(second, first.accounts).as_("zheng")
    manager.do(equip.instrument, replace(device, name="农残速测仪"))
    assert [one.id for one in here.ask(placed)] == ["TTNJ-1"], "another name moves no plug"
    manager.do(equip.connect, "TTNJ-1")
    assert [[one.id for one in lims.ask(placed)] for lims in (here, there)] == [[], ["TTNJ-1"]]
    first.as_("zheng").do(equip.instrument, replace(device, port="127.0.0.1:10"))
    assert [[one.id for one in lims.ask(placed)] for lims in (here, there)] == [["TTNJ-1"], []]
    with pytest.raises(NotFound):
        manager.do(equip.connect, "TTNJ-2")
