"""The trail under watch: a replay before each slip, the daily check, findings and their signed review, erasure."""

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from lims import clock
from lims.actor import Actor
from lims.door import VERBS, verb
from lims.errors import Invalid, LimsError, NotAllowed, NotFound, RuleBroken, Tampered
from lims.queries import audit, personal, search, slips, trace
from lims.queries import oversight as found
from lims.queries.search import Wish
from lims.records.settings import Setting
from lims.services import certify, custody, enrol, erase, measure, oversight, review, sample, watch
from lims.services.erase import Request
from lims.services.oversight import Point
from lims.services.sample import Seen
from lims.storage.unit import Unit
from lims.version import BUILD, fingerprint
from tests.custody import PEOPLE, approve, between, outside, proof
from tests.laboratory import Lab, found_lab
from tests.lims.storage.meddling import run


@pytest.fixture
def tested(tmp_path: Path) -> Lab:
    """A laboratory with one approved sample, on a file alone: what is asked here is the same on a server."""
    made = found_lab(tmp_path / "lab")
    (number,) = made.received()
    approve(made, number)
    made.accounts["number"] = number
    return made


def number_of(lab: Lab) -> str:
    return lab.accounts["number"]


MEDDLED = [
    ("UPDATE sample SET food = '别的' WHERE id = :number", "sample"),
    ("UPDATE verdict SET word = 'positive' WHERE sample = :number", "verdict"),
    ("UPDATE reading SET value = '1.0' WHERE position = '2'", "reading"),
    ("UPDATE reading SET value = '99' WHERE position = '1'", "reading"),
    ("UPDATE run SET lot = 'LOT-2'", "run"),
    ("UPDATE review SET reviewer = 'nobody'", "review"),
    ("DELETE FROM review", "review"),
    ("DELETE FROM receipt", "receipt"),
]


@pytest.mark.parametrize(("statement", "table"), MEDDLED)
def test_a_row_that_was_changed_past_the_log_stops_the_slip(tested: Lab, statement: str, table: str) -> None:
    number = number_of(tested)
    run(tested, statement, values={"number": number} if ":number" in statement else {})
    with pytest.raises(Tampered, match=rf"slip\.replay.*table={table}"):
        tested.as_("zhao").do(certify.issue, number)
    tested.close()


def test_a_changed_entry_stops_the_slip_and_a_changed_slip_its_print(tested: Lab) -> None:
    number = number_of(tested)
    id_ = tested.as_("zhao").do(certify.issue, number)
    assert tested.as_("zhao").ask(slips.slip, id_).number == number
    run(tested, "UPDATE certificate SET reason = 'x'")
    with pytest.raises(Tampered, match=r"slip\.replay.*table=certificate.*how=changed"):
        tested.as_("zhao").ask(slips.slip, id_)
    run(tested, "UPDATE certificate SET reason = ''")
    assert tested.as_("zhao").ask(slips.slip, id_).id == id_
    run(tested, "DROP TRIGGER log_entry_no_update")
    run(tested, "UPDATE log_entry SET leaf = zeroblob(32) WHERE instr(data, :number) > 0",
        values={"number": b'"verb":"sample.receive"'})  # fmt: skip
    with pytest.raises(Tampered, match=r"slip\.replay.*table=log_entry"):
        tested.as_("zhao").ask(slips.slip, id_)
    tested.close()


def test_a_row_that_nobody_wrote_stops_the_slip(tested: Lab) -> None:
    number = number_of(tested)
    run(tested, "INSERT INTO receipt SELECT site, 'false', sample, accepted, condition, temperature, seal, "
        "seal_state, quantity, reason, by, at FROM receipt")  # fmt: skip
    with pytest.raises(Tampered, match=r"table=receipt.*key=LJ/false.*how=extra"):
        tested.as_("zhao").do(certify.issue, number)
    tested.close()


def test_the_whole_log_is_checked_once_a_day_and_the_outcome_stays(tested: Lab) -> None:
    station = tested.station
    assert station.ask(found.check_due)
    first = oversight.daily(station)
    assert first is not None
    assert first.ok
    assert oversight.daily(station) is None
    run(tested, "UPDATE sample SET food = '别的'")
    assert not oversight.check(tested.as_("zheng")).ok
    last = station.ask(found.last_check)
    assert last is not None
    assert (last.ok, last.fault.split()[0], last.fault.split()[-1]) == (False, "sample", "changed")
    kinds = [one.kind for one in tested.as_("zheng").ask(found.queue)]
    assert "log_mended" in kinds
    tested.close()


