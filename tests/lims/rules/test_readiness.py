"""Whether a run may start: each need by itself, missing evidence like failed evidence, and what a method is for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules import foods, limits, methods, readiness
from lims.rules.methods import Method
from lims.rules.readiness import Calibrated, Case, Competence, Felt, Finding, Stocked, Wanted

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
INHIBITION, NYT = methods.shipped().method("GBT5009.199-2003"), methods.shipped().method("NYT448-2001")
STRIP, FLUOR = methods.shipped().method("KIT-CAP-STRIP"), methods.shipped().method("KIT-ENR-FLUOR")
LOT = Stocked("1", "L1", "accepted", TODAY, Decimal(5))


def codes(found: Iterable[Finding]) -> list[str]:
    return [one.problem.code.removeprefix("ready.") for one in found]


@pytest.mark.parametrize(
    ("latest", "found"),
    [
        (None, ["calibration_missing"]),
        (Calibrated("1", "calibration", TODAY, False), ["calibration_failed"]),
        (Calibrated("1", "calibration", TODAY - timedelta(days=1), True), ["calibration_overdue"]),
        (Calibrated("1", "calibration", TODAY, True), []),
    ],
)
def test_an_instrument_must_be_calibrated_and_in_date(latest: Calibrated | None, found: list[str]) -> None:
    known = {"calibration": latest} if latest else {}
    assert codes(readiness.calibration("X", known, TODAY)) == found


def test_a_person_must_be_trained_examined_and_authorised() -> None:
    good = {kind: Competence("1", kind, TODAY, True) for kind in ("training", "examination", "authorisation")}
    assert codes(readiness.operator("林", "M", good, TODAY)) == []
    assert codes(readiness.operator("林", "M", {}, TODAY)) == [
        "training_missing", "examination_missing", "authorisation_missing",
    ]  # fmt: skip
    bad = {
        **good,
        "examination": replace(good["examination"], passed=False),
        "authorisation": replace(good["authorisation"], expires_on=TODAY - timedelta(days=1)),
    }
    assert codes(readiness.operator("林", "M", bad, TODAY)) == ["examination_failed", "authorisation_expired"]


@pytest.mark.parametrize(
    ("lot", "amount", "found"),
    [
        (None, 0, ["lot_unknown"]),
        (LOT, 5, []),
        (LOT, 6, ["lot_short"]),
        (replace(LOT, left=Decimal(0)), 0, ["lot_short"]),
        (replace(LOT, state="received"), 0, ["lot_received"]),
        (replace(LOT, state="recalled"), 0, ["lot_recalled"]),
        (replace(LOT, expires_on=TODAY - timedelta(days=1)), 0, ["lot_expired"]),
        (replace(LOT, opened_needed=True), 0, ["lot_not_opened"]),
        (replace(LOT, opened_needed=True, opened=(NOW - timedelta(days=1),)), 0, ["lot_opened_too_long"]),
        (replace(LOT, opened_needed=True, opened=(NOW - timedelta(days=1), NOW)), 0, []),
        (replace(LOT, unread=True), 0, ["lot_storage_unknown"]),
        (replace(LOT, stored=False), 0, ["lot_storage"]),
    ],
)
def test_a_lot_must_be_accepted_in_date_opened_and_well_kept(
    lot: Stocked | None, amount: int, found: list[str]
) -> None:
    wanted = Wanted("L1", Decimal(amount))
    assert codes(readiness.lot(wanted, lot, [], NOW, TODAY)) == found


def test_another_lot_that_expires_first_is_told_but_does_not_block() -> None:
    later = replace(LOT, id="2", number="L2", expires_on=TODAY + timedelta(days=9))
    (told,) = readiness.lot(Wanted("L2"), later, [LOT], NOW, TODAY)
    assert (told.problem.code, told.blocks, told.problem.values["first"]) == (
        "ready.lot_not_first",
        False,
        "L1",
    )
    assert codes(readiness.lot(Wanted("L1"), LOT, [later], NOW, TODAY)) == []


@given(some.lists(some.tuples(some.integers(-3, 9), some.integers(0, 2), some.booleans()), max_size=6))
def test_the_first_expiring_is_the_earliest_that_can_be_used(lots: list[tuple[int, int, bool]]) -> None:
    known = [
        Stocked(
            str(at), str(at), "accepted" if good else "received", TODAY + timedelta(days=days), Decimal(left)
        )
        for at, (days, left, good) in enumerate(lots)
    ]
    usable = [days for days, left, good in lots if days >= 0 and left > 0 and good]
    first = readiness.first_expiring(known, NOW, TODAY)
    assert (first.expires_on if first else None) == (TODAY + timedelta(days=min(usable)) if usable else None)


def test_the_room_must_be_read_and_within_its_limits() -> None:
    assert codes(readiness.environment(None, NOW)) == ["room_unread"]
    assert codes(readiness.environment(Felt(NOW - timedelta(hours=13), Decimal(20)), NOW)) == ["room_unread"]
    assert codes(readiness.environment(Felt(NOW, Decimal("30.1")), NOW)) == ["room"]
    assert codes(readiness.environment(Felt(NOW, Decimal(30)), NOW)) == []


def test_a_control_must_be_placed_or_stand_from_earlier_where_the_method_says_so() -> None:
    assert codes(readiness.control(INHIBITION, {"sample"}, earlier_today=True)) == ["no_blank"]
    assert codes(readiness.control(STRIP, {"sample"}, earlier_today=False)) == ["no_control"]
    assert codes(readiness.control(STRIP, {"sample"}, earlier_today=True)) == []
    assert codes([readiness.nonconformity("1", "x")]) == ["nonconformity"]


def case(name: str, analyte: str = "", detection: str | None = None) -> Case:
    food = foods.named(name)
    known = limits.shipped().get(analyte, [])
    limit = limits.applying(known, food.code, TODAY) if food else None
    return Case("S1", name, food, limit, Decimal(detection) if detection else None, "ug/kg")


@pytest.mark.parametrize(
    ("method", "food", "analyte", "detection", "found", "blocks"),
    [
        (INHIBITION, "豇豆", "", None, [], []),
        (INHIBITION, "韭菜", "", None, ["food_interferes"], [False]),
        (INHIBITION, "猪肉", "", None, ["food_not_covered"], [True]),
        (NYT, "苹果", "", None, ["food_not_covered"], [True]),
        (INHIBITION, "不明物", "", None, ["food_unknown"], [True]),
        (FLUOR, "鳗鲡", "enrofloxacin", "5", [], []),
        (FLUOR, "鳗鲡", "enrofloxacin", None, ["detection_unknown"], [True]),
        (FLUOR, "鳗鲡", "enrofloxacin", "101", ["detection_above"], [True]),
        (FLUOR, "对虾", "enrofloxacin", "5", ["limit_unknown"], [True]),
        (FLUOR, "鸡蛋", "enrofloxacin", "5", ["limit_unverified"], [False]),
        (STRIP, "对虾", "chloramphenicol", "0.1", [], []),
        (STRIP, "对虾", "chloramphenicol", None, ["detection_unknown"], [True]),
        (STRIP, "鳗鲡", "enrofloxacin", "5", ["detection_below"], [False]),
    ],
)
def test_a_method_is_suited_to_a_food_or_the_reason_is_told(
    method: Method,
    food: str,
    analyte: str,
    detection: str | None,
    found: list[str],
    blocks: list[bool],
) -> None:
    told = list(readiness.suitability(method, case(food, analyte, detection)))
    assert (codes(told), [one.blocks for one in told]) == (found, blocks)
    assert all(one.sample == "S1" and one.key.endswith(" S1") for one in told)
