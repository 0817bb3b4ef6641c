"""The outbox against platforms of ours on loopback: once each, every answer kept, nothing lost when one is away."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lims import clock
from lims.app import open_laboratory
from lims.errors import Invalid, NotFound, RuleBroken
from lims.queries import reviews, uploads
from lims.services import review, upload
from lims.sync import uploading
from lims.sync.platform import Account, Rehearsal
from lims.sync.uploading import Sent
from tests.laboratory import Lab, found_lab
from tests.positives import positive

TODAY = clock.local(clock.now()).date()
DAYS = (TODAY - timedelta(days=1), TODAY + timedelta(days=1))
"""A day more at both ends, since midnight may pass while the tests run."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A closed laboratory with an approved positive that has a trace code, and a negative without one."""
    made = found_lab(tmp_path_factory.mktemp("model") / "lab")
    positive(made, trace_code="T1")
    positive(made, "12.0")
    for waiting in made.as_("wang").ask(reviews.waiting):
        made.as_("wang").do(review.approve, waiting.finding.verdict)
    made.close()
    return made


@pytest.fixture
def lab(model: Lab, tmp_path: Path) -> Iterator[Lab]:
    shutil.copytree(model.laboratory.folder.root, tmp_path / "lab")
    made = Lab(open_laboratory(tmp_path / "lab"), dict(model.accounts))
    yield made
    made.close()


def states(lab: Lab, platform: str) -> list[tuple[str, int]]:
    return sorted((one.state, one.attempts) for one in lab.station.ask(uploads.listed, platform))


@pytest.mark.parametrize("id_", [one.id for one in uploading.known().values() if one.encode])
def test_every_record_arrives_once_over_a_real_connection(lab: Lab, id_: str) -> None:
    wanted, state = uploading.platform(id_), Rehearsal()
    assert uploading.prepare(lab.station, id_, *DAYS) == 2
    assert uploading.prepare(lab.station, id_, *DAYS) == 0
    with uploading.rehearsing(wanted, state) as address:
        account = Account(address, "demo", "demo")
        assert uploading.send(lab.station, id_, account) == Sent(2, 0, 0)
        assert uploading.send(lab.station, id_, account) == Sent(0, 0, 0)
    assert len(state.held) == 2
    assert states(lab, id_) == [("accepted", 1), ("accepted", 1)]


def test_a_platform_that_is_away_or_broken_loses_nothing(lab: Lab) -> None:
    wanted = uploading.platform("shaoxing")
    uploading.prepare(lab.station, "shaoxing", *DAYS)
    for fault in ("busy", "cut"):
        with uploading.rehearsing(wanted, Rehearsal(fault=fault)) as address:
            sent = uploading.send(lab.station, "shaoxing", Account(address, "demo", "demo"))
        assert sent.accepted == 0
        assert (sent.again, sent.refused) in {(2, 0), (0, 0)}  # the second try waits for its time
    assert (
        uploading.send(lab.station, "shaoxing", Account("http://127.0.0.1:9", "demo", "demo")).accepted == 0
    )
    lines = lab.station.ask(uploads.listed, "shaoxing")
    assert {line.state for line in lines} == {"waiting"}
    assert all(line.next_at and line.next_at > clock.now() for line in lines)


def test_a_refusal_waits_for_a_person_and_goes_again_with_a_reason(lab: Lab) -> None:
    wanted, state = uploading.platform("guangxi"), Rehearsal(fault="inside")
    uploading.prepare(lab.station, "guangxi", *DAYS)
    with uploading.rehearsing(wanted, state) as address:
        account = Account(address, "demo", "demo")
        assert uploading.send(lab.station, "guangxi", account) == Sent(0, 2, 0)
        lines = lab.station.ask(uploads.listed, "guangxi")
        assert {line.said.split()[0] for line in lines} == {"errorWrongSysCode"}
        with pytest.raises(RuleBroken, match=r"upload\.state"):
            lab.as_("lin").do(upload.again, upload=lines[0].id, reason=" ")
        lab.as_("lin").do(upload.again, upload=lines[0].id, reason="平台已修复")
        state.fault = ""
        assert uploading.send(lab.station, "guangxi", account) == Sent(1, 0, 0)
    assert states(lab, "guangxi") == [("accepted", 2), ("refused", 1)]


def test_what_lacks_a_field_is_held_with_its_reason(lab: Lab) -> None:
    assert uploading.prepare(lab.station, "fujian", *DAYS) == 2
    (held,) = lab.station.ask(uploads.listed, "fujian", states=("held",))
    assert "trace_code" in held.said or "平台要求" in held.said
    path = lab.laboratory.folder.root / "fujian.xlsx"
    assert uploading.write(lab.station, "fujian", path) == 1
    rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert rows[1][0] == "T1"
    assert "阳性" in rows[1]
    assert uploading.write(lab.station, "fujian", path) == 0


def test_the_wrong_way_is_refused(lab: Lab) -> None:
    account = Account("http://127.0.0.1:9", "demo", "demo")
    with pytest.raises(NotFound, match=r"upload\.platform"):
        uploading.prepare(lab.station, "mars", *DAYS)
    with pytest.raises(Invalid, match=r"upload\.workbook"):
        uploading.send(lab.station, "fujian", account)
    with pytest.raises(Invalid, match=r"upload\.calls"):
        uploading.write(lab.station, "jiangsu", lab.laboratory.folder.root / "x.xlsx")
