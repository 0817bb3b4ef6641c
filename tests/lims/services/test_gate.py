"""The gate before a run and at its end: what blocks, what an override covers, and what stands on the verdict."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from drivers.reading import Reading
from lims.errors import NotAllowed, NotReady, RuleBroken
from lims.queries import audit, bench, controls, nonconforming, readiness, reviews, slips, supplies
from lims.queries.readiness import Planned
from lims.queries.run_facts import run_facts
from lims.services import certify, measure, nonconform, override, quality, review, supply
from lims.services.measure import Binding
from lims.services.quality import Learning, Target
from lims.services.supply import Product
from tests.laboratory import Lab, calibrating, today

GBT = "GBT5009.199-2003"


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(NotReady) as error:
        act()
    return [problem.code.removeprefix("ready.") for problem in error.value.problems]


def closed(lab: Lab, instrument: str, run: str, *values: str) -> str:
    for position, value in enumerate(values, 1):
        lab.value(instrument, str(position), value)
    return lab.as_("lin").do(measure.close_run, run)


def test_a_run_names_everything_that_is_missing(lab: Lab) -> None:
    (number,) = lab.received(food="猪肉")
    instrument = lab.instrument()
    manager = lab.as_("zheng")
    manager.do(quality.calibrate, instrument, calibrating(passed=False))
    manager.do(quality.climate, room="检测室", temperature="35")
    day = today()
    manager.do(quality.train, lab.accounts["lin"],
               Learning("authorisation", GBT, day, day.replace(year=day.year + 1), False, "郑质量"))  # fmt: skip
    manager.do(nonconform.report, nonconform.Trouble(
        "other", "比色皿破损", lab.accounts["lin"], day, lab.as_("lin").ask(controls.climate_now)[3], instrument))  # type: ignore[index] # it was just noted  # fmt: skip
    bindings = [Binding("2", "sample", number)]
    assert refused(
        lambda: lab.as_("lin").do(
            measure.start_run, instrument=instrument, method=GBT, lot="X", bindings=bindings
        )
    ) == [
        "calibration_failed",
        "authorisation_failed",
        "lot_unknown",
        "room",
        "no_blank",
        "nonconformity",
        "food_not_covered",
    ]
    assert lab.as_("lin").ask(bench.current, instrument) is None


def test_a_blocked_instrument_can_always_run_its_own_control(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.as_("zheng").do(quality.calibrate, instrument, calibrating(passed=False))
    run = lab.run(instrument, [])
    assert closed(lab, instrument, run, "1.0") == "valid"


def test_an_override_is_asked_by_one_and_granted_by_another_for_one_run(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    lab.as_("zheng").do(quality.calibrate, instrument, calibrating(passed=False))
    assert refused(lambda: lab.run(instrument, [number])) == ["calibration_failed"]
    asked = lab.as_("lin").do(override.ask, instrument=instrument, method=GBT, lot="LOT-1",
                              samples=[number], roles=["blank", "sample"])  # fmt: skip
    with pytest.raises(RuleBroken, match=r"override\.reason"):
        lab.as_("zheng").do(override.decide, asked, grant=True, reason="")
    (waiting,) = lab.as_("zheng").ask(readiness.overrides, waiting=True)
    assert (waiting.asked_by, [why.code for why in waiting.blockers]) == (
        "林检测",
        ["ready.calibration_failed"],
    )
    lab.as_("zheng").do(override.decide, asked, grant=True, reason="应急任务，备用仪器比对合格")
    run = lab.run(instrument, [number])
    assert closed(lab, instrument, run, "1.0", "12.0") == "valid"
    (seen,) = lab.as_("wang").ask(reviews.waiting)
    assert "overridden" in seen.finding.doubts
    lab.as_("wang").do(review.approve, seen.finding.verdict)
    slip = lab.as_("zhao").ask(slips.slip, lab.as_("zhao").do(certify.issue, number))
    assert slip.content["results"][0]["override"] == "应急任务，备用仪器比对合格 (郑质量)"
    (other,) = lab.received()
    assert refused(lambda: lab.run(instrument, [other])) == ["calibration_failed"]
    with pytest.raises(RuleBroken, match=r"override\.decided"):
        lab.as_("zheng").do(override.decide, asked, grant=False, reason="x")
    assert lab.as_("zheng").ask(audit.verify).ok


def test_nobody_grants_his_own_override_and_none_is_asked_for_nothing(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    given = {"instrument": instrument, "method": GBT, "samples": [number], "roles": ["blank", "sample"]}
    with pytest.raises(RuleBroken, match=r"override\.nothing"):
        lab.as_("lin").do(override.ask, lot="LOT-1", **given)  # type: ignore[arg-type] # as above
    asked = lab.as_("lin").do(override.ask, lot="X", **given)  # type: ignore[arg-type] # as above
    both = lab.as_("lin").actor.__class__(lab.accounts["lin"], "林", frozenset({"manager"}))
    with pytest.raises(NotAllowed, match=r"override\.same_person"):
        lab.station.acting(both).do(override.decide, asked, grant=True, reason="x")


def test_what_lapses_before_the_end_makes_the_run_invalid(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    (lot,) = [one for one in lab.as_("lin").ask(supplies.lots) if one.number == "LOT-1"]
    lab.as_("zheng").do(supply.recall, lot.id, reason="厂家通知召回")
    assert closed(lab, instrument, run, "1.0", "12.0") == "invalid"
    seen = lab.as_("lin").ask(bench.current, instrument)
    assert seen is not None
    assert seen.why == "not_ready_lot"
    assert lab.as_("wang").ask(reviews.waiting) == []


def test_the_limit_in_force_judges_and_its_id_stays_on_the_verdict(lab: Lab) -> None:
    (fish,) = lab.received(food="鳗鱼")
    (egg,) = lab.received(food="鸡蛋")
    instrument = lab.instrument("FLUOR-1", "astm_lis2")
    run = lab.run(instrument, [fish, egg], "KIT-ENR-FLUOR")
    for position, value in (("1", "0.4"), ("2", "100"), ("3", "50")):
        lab.reads(
            instrument,
            Reading(
                position=position, item="enrofloxacin", value=Decimal(value), unit="ug/kg", record=position
            ),
        )
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    found = {one.number: one.finding for one in lab.as_("wang").ask(reviews.waiting)}
    assert (found[fish].word, found[fish].basis["limit"]) == ("negative", "GB31650-2019/enrofloxacin/fish")
    assert (found[egg].word, found[egg].basis["limit_value"]) == ("positive", "10")
    assert found[egg].basis["limit_standard"] == "GB 31650.1-2022"
    assert "unverified_limit" in found[egg].doubts
    facts = lab.as_("lin").ask(run_facts, run)
    assert (facts.lot, facts.kit, [one.code for one in facts.warnings]) == (
        "LOT-1",
        "快检试剂盒",
        ["ready.limit_unverified"],
    )


def test_a_control_out_of_hand_by_its_chart_makes_the_run_invalid(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.as_("zheng").do(
        quality.target, Target(GBT, instrument, "blank", Decimal(1), Decimal("0.5"), "前 20 次")
    )
    assert closed(lab, instrument, lab.run(instrument, []), "1.2") == "valid"
    assert closed(lab, instrument, lab.run(instrument, []), "3.0") == "invalid"
    seen = lab.as_("lin").ask(bench.current, instrument)
    assert seen is not None
    assert seen.why == "out_of_hand_1_3s 1"
    chart = lab.as_("lin").ask(controls.chart, GBT, instrument, "blank")
    assert [(point.score, point.rules) for point in chart.points] == [
        (Decimal("0.40"), ()), (Decimal("4.00"), ("1_2s", "1_3s")),
    ]  # fmt: skip
    assert (chart.mean, chart.provisional, chart.high) == (Decimal(1), False, Decimal(20))
    assert lab.as_("lin").ask(controls.series)[0].count == 2


def test_a_failed_control_holds_every_result_since_the_last_good_one(lab: Lab) -> None:
    first, second = lab.received(2, food="鳗鱼")
    instrument = lab.instrument("CARD-1", "dayuan_cards")

    def strip(role: str, sample: str | None, ratio: str) -> str:
        run = lab.as_("lin").do(measure.start_run, instrument=instrument, method="KIT-CAP-STRIP", lot="LOT-1",
                                bindings=[Binding("1", role, sample)])  # fmt: skip
        extra = {"c_height": "900", "t_over_c": ratio}
        lab.reads(instrument, Reading(position="1", record=run, extra=extra))
        return lab.as_("lin").do(measure.close_run, run)

    assert [strip("control", None, "0.1"), strip("sample", first, "1.0"), strip("sample", second, "1.0")] == [
        "valid"
    ] * 3
    (seen, _) = lab.as_("wang").ask(reviews.waiting)
    lab.as_("wang").do(review.approve, seen.finding.verdict)
    assert strip("control", None, "1.0") == "invalid"
    (work,) = lab.as_("zheng").ask(nonconforming.works)
    assert {one.sample for one in work.held} == {first, second}
    (left,) = lab.as_("wang").ask(reviews.waiting)
    with pytest.raises(RuleBroken, match=r"review\.held"):
        lab.as_("wang").do(review.approve, left.finding.verdict)
    with pytest.raises(RuleBroken, match=r"slip\.held"):
        lab.as_("zhao").do(certify.issue, seen.number)
    for one in work.held:
        lab.as_("zheng").do(nonconform.settle, one.id, release=True, reason="复测一致")
    lab.as_("wang").do(review.approve, left.finding.verdict)
    lab.as_("zhao").do(certify.issue, seen.number)
    (number,) = lab.received(food="鳗鱼")
    assert refused(lambda: strip("sample", number, "1.0")) == ["no_control"]


def test_a_kit_that_finds_too_little_is_refused_for_that_food(lab: Lab) -> None:
    (number,) = lab.received(food="鳗鱼")
    instrument = lab.instrument("FLUOR-1", "astm_lis2")
    kit = Product(
        "WEAK",
        "弱试剂",
        "kit",
        "某厂",
        "KIT-ENR-FLUOR",
        "test",
        "说明书",
        detection=Decimal("0.2"),
        detection_unit="mg/kg",
    )
    lab.as_("zheng").do(supply.kit, kit)
    lab.lot("W-1", "WEAK")
    planned = Planned(instrument, "KIT-ENR-FLUOR", "W-1", lab.accounts["lin"], (number,), ("blank", "sample"))
    found = lab.as_("lin").ask(readiness.check, planned)
    assert [one.problem.code for one in found.blockers] == ["ready.detection_above"]
    assert (found.blockers[0].problem.values["detection"], found.ready) == (Decimal(200), False)