def test_positives_looked_at_papers_and_the_program_are_noted(tested: Lab) -> None:
    number, wang = number_of(tested), tested.as_("wang")
    assert watch.trail(wang, number).number == number
    assert wang.ask(search.acts, Wish(kind="watch.noted")) == []
    run(tested, "UPDATE verdict SET word = 'positive'")
    for _ in range(2):
        watch.trail(wang, number)
    (look,) = wang.ask(search.acts, Wish(kind="watch.noted", sample=number))
    assert look.actor == tested.accounts["wang"]
    watch.trail(tested.as_("lin"), number)
    assert len(wang.ask(search.acts, Wish(kind="watch"))) == 3  # two people and the program
    assert tested.station.ask(watch.last_program) == (BUILD, fingerprint())
    watch.starts(tested.station)
    assert len(wang.ask(search.acts, Wish(kind="watch.program"))) == 1
    tested.close()


def test_acts_are_found_by_what_they_are_about(tested: Lab) -> None:
    number, zheng = number_of(tested), tested.as_("zheng")
    other = tested.draw()

    def verbs(**wish: object) -> list[str]:
        return [one.verb for one in reversed(zheng.ask(search.acts, Wish(**wish)))]  # type: ignore[arg-type]

    assert verbs(sample=number) == ["sample.draw", "sample.receive", "measure.start_run", "measure.take_in",
                                    "measure.close_run", "review.approve"]  # fmt: skip
    assert verbs(sample=other) == ["sample.draw"]
    assert verbs(person="wang") == verbs(person="王复核") == ["review.approve"]
    assert verbs(lot="LOT-1") == ["supply.receive", "supply.accept", "measure.start_run", "measure.close_run",
                                  "review.approve"]  # fmt: skip
    assert verbs(instrument="TL310-1", kind="measure.take_in") == ["measure.take_in"] * 2
    today = clock.local(clock.now()).date()
    assert verbs(first=today, last=today, kind="review") == ["review.approve"]
    assert verbs(last=today - timedelta(days=1)) == verbs(first=today + timedelta(days=1)) == []
    page = zheng.ask(search.acts, Wish(), count=3)
    rest = zheng.ask(search.acts, Wish(), before=page[-1].arrival, count=3)
    assert [one.seq for one in (*page, *rest)] == list(range(page[0].seq, page[0].seq - 6, -1))
    with pytest.raises(NotFound, match=r"account\.unknown"):
        zheng.ask(search.acts, Wish(person="nobody"))
    tested.close()


def test_an_act_shows_the_values_before_and_after(tested: Lab) -> None:
    zheng = tested.as_("zheng")
    (approved,) = zheng.ask(search.acts, Wish(kind="review.approve"))
    rows = {one.table: one for one in zheng.ask(search.act, "LJ01", approved.seq).rows}
    assert ("state", "to_review", "approved") in rows["verdict"].values
    assert rows["review"].new
    assert not rows["sample"].new
    with pytest.raises(NotFound, match=r"log\.entry"):
        zheng.ask(search.act, "LJ01", 10_000)
    tested.close()


def test_a_wish_is_read_from_words() -> None:
    assert search.wish(["sample=LJ1", "first=2026-11-01"]) == Wish(sample="LJ1", first=date(2026, 11, 1))
    for wrong, code in (("food=x", "wish"), ("sample=", "wish"), ("first=today", "day")):
        with pytest.raises(Invalid, match=rf"search\.{code}"):
            search.wish([wrong])


def hits(lab: Lab) -> dict[str, list[str]]:
    """Return kind to subjects."""
    told: dict[str, list[str]] = {}
    for one in lab.as_("zheng").ask(found.queue):
        told.setdefault(one.kind, []).append(one.subject)
    return told


def test_an_ordinary_day_leaves_nothing_to_look_at(tested: Lab) -> None:
    tested.as_("zhao").do(certify.issue, number_of(tested))
    assert hits(tested) == {}
    tested.close()


