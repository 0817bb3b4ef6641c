"""What does not fit: a second history, rows of somebody else, entries nobody understands, a county set back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.errors import RuleBroken, Tampered
from lims.evidence.entry import Change
from lims.queries import audit
from lims.services import witness
from lims.sync import arrivals, inbox, members, outbox
from lims.sync.inbox import Decision
from tests.lims.sync.forging import entries_of, following, send
from tests.lims.sync.vans import Van, county_and_van


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()


def copied(van: Van, to: Path) -> Van:
    """An old disk: the van's folder as it is now, opened again."""
    van.laboratory.close()
    root = van.laboratory.folder.root
    shutil.copytree(root, to)
    van.laboratory = open_laboratory(root)
    return Van(open_laboratory(to), van.county, to.parent / "old-out")


def test_two_histories_of_one_log_are_both_kept_and_a_person_decides(van: Van, tmp_path: Path) -> None:
    van.act(1)
    old = copied(van, tmp_path / "old")
    van.act(2)
    van.sync()
    old.act(3)
    (outcome,) = old.send(old.make())
    assert outcome.word == "fork"
    (fork,) = van.county.station.ask(arrivals.forks)
    assert (fork.of, fork.state) == ("LV", "open")
    assert fork.held_leaf != fork.offered_leaf
    assert list((tmp_path / "county" / "incoming").glob(f"{outcome.id}*"))
    van.act(4)
    assert van.send(van.make())[0].word == "stopped"
    manager = van.county.as_("zheng")
    with pytest.raises(RuleBroken, match=r"sync\.reason"):
        manager.do(inbox.decide, fork.id, Decision("held", " "))
    manager.do(inbox.decide, fork.id, Decision("held", "旧硬盘已封存"))
    assert van.accept(van.reply()).state == "admitted"
    van.act(5)
    assert van.send(van.make())[0].word == "taken"
    (fork,) = van.county.station.ask(arrivals.forks)
    assert (fork.state, fork.decision) == ("decided", "held")
    old.laboratory.close()


def test_a_van_that_was_set_back_learns_it_and_writes_nothing_more(van: Van, tmp_path: Path) -> None:
    van.act(1)
    old = copied(van, tmp_path / "old")
    van.act(2)
    van.sync()
    with pytest.raises(Tampered, match=r"sync\.ahead"):
        old.accept(van.reply())
    with pytest.raises(Tampered, match=r"sync\.ahead"):
        old.act(3)
    old.laboratory.close()


def test_rows_of_another_site_are_refused(van: Van) -> None:
    log = entries_of(van)
    row = {
        "site": "LJ",
        "name": "quota.counts",
        "value": "rapid",
        "by": "x",
        "at": "2026-01-01T00:00:00.000Z",
    }
    with pytest.raises(Tampered, match=r"sync\.foreign_row"):
        send(van, [*log, following(van, log[-1], Change("setting", row))])
    assert van.county.station.ask(members.members)[0].held == 0


def test_one_entry_that_nobody_understands_is_quarantined_alone(van: Van) -> None:
    log = entries_of(van)
    good = {
        "site": "LV",
        "name": "quota.counts",
        "value": "rapid",
        "by": "x",
        "at": "2026-01-01T00:00:00.000Z",
    }
    strange = following(van, log[-1], Change("table_of_tomorrow", {"site": "LV", "id": "1"}))
    after = following(van, strange, Change("setting", good))
    (outcome,) = send(van, [*log, strange, after])
    assert (outcome.word, outcome.quarantined) == ("taken", 1)
    (one,) = van.county.station.ask(arrivals.quarantined)
    assert (one.seq, one.fault, one.state) == (len(log), "log.table", "open")
    assert van.county.as_("zheng").do(inbox.project_again, "LV") == 1
    assert van.county.station.ask(audit.verify).ok


def test_entries_that_do_not_follow_one_another_are_refused(van: Van) -> None:
    log = entries_of(van)
    with pytest.raises(Tampered, match=r"sync\.chain"):
        send(van, [*log[:1], *log[2:]])
    assert van.county.station.ask(members.members)[0].held == 0


def test_a_county_set_back_is_seen_and_gets_everything_again(van: Van, tmp_path: Path) -> None:
    van.act(1)
    van.county.laboratory.close()
    shutil.copytree(tmp_path / "county", tmp_path / "earlier")
    van.county.laboratory = open_laboratory(tmp_path / "county")
    van.sync()
    van.act(2)
    van.sync()
    assert van.lims.ask(witness.conflicts) == []
    van.county.laboratory.close()
    van.county.laboratory = open_laboratory(tmp_path / "earlier")
    for people in (7, 8):
        van.act(people)
        van.accept(van.reply())
        van.send(van.make())
    van.accept(van.reply())
    assert len(van.lims.ask(witness.conflicts)) >= 1
    assert van.lims.ask(outbox.waiting).entries == 0
    county = van.county.station.ask(members.members)[0].held
    assert county == van.lims.ask(outbox.known).last
    van.county.close()
    van.county.laboratory = open_laboratory(tmp_path / "county")
