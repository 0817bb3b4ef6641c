"""A device is emptied or told the time only by a person, after a download of everything, and the log says so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from drivers.errors import Refused
from drivers.profile import Record
from drivers.registry import profile
from drivers.segments import Kind
from lims import clock
from lims.bench.lines import Bench
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import audit
from lims.queries.clocks import clocks
from lims.records.equipment import DeviceAct
from lims.services import alter
from lims.services.equip import Device
from protocols.six_a import ERASE
from tests.drivers.serving import on_pty
from tests.laboratory import Lab, found_lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


@contextmanager
def running(lab: Lab, kind: str, *records: Record) -> Iterator[Bench]:
    made = profile(kind)
    assert made.simulator is not None
    with on_pty(made.simulator(made.defaults, records)) as port:
        lab.device(Device("D1", "D1", kind, "SN1", port, "DOCUMENT"))
        bench = Bench(lab.laboratory)
        bench.start()
        try:
            yield bench
        finally:
            bench.stop()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def sent(bench: Bench) -> bytes:
    return b"".join(one.data for one in bench.journal("D1").entries() if one.kind is Kind.SENT)


def fetched(bench: Bench) -> None:
    before = bench.journal("D1").last
    bench.ask("D1", "read")
    until(
        lambda: (
            bench.journal("D1").last > before + 4 and bench.journal("D1").cursor == bench.journal("D1").last
        )
    )


def acts(lab: Lab) -> list[DeviceAct]:
    with Session(lab.station.store.engine) as session:
        return list(session.scalars(select(DeviceAct)))


def test_a_memory_is_erased_only_after_everything_of_it_is_taken_in(lab: Lab) -> None:
    manager = lab.as_("zheng")
    record = Record("1", number="7", value="1.25", measured_at="2026-11-20T09:00:00")
    with running(lab, "dayuan_6a", record) as bench:
        with pytest.raises(Refused, match="destructive"):
            bench.ask("D1", "erase")
        with pytest.raises(RuleBroken, match="no_download"):
            bench.deliberate.erase(manager, "D1", "D1", "月末清空")
        fetched(bench)
        with pytest.raises(Invalid, match="typed"):
            bench.deliberate.erase(manager, "D1", "d2", "月末清空")
        with pytest.raises(RuleBroken, match=r"alter\.reason"):
            bench.deliberate.erase(manager, "D1", "D1", " ")
        with pytest.raises(NotAllowed):
            bench.deliberate.erase(lab.as_("lin"), "D1", "D1", "月末清空")
        assert ERASE not in sent(bench)
        assert acts(lab) == []
        bench.deliberate.erase(manager, "D1", "D1", "月末清空")
        until(lambda: ERASE in sent(bench))
    (act,) = acts(lab)
    assert (act.act, act.command, act.why, act.detail) == ("erase", "erase", "月末清空", "2")
    assert "alter.erase" in [one.verb for one in manager.ask(audit.acts)]


def test_a_wire_that_only_gives_days_is_not_emptied(lab: Lab) -> None:
    with running(lab, "dayuan_03ff") as bench, pytest.raises(RuleBroken, match="by_day"):
        bench.deliberate.erase(lab.as_("zheng"), "D1", "D1", "月末清空")


def test_a_clock_is_set_to_now_and_to_nothing_else(lab: Lab) -> None:
    manager = lab.as_("zheng")
    with running(lab, "rsy2") as bench:
        with pytest.raises(RuleBroken, match=r"alter\.other_time"):
            manager.do(alter.set_clock, "D1", to=clock.now() - timedelta(hours=1), reason="快了")
        bench.deliberate.set_clock(manager, "D1", "比本机快 20 分钟")
        until(lambda: b"\x01S" in sent(bench))
    (act,) = acts(lab)
    assert act.command == f"set_clock:{act.detail}"
    assert abs(
        clock.local(clock.now()).replace(tzinfo=None) - datetime.fromisoformat(act.detail)
    ) < timedelta(minutes=1)
    with pytest.raises(RuleBroken, match=r"alter\.no_erase"):
        manager.do(alter.erase, "D1", typed="D1", after=0, reason="x")


def test_a_device_whose_clock_is_ahead_is_told_and_its_time_stays(lab: Lab) -> None:
    local = clock.local(clock.now()).replace(tzinfo=None, microsecond=0)
    lab.instrument()
    lab.value("TL310-1", "1", "2.0", measured_at=local - timedelta(hours=2))
    found = lab.as_("lin").ask(clocks)["TL310-1"]
    assert (found.offset, found.apart) == (None, False)
    lab.value("TL310-1", "1", "2.1", measured_at=local + timedelta(minutes=20))
    found = lab.as_("lin").ask(clocks)["TL310-1"]
    assert found.apart
    assert found.device == local + timedelta(minutes=20)
    lab.instrument("EZ1", "charm_ez")
    lab.value("EZ1", "1", "2.1", measured_at=local - timedelta(minutes=30))
    behind = lab.as_("lin").ask(clocks)["EZ1"]
    assert behind.apart
    assert behind.offset is not None
    assert behind.offset < timedelta(minutes=-29)


def test_lamps_are_set_by_a_person_alone_with_a_reason_and_the_log_says_so(lab: Lab) -> None:
    with running(lab, "dayuan_bx1") as bench:
        zheng = lab.as_("zheng")
        with pytest.raises(RuleBroken, match=r"alter\.reason"):
            bench.deliberate.calibrate(zheng, "D1", " ")
        with pytest.raises(NotAllowed):
            bench.deliberate.calibrate(lab.as_("lin"), "D1", "新灯")
        bench.deliberate.calibrate(zheng, "D1", "新灯")
        until(lambda: sent(bench))
    lab.instrument("TL", "dayuan_tl310")
    with pytest.raises(RuleBroken, match=r"alter\.no_calibrate"):
        lab.as_("zheng").do(alter.calibrate, "TL", reason="新灯")
