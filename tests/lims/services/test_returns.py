"""A sample handed over by mistake goes back: two facts in two logs, and one writer at every moment."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.cli import main
from lims.door import verb
from lims.errors import NotFound, RuleBroken
from lims.queries import audit, custody, receipts, samples, trace
from lims.rules.amount import Amount
from lims.services import portion, returns, sample, store_room
from lims.services.portion import Part
from lims.services.sample import Seen
from lims.storage.unit import Unit
from tests.laboratory import PASSWORD, Lab
from tests.lims.services.test_handing import WHOLE, given, on_board
from tests.lims.sync.vans import Van, county_and_van

WHY = "袋子没有送来"


def state(lab: Lab, number: str) -> str:
    found = lab.station.ask(samples.by_number, number)
    return found.state if found else ""


def handed(tmp_path: Path) -> tuple[Van, Lab, str]:
    """Return a van, its laboratory, and a sample that it received itself and then handed over; the county knows."""
    van = county_and_van(tmp_path)
    board = on_board(van)
    (number,) = board.received()
    given(board, number)
    van.sync()
    return van, board, number


def give_back(van: Van, number: str) -> str:
    return van.county.as_("lin").do(returns.give_back, number, reason=WHY)


def closed(van: Van) -> None:
    for lab in (van.laboratory, van.county.laboratory):
        assert lab.lims.ask(audit.verify).ok
        lab.close()


def test_what_never_came_goes_back_with_a_reason_and_may_come_again(tmp_path: Path) -> None:
    van, board, number = handed(tmp_path)
    lin = van.county.as_("lin")
    with pytest.raises(RuleBroken, match=r"sample\.reason"):
        lin.do(returns.give_back, number, reason=" ")
    with pytest.raises(NotFound):
        lin.do(returns.give_back, van.county.draw(), reason=WHY)
    give_back(van, number)
    for again in (
        lambda: give_back(van, number),
        lambda: lin.do(sample.receive, number, WHOLE),
        lambda: lin.ask(receipts.arrival, number),
    ):
        with pytest.raises(RuleBroken, match=r"returns\.given_back.*快检车 LV01"):
            again()
    assert state(board, number) == "handed"  # the van has not heard of it: nobody writes
    assert van.sync().given_back == (number,)
    assert state(board, number) == "received"
    assert [row.state for row in lin.ask(samples.page) if row.number == number] == ["handed"]
    assert van.sync().given_back == ()
    assert [(row.state, row.van) for row in lin.ask(samples.page) if row.number == number] == [
        ("received", "快检车 LV01")
    ]
    for lab in (board, van.county):
        (fact,) = [one for one in lab.as_("lin").ask(trace.sample, number).facts if one.what == "given_back"]
        assert (fact.who, fact.detail["reason"]) == ("林检测", WHY)
    given(board, number)
    van.sync()
    lin.do(sample.receive, number, WHOLE)
    assert [(row.state, row.van) for row in lin.ask(samples.page) if row.number == number] == [
        ("received", "")
    ]
    closed(van)


def test_an_old_word_changes_nothing_however_late_and_often_it_comes(tmp_path: Path) -> None:
    van, board, number = handed(tmp_path)
    give_back(van, number)
    old = van.reply()
    assert van.accept(old).given_back == (number,)
    assert van.accept(old).given_back == ()
    given(board, number)
    assert van.accept(old).given_back == ()
    assert state(board, number) == "handed"
    assert van.accept(van.reply()).given_back == ()  # the county has not heard of the second handing over
    van.send(van.make())
    van.county.as_("lin").do(sample.receive, number, WHOLE)
    assert van.accept(old).given_back == ()
    assert (state(board, number), state(van.county, number)) == ("handed", "received")
    closed(van)


def test_a_word_that_comes_before_and_after_the_vans_bundle_brings_the_same(tmp_path: Path) -> None:
    ends = []
    for order in ("bundle first", "reply first"):
        van, board, number = handed(tmp_path / order.replace(" ", "-"))
        board.draw()
        give_back(van, number)
        made = van.make()
        if order == "bundle first":
            van.send(made)
            van.accept(van.reply())
        else:
            van.accept(van.reply())
            van.send(made)
        van.sync()
        ends.append((state(board, number), [(row.number == number, row.state) for row in
                     van.county.as_("lin").ask(samples.page)]))  # fmt: skip
        closed(van)
    assert ends[0] == ends[1]
    assert ends[0][0] == "received"


def test_what_was_received_goes_back_as_it_came_and_only_so(tmp_path: Path) -> None:
    van, board, number = handed(tmp_path)
    lin, zheng = van.county.as_("lin"), van.county.as_("zheng")
    lin.do(sample.receive, number, WHOLE)
    shelf = zheng.do(store_room.place, store_room.Room("S1", "shelf", "一号架"))
    lin.do(store_room.move, number, shelf)
    with pytest.raises(RuleBroken, match=r"returns\.worked"):
        give_back(van, number)
    lin.do(store_room.move, number, "", reason="退回")
    give_back(van, number)
    with pytest.raises(RuleBroken, match=r"sample\.(returned|state)"):
        zheng.do(sample.void, number, reason="试验")
    with pytest.raises(RuleBroken, match=r"sample\.returned"):
        lin.do(portion.divide, number, [Part("test", Amount(Decimal(1), "kg"))])
    van.sync()
    van.sync()
    assert state(board, number) == "received"
    assert len(lin.ask(custody.handovers, number)) == 1
    closed(van)


def test_a_bag_refused_at_the_reception_is_the_vans_again(tmp_path: Path) -> None:
    van, board, number = handed(tmp_path)
    torn = Seen("leaking", "broken", "F0001")
    van.county.as_("lin").do(sample.receive, number, torn, accept=False, reason="袋破")
    with pytest.raises(RuleBroken, match=r"returns\.given_back"):
        give_back(van, number)
    van.sync()
    van.sync()
    assert state(board, number) == "received"
    given(board, number)
    van.sync()
    van.county.as_("lin").do(sample.receive, number, WHOLE)
    assert state(van.county, number) == "received"
    closed(van)


def test_a_county_that_lost_its_word_writes_no_more_than_one_that_kept_it(tmp_path: Path) -> None:
    van, board, number = handed(tmp_path)
    van.county.as_("lin").do(sample.receive, number, WHOLE)
    van.county.close()
    shutil.copytree(tmp_path / "county", tmp_path / "backup")
    van.county = Lab(open_laboratory(tmp_path / "county"), van.county.accounts)
    give_back(van, number)
    van.accept(van.reply())
    van.county.close()
    van.county = Lab(open_laboratory(tmp_path / "backup"), van.county.accounts)
    van.county.as_("zheng").do(sample.void, van.county.draw(), reason="试验")
    assert [one.word for one in van.send(van.make())] == ["taken"]
    with pytest.raises(RuleBroken, match=r"sample\.returned"):
        van.county.as_("zheng").do(sample.void, number, reason="试验")
    assert state(board, number) == "received"
    closed(van)


def test_by_hand_a_sample_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    van, board, number = handed(tmp_path)
    van.county.close()
    monkeypatch.setenv("KUAIJIAN_PASSWORD", PASSWORD)
    told = [
        "give-back",
        "--sample",
        number,
        "--reason",
        WHY,
        "--as",
        "lin",
        "--dir",
        str(tmp_path / "county"),
    ]
    assert main.run(told) == 0
    assert main.run(told) == 1
    assert "已退回" in capsys.readouterr().err
    board.close()


@verb(needs="station")
def where_it_was(unit: Unit, number: str) -> str:
    return returns.before(unit, number)


def test_where_a_sample_was_is_found_in_the_log_of_either_database(lab: Lab) -> None:
    (number,) = lab.received()
    drawn = lab.draw()
    assert [lab.station.do(where_it_was, one) for one in (number, drawn)] == ["received", "drawn"]
