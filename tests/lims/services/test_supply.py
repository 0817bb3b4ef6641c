"""Lots from receipt to recall: accepted by figures or on paper, opened, used in order, traced to their results."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lims.errors import Invalid, NotFound, RuleBroken
from lims.queries import nonconforming, supplies
from lims.queries.supplies import LotView
from lims.rules.acceptance import Table
from lims.services import measure, store_room, supply
from lims.services.store_room import Room
from lims.services.supply import Product
from tests.laboratory import Lab, today

KIT = Product("ENZ", "速测试剂", "enzyme", "某厂", "GBT5009.199-2003", "test", "说明书", opened_days=7)


def received(lab: Lab, number: str, days: int, quantity: int = 20, place: str = "") -> str:
    ends = today() + timedelta(days=days)
    return lab.as_("lin").do(supply.receive, "ENZ", number, ends, Decimal(quantity), place)


def seen(lab: Lab, number: str) -> LotView:
    return next(one for one in lab.as_("lin").ask(supplies.lots, all_states=True) if one.number == number)


def test_a_lot_is_accepted_or_rejected_by_its_figures(lab: Lab) -> None:
    lab.as_("zheng").do(supply.kit, KIT)
    good, bad = received(lab, "A1", 100), received(lab, "A2", 100)
    lin = lab.as_("lin")
    with pytest.raises(RuleBroken, match=r"lot\.not_accepted"):
        lin.do(supply.open_pack, good)
    assert lin.do(supply.evaluate, good, Table(20, 0, 1, 9), levels="1, 2 LOD") == "accepted"
    assert lin.do(supply.evaluate, bad, Table(15, 5, 0, 10)) == "rejected"
    assert (seen(lab, "A2").state, seen(lab, "A2").why) == (
        "rejected",
        "sensitivity false_negative chi_square"[:26],
    )
    (tested,) = seen(lab, "A1").tests
    assert (tested.passed, tested.figures["sensitivity"], tested.figures["specificity"]) == (
        True,
        "1.0000",
        "0.9000",
    )
    with pytest.raises(RuleBroken, match=r"lot\.decided"):
        lin.do(supply.evaluate, good, Table(20, 0, 1, 9))


def test_the_first_expiring_that_can_be_used_comes_first(lab: Lab) -> None:
    lab.as_("zheng").do(supply.kit, KIT)
    for number, days in (("LATE", 300), ("SOON", 10), ("NEW", 5)):
        lot = received(lab, number, days)
        if number != "NEW":
            lab.as_("zheng").do(supply.accept, lot, reason="证书")
    assert [(one.number, one.first) for one in lab.as_("lin").ask(supplies.lots) if one.kit == "ENZ"] == [
        ("NEW", False), ("SOON", True), ("LATE", False),
    ]  # fmt: skip
    assert "ends_soon" in seen(lab, "SOON").marks
    with pytest.raises(RuleBroken, match=r"lot\.again"):
        received(lab, "SOON", 10)
    with pytest.raises(RuleBroken, match=r"lot\.expired"):
        received(lab, "OLD", -1)


def test_use_is_counted_by_runs_and_by_hand_and_never_below_nothing(lab: Lab) -> None:
    lab.as_("zheng").do(supply.kit, KIT)
    lot = received(lab, "A1", 100, 5)
    lin = lab.as_("lin")
    lab.as_("zheng").do(supply.accept, lot, reason="证书")
    lin.do(supply.open_pack, lot, label="1")
    instrument = lab.instrument()
    lin.do(measure.start_run, instrument=instrument, method="GBT5009.199-2003", lot="A1",
           bindings=[measure.Binding(str(n), "blank") for n in (1, 2)])  # fmt: skip
    assert seen(lab, "A1").left == 3
    assert lin.do(supply.use, lot, Decimal(1), why="打翻") == "2"
    with pytest.raises(RuleBroken, match=r"lot\.more_than_left"):
        lin.do(supply.use, lot, Decimal(3), why="x")
    with pytest.raises(RuleBroken, match=r"lot\.reason"):
        lin.do(supply.use, lot, Decimal(1), why=" ")
    assert lin.do(supply.use, lot, Decimal(2), why="用完") == "0"
    assert seen(lab, "A1").state == "used_up"


def test_storage_is_judged_by_the_logger_of_the_place(lab: Lab, tmp_path: Path) -> None:
    manager = lab.as_("zheng")
    manager.do(store_room.place, Room("FR1", "fridge", "试剂冰箱", every_minutes=30))
    manager.do(supply.kit, Product("COLD", "冷藏试剂", "reagent", "某厂", "GBT5009.199-2003", "mL", "说明书",
                                   low=Decimal(2), high=Decimal(8)))  # fmt: skip
    ends = today() + timedelta(days=90)
    lot = lab.as_("lin").do(supply.receive, "COLD", "C1", ends, Decimal(10))
    assert seen(lab, "C1").marks == ("storage_unknown",)
    with pytest.raises(NotFound):
        lab.as_("lin").do(supply.keep_in, lot, place="nowhere")
    lab.as_("lin").do(supply.keep_in, lot, place="FR1")
    assert seen(lab, "C1").marks == ("storage_unknown",)
    moment = datetime.now(UTC) + timedelta(seconds=1)
    logged(lab, tmp_path, (moment, "5.0"))
    assert seen(lab, "C1").marks == ()
    logged(lab, tmp_path, (moment + timedelta(seconds=9), "12.0"))
    assert seen(lab, "C1").marks == ("storage",)


def logged(lab: Lab, folder: Path, *lines: tuple[datetime, str]) -> None:
    file = folder / "log.csv"
    file.write_text(
        "time,value\n" + "".join(f"{at.isoformat(sep=' ')[:19]},{value}\n" for at, value in lines), "utf-8"
    )
    store_room.read_logger(lab.as_("lin"), lab.laboratory.folder, "FR1", file, zone="+00:00")


def test_a_recall_lists_and_holds_every_result_of_the_lot(lab: Lab) -> None:
    numbers = lab.received(2)
    instrument = lab.instrument()
    run = lab.run(instrument, numbers)
    for position, value in (("1", "1.0"), ("2", "8.0"), ("3", "9.0")):
        lab.value(instrument, position, value)
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    lot = seen(lab, "LOT-1").id
    assert {one.sample for one in lab.as_("zheng").ask(supplies.results_of, lot)} == set(numbers)
    with pytest.raises(RuleBroken, match=r"lot\.reason"):
        lab.as_("zheng").do(supply.recall, lot, reason="")
    work_id = lab.as_("zheng").do(supply.recall, lot, reason="厂家通知")
    (work,) = lab.as_("zheng").ask(nonconforming.works)
    assert (work.id, {one.sample for one in work.held}, work.blocks) == (work_id, set(numbers), True)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": " "}, "name"),
        ({"kind": "?"}, "kind"),
        ({"methods": "GB-1"}, "methods"),
        ({"opened_days": 0}, "opened_days"),
        ({"detection": Decimal(0), "detection_unit": "ug/kg"}, "detection"),
        ({"low": Decimal(9), "high": Decimal(2)}, "low"),
    ],
)
def test_a_kit_that_cannot_be_is_refused(lab: Lab, wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        lab.as_("zheng").do(supply.kit, replace(KIT, **wrong))
    assert [problem.where for problem in refused.value.problems] == [where]