def test_what_a_manager_must_look_at_is_found(tested: Lab) -> None:
    number, lin = number_of(tested), tested.as_("lin")
    zhao = tested.as_("zhao")
    zhao.do(certify.issue, number)
    zhao.do(certify.issue, number, reason="打印错误")
    late = tested.draw(drawn_at=(clock.now() - timedelta(hours=30)).isoformat())
    lin.do(sample.receive, late, Seen("good", "broken", "F0001"), reason="封条运输中破损")
    (again,) = tested.received()
    run_ = tested.run("TL310-1", [again])
    tested.value("TL310-1", "1", "2.0")
    tested.value("TL310-1", "2", "30")
    lin.do(measure.close_run, run_)
    verdict = tested.as_("wang").ask(trace.sample, again).findings[0].verdict
    tested.as_("wang").do(review.repeat, verdict, reason="重做")
    tested.run("TL310-1", [again])
    for _ in range(5):
        tested.station.do(enrol.attempt, login="x", account=None, good=False)
    tested.as_("admin").do(enrol.set_roles, tested.accounts["lin"], "technician sampler")
    assert hits(tested) == {
        "changed_after_judgement": [number],
        "retested": [again, again],
        "overridden": [late],
        "late_entry": [late],
        "access_changed": [tested.accounts["lin"], "x"],
    }
    tested.close()


def test_a_review_of_the_trail_is_an_act_of_another_person(tested: Lab) -> None:
    tested.as_("admin").do(enrol.set_roles, tested.accounts["lin"], "technician manager")
    (finding,) = tested.as_("zheng").ask(found.queue)
    point = Point(finding.station, finding.seq, finding.kind)
    zheng = tested.as_("zheng")
    with pytest.raises(RuleBroken, match=r"oversight\.remarks"):
        zheng.do(oversight.settle, [point], outcome="accepted", remarks=" ")
    with pytest.raises(Invalid, match=r"oversight\.outcome"):
        zheng.do(oversight.settle, [point], outcome="fine", remarks="x")
    own = tested.station.acting(Actor(tested.accounts["admin"], "x", frozenset({"manager"})))
    with pytest.raises(NotAllowed, match=r"oversight\.own"):
        own.do(oversight.settle, [point], outcome="accepted", remarks="x")
    zheng.do(oversight.settle, [point], outcome="accepted", remarks="任命书已核对")
    assert zheng.ask(found.queue) == []
    (settled,) = zheng.ask(found.queue, settled=True)
    assert (settled.outcome, settled.reviewer, settled.remarks) == ("accepted", "郑质量", "任命书已核对")
    with pytest.raises(RuleBroken, match=r"oversight\.settled"):
        zheng.do(oversight.settle, [point], outcome="accepted", remarks="x")
    assert oversight.point(f"LJ01:{finding.seq}:access_changed") == point
    with pytest.raises(Invalid, match=r"oversight\.point"):
        oversight.point("LJ01:x:access_changed")
    tested.close()


def test_a_person_is_erased_by_two_and_the_log_stays_whole(tested: Lab) -> None:
    zheng, wang = tested.as_("zheng"), proof(tested, "wang")
    party = outside(tested)
    tested.as_("chen").do(custody.hand_over, number_of(tested), between(party, proof(tested, "chen")))
    (picture,) = zheng.ask(personal.pictures, (party.outsider,))
    folder = tested.laboratory.folder
    assert (folder.attachments / picture.stored).exists()
    request = Request([PEOPLE.name, PEOPLE.phone], "2026-11-27 申请 1 号", wang)
    for wrong, code in (
        (Request(request.texts, " ", wang), "erase.basis"),
        (Request(request.texts, "x", proof(tested, "zheng")), "erase.same_person"),
        (Request(["没有这个人"], "x", wang), "erase.nothing"),
        (request, "erase.retention"),
    ):
        with pytest.raises(LimsError, match=code.replace(".", r"\.")):
            zheng.do(erase.person, wrong)
    gone = erase.erase(
        zheng, folder, Request(request.texts, request.basis, wang, "本人要求，依个人信息保护法")
    )
    assert (gone.texts, gone.rows) == (2, (f"outsider {party.outsider}",))
    assert not (folder.attachments / picture.stored).exists()
    assert zheng.ask(personal.holding, PEOPLE.name) == []
    assert zheng.ask(audit.verify).ok
    assert [one.kind for one in zheng.ask(found.queue)] == ["access_changed"]
    tested.close()


def test_an_act_that_waited_long_for_the_disk_is_no_jump_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "STEP", 0.2)
    lab = found_lab(tmp_path / "lab")

    @verb(needs="manager")
    def slowly(unit: Unit) -> None:
        time.sleep(0.5)
        unit.put(Setting(name="slow", value="1", by=unit.actor.account, at=unit.now))

    manager = lab.as_("zheng")
    manager.do(slowly)
    manager.do(watch.noted, "view", "x")
    del VERBS[slowly]
    jumped = {one.verb for one in manager.ask(found.queue) if one.kind == "clock_jump"}
    assert not any(verb_ == "watch.noted" or verb_.endswith("slowly") for verb_ in jumped)
    lab.close()
