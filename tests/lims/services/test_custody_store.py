"""Portions with their quantities and clocks, places with their temperatures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lims import clock
from lims.errors import Invalid, LimsError, NotAllowed, NotFound, RuleBroken
from lims.queries import custody as asked
from lims.queries import portions
from lims.rules.amount import Amount
from lims.rules.custody import Gap
from lims.rules.retention import Clock
from lims.services import (
    custody,
    portion,
    store_room,
)
from lims.services.identify import Confirmed
from lims.services.portion import Ending, Part
from lims.services.store_room import Room
from lims.storage.unit import View
from lims.text import sentence
from tests.custody import PEOPLE, approve, between, divided, ending, fridge, outside, proof
from tests.laboratory import Lab

# Portions -------------------------------------------------------------------------------------------------


def test_a_sample_is_divided_exactly_and_never_beyond_what_there_is(lab: Lab) -> None:
    number, test, retained = divided(lab)
    lin = lab.as_("lin")
    assert (test, retained) == (f"{number}-T1", f"{number}-R1")
    with pytest.raises(RuleBroken, match=r"portion\.too_much"):
        lin.do(portion.divide, number, [Part("aliquot", Amount(Decimal(1), "mg"))])
    (aliquot,) = lin.do(portion.divide, number, [Part("aliquot", Amount(Decimal("1199.999"), "g"))], of=test)
    assert aliquot == f"{number}-A1"
    refused: list[tuple[Part, str, str]] = [
        (Part("aliquot", Amount(Decimal("1.001"), "g")), test, "portion.too_much"),
        (Part("aliquot", Amount(Decimal(1), "bag")), test, "portion.units"),
        (Part("aliquot", Amount(Decimal(1), "g")), "nothing", "portion.unknown"),
        (Part("half", Amount(Decimal(1), "g")), test, "portion.role"),
        (Part("aliquot", Amount(Decimal(0), "g")), test, "amount.value"),
    ]
    for part, of, code in refused:
        with pytest.raises(LimsError) as found:
            lin.do(portion.divide, number, [part], of=of)
        assert found.value.code == code
    held = {one.id: one for one in lin.ask(portions.of_sample, number)}
    assert str(held[test].rest) == "0.000001 kg"
    assert (str(held[retained].rest), held[aliquot].parent) == ("800 g", test)


def test_used_portions_are_gone_and_retained_ones_are_not_used(lab: Lab) -> None:
    number, test, retained = divided(lab)
    lin = lab.as_("lin")
    lin.do(portion.use_up, test, reason="检测用尽")
    with pytest.raises(RuleBroken, match=r"portion\.retained"):
        lin.do(portion.use_up, retained, reason="x")
    for act in (
        lambda: lin.do(portion.use_up, test, reason="again"),
        lambda: lin.do(portion.divide, number, [Part("aliquot", Amount(Decimal(1), "g"))], of=test),
        lambda: lin.do(store_room.move, number, "", portion=test, reason="x"),
    ):
        with pytest.raises(RuleBroken, match=r"portion\.gone"):
            act()


def test_a_retained_portion_is_kept_until_its_clock_is_over(lab: Lab) -> None:
    number, _, retained = divided(lab)
    zheng = lab.as_("zheng")
    assert zheng.ask(portions.portion, retained).clock == Clock(None, None, "no_conclusion")
    approve(lab, number)
    kept = zheng.ask(portions.portion, retained).clock
    assert kept is not None
    assert kept.rule is not None
    assert (kept.rule.id, kept.rule.verified, kept.by) == ("retained_compliant", False, "rule")
    with pytest.raises(RuleBroken, match=r"disposal\.retention"):
        lab.as_("lin").do(portion.dispose, retained, ending(lab))
    with pytest.raises(RuleBroken, match=r"disposal\.retention"):
        lab.as_("lin").do(portion.dispose, retained, ending(lab, reason="spoiled"))
    lab.as_("lin").do(
        portion.dispose, retained, ending(lab, reason="spoiled", remarks="冰箱故障后腐败，拍照留存")
    )
    found = zheng.ask(portions.portion, retained)
    assert found.ended is not None
    assert (found.state, found.ended.first, found.ended.second) == ("disposed", "林检测", "郑质量")
    assert zheng.ask(portions.retained) == []


def test_the_laboratorys_own_length_is_used_and_names_its_source(lab: Lab) -> None:
    number, _, retained = divided(lab)
    zheng = lab.as_("zheng")
    approve(lab, number)
    for rule, length, source, code in (
        ("none", "1 day", "x", "retention.unknown"),
        ("retained_compliant", "1 day", " ", "retention.source"),
        ("retained_compliant", "one day", "x", "retention.amount"),
    ):
        with pytest.raises(LimsError) as refused:
            zheng.do(portion.keep_for, rule, length, source=source)
        assert refused.value.code == code
    zheng.do(portion.keep_for, "retained_compliant", "7 day", source="委托协议")
    today = clock.local(clock.now()).date()
    (held,) = zheng.ask(portions.retained)
    assert held.clock is not None
    assert held.clock.until == today + timedelta(days=7)
    assert held.clock.rule is not None
    assert (held.clock.rule.source, held.clock.rule.own, held.id) == ("委托协议", True, retained)
    assert zheng.ask(portions.retained, over_by=today) == []
    assert len(zheng.ask(portions.retained, over_by=today + timedelta(days=8))) == 1
    assert {rule.id for rule in zheng.ask(portions.rules, "record")} >= {"laboratory_record", "audit_log"}


def test_a_dispute_locks_a_portion_until_it_is_released(lab: Lab) -> None:
    _, test, retained = divided(lab)
    zheng = lab.as_("zheng")
    with pytest.raises(RuleBroken, match=r"portion\.reason"):
        zheng.do(portion.lock, retained, dispute="", reason="x")
    zheng.do(portion.lock, retained, dispute="异议2026-003", reason="经营者申请复检")
    zheng.do(portion.lock, test, dispute="异议2026-003", reason="经营者申请复检")
    early = ending(lab, reason="spoiled", remarks="x")
    refusals: list[Callable[[], object]] = [
        lambda: lab.as_("lin").do(portion.dispose, retained, early),
        lambda: lab.as_("lin").do(portion.use_up, test, reason="x"),
        lambda: zheng.do(portion.lock, retained, dispute="other", reason="x"),
    ]
    for act in refusals:
        with pytest.raises(RuleBroken) as refused:
            act()
        assert (refused.value.code, refused.value.values["dispute"]) == ("portion.locked", "异议2026-003")
    assert zheng.ask(portions.portion, retained).locked
    with pytest.raises(NotAllowed, match=r"door\.role"):
        lab.as_("lin").do(portion.release, retained, reason="x")
    zheng.do(portion.release, retained, reason="复检结论已送达")
    with pytest.raises(RuleBroken, match=r"portion\.not_locked"):
        zheng.do(portion.release, retained, reason="x")
    lab.as_("lin").do(portion.dispose, retained, early)
    found = zheng.ask(portions.portion, retained)
    assert (found.locked, found.state, found.locks[0].released_by) == (False, "disposed", "郑质量")


def test_disposal_takes_two_different_people_of_the_laboratory(lab: Lab) -> None:
    _, test, _ = divided(lab)
    lin = lab.as_("lin")
    wrong: list[tuple[Ending, str]] = [
        (ending(lab, "lin", "lin"), "disposal.same_person"),
        (ending(lab, "lin", "admin"), "disposal.role"),
        (ending(lab, method="thrown"), "form.problems"),
        (replace(ending(lab), second=Confirmed(lab.accounts["zheng"], "")), "custody.proof"),
    ]
    for one, code in wrong:
        with pytest.raises(LimsError) as refused:
            lin.do(portion.dispose, test, one)
        assert refused.value.code == code
    lin.do(portion.dispose, test, ending(lab, reason="used_up"))
    engine = lab.station.store.engine.execution_options(writes=True)
    with engine.begin() as connection, pytest.raises(DBAPIError, match="two_people"):
        connection.execute(text("UPDATE disposal SET second_person = first_person"))


def test_a_retained_portion_goes_to_the_retest_body_and_is_out_of_reach(lab: Lab) -> None:
    number, _, retained = divided(lab)
    body = outside(lab)
    given = between(proof(lab, "lin"), body, portion=retained, seal="B0001")
    lab.as_("lin").do(custody.hand_over, number, given)
    assert lab.as_("lin").ask(portions.portion, retained).state == "handed_out"
    with pytest.raises(RuleBroken, match=r"portion\.gone"):
        lab.as_("lin").do(portion.dispose, retained, ending(lab))
    other = lab.as_("chen").do(custody.outsider, replace(PEOPLE, name="林送样"))
    back = between(outside(lab, other), proof(lab, "lin"), portion=retained, seal="B0001")
    lab.as_("lin").do(custody.hand_over, number, back)
    assert lab.as_("lin").ask(portions.portion, retained).state == "held"
    found = lab.as_("zheng").ask(asked.gaps, number)
    assert [(gap.kind, gap.portion) for gap in found] == [
        ("receipt_without_handover", ""), ("no_custodian", retained),
    ]  # fmt: skip


# Places and temperatures ----------------------------------------------------------------------------------


def test_places_make_a_tree_and_samples_move_in_it(lab: Lab) -> None:
    number, _, retained = divided(lab)
    fridge(lab)
    lin, zheng = lab.as_("lin"), lab.as_("zheng")
    lin.do(store_room.move, number, "F1-2", portion=retained)
    assert lin.ask(portions.portion, retained).place == "F1-2"
    assert {place.id: place.holds for place in lin.ask(portions.places)} == {"F1": 0, "F1-2": 1, "R1": 0}
    with pytest.raises(RuleBroken, match=r"store\.reason"):
        lin.do(store_room.move, number, "", portion=retained)
    lin.do(store_room.move, number, "", portion=retained, reason="送复检")
    assert lin.ask(portions.portion, retained).place == ""
    zheng.do(store_room.place, Room("F1-2", "shelf", "二层", "F1"), active=False)
    wrong = {
        Room("R1", "room", "样品室", "F1-2"): "store.inside",
        Room("X", "cellar", "x"): "form.problems",
        Room("X", "box", "x", low=Decimal(5), high=Decimal(1)): "form.problems",
        Room("X", "box", "x", every_minutes=0): "form.problems",
        Room("X", "box", "x", "nothing"): "store_place.unknown",
    }
    for room, code in wrong.items():
        with pytest.raises(LimsError) as refused:
            zheng.do(store_room.place, room)
        assert refused.value.code == code
    with pytest.raises(RuleBroken, match=r"store\.inactive"):
        lin.do(store_room.move, number, "F1-2", portion=retained)


def log_file(folder: Path, *rows: tuple[timedelta, str]) -> Path:
    start = clock.local(clock.now())
    lines = ["时间,温度", *(f"{start + after:%Y-%m-%d %H:%M:%S},{value}" for after, value in rows)]
    path = folder / "logger.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_loggers_file_is_read_in_once_and_its_heat_is_a_gap_of_what_lay_there(
    lab: Lab, tmp_path: Path
) -> None:
    number, _, retained = divided(lab)
    fridge(lab)
    lin = lab.as_("lin")
    lin.do(store_room.move, number, "F1-2", portion=retained)
    soon = [(timedelta(seconds=n), value) for n, value in ((2, "4.0"), (3, "9.5"), (4, "11.25"), (5, "6"))]
    path = log_file(tmp_path, (timedelta(minutes=-10), "30"), *soon)
    folder = lab.laboratory.folder
    first = store_room.read_logger(lin, folder, "F1", path, zone="+08:00")
    again = store_room.read_logger(lin, folder, "F1", path, zone="+08:00")
    assert (first.added, first.repeated, again.added, again.repeated) == (5, 0, 0, 5)
    assert first.attachment == again.attachment
    found = _gaps_after(lab, number, timedelta(seconds=30))
    assert [(gap.kind, gap.portion, str(gap.reason.values["worst"])) for gap in found] == [
        ("temperature", retained, "11.25")
    ]
    assert "一号冰箱" in sentence(found[0].reason)


def _gaps_after(lab: Lab, number: str, later: timedelta) -> list[Gap]:
    """Ask as if some time had passed, so that readings that are still to come have come."""
    with Session(lab.station.store.engine) as session:
        view = View(session, lab.station.store.place, lab.as_("zheng").actor, clock.now() + later)
        return [gap for gap in asked.gaps(view, number) if gap.kind == "temperature"]


def test_a_loggers_file_with_one_wrong_line_takes_nothing_in(lab: Lab, tmp_path: Path) -> None:
    fridge(lab)
    lin, folder = lab.as_("lin"), lab.laboratory.folder
    path = log_file(tmp_path, (timedelta(minutes=-20), "4.0"), (timedelta(minutes=-10), "warm"))
    with pytest.raises(Invalid) as refused:
        store_room.read_logger(lin, folder, "F1", path, zone="+08:00")
    assert [(one.code, one.where) for one in refused.value.problems] == [("logger.value", "3")]
    path = log_file(tmp_path, (timedelta(minutes=-20), "4.0"))
    with pytest.raises(Invalid) as refused:
        store_room.read_logger(lin, folder, "F1", path)
    assert [one.code for one in refused.value.problems] == ["logger.zone"]
    with pytest.raises(NotFound, match=r"store_place\.unknown"):
        store_room.read_logger(lin, folder, "F9", path, zone="+08:00")
    path = log_file(tmp_path, (timedelta(hours=2), "4.0"))
    with pytest.raises(Invalid, match=r"logger\.future"):
        store_room.read_logger(lin, folder, "F1", path, zone="+08:00")


def test_a_known_temperature_is_never_replaced(lab: Lab, tmp_path: Path) -> None:
    fridge(lab)
    lin, folder = lab.as_("lin"), lab.laboratory.folder
    path = log_file(tmp_path, (timedelta(minutes=-10), "4.0"))
    store_room.read_logger(lin, folder, "F1", path, zone="+08:00")
    path.write_text(path.read_text(encoding="utf-8").replace("4.0", "5.0"), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        store_room.read_logger(lin, folder, "F1", path, zone="+08:00")
    (one,) = refused.value.problems
    assert (one.code, str(one.values["known"])) == ("logger.differs", "4.0")
