"""Supplies, quality and limits on the screen: pages by digits, acts by keys, and what stands against a run."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from gui import gallery
from gui.widgets.controlchart import standing
from lims.queries import controls, limits, nonconforming, readiness, supplies
from lims.services import measure, quality, supply
from lims.services.quality import Target
from lims.services.supply import Product
from tests.gui.lab import Lab, press, received, scan, settle, window, write
from tests.laboratory import calibrating, today

GBT = "GBT5009.199-2003"


def faults(shell: object, name: str) -> list[gallery.Fault]:
    return gallery.faults_in(shell, name)  # type: ignore[arg-type] # the window


def test_a_lot_is_received_tested_and_opened_by_keys(lab: Lab) -> None:
    lab.as_("zheng").do(
        supply.kit, Product("ENZ", "速测试剂", "enzyme", "某厂", GBT, "test", "说明书", opened_days=7)
    )
    with window(lab, "lin", "supplies") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.tables["lots"].model().rowCount() == 1)
        press(shell, "F2")
        form = screen.form
        form.fill({"kit": "ENZ", "number": "B7", "quantity": "50",
                   "expires_on": (today() + timedelta(days=90)).isoformat()})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: screen.tables["lots"].model().rowCount() == 2)
        lot = next(one for one in lab.as_("lin").ask(supplies.lots) if one.number == "B7")
        screen.tables["lots"].choose(lot.id)
        assert "lot is" in next(act for act in shell.acts() if act.key == "O").missing
        press(shell, "T")
        screen.form.fill({"n11": "20", "n12": "0", "n21": "1", "n22": "9"})
        press(shell, "Return")
        settle(shell, lambda: "Accepted" in screen._told.text())
        press(shell, "O")
        screen.form.fill({"label": "1"})
        press(shell, "Return")
        settle(shell, lambda: "Pack 1 opened" in screen._told.text())
        assert faults(shell, "supplies") == []
        press(shell, "3")
        settle(shell, lambda: screen.tables["kits"].model().rowCount() == 2)
        assert "recall" not in " ".join(act.word.lower() for act in shell.acts())


def test_the_chart_marks_what_is_out_of_hand_and_pages_hold_the_rest(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.as_("zheng").do(quality.target, Target(GBT, instrument, "blank", Decimal(1), Decimal("0.5"), "20 次"))
    for value in ("1.2", "3.0"):
        run = lab.run(instrument, [])
        lab.value(instrument, "1", value)
        lab.as_("lin").do(measure.close_run, run)
    with window(lab, "zheng", "quality") as shell:
        screen = shell.shown
        settle(shell, lambda: "2 points, 1 out of hand" in screen.chart.accessibleName())
        chart = lab.as_("lin").ask(controls.chart, GBT, instrument, "blank")
        assert [standing(point) for point in chart.points] == ["accent", "positive"]
        assert faults(shell, "quality") == []
        press(shell, "2")
        settle(shell, lambda: screen.tables["calibrations"].model().rowCount() == 1)
        assert not screen.chart.isVisible()
        press(shell, "5", "F2")
        day = today().isoformat()
        screen.form.fill(
            {"what": "other", "detail": "断电", "since": day, "due_on": day, "owner": lab.accounts["lin"]}
        )
        press(shell, "Return")
        settle(shell, lambda: screen.tables["works"].model().rowCount() == 1)
        (work,) = lab.as_("zheng").ask(nonconforming.works)
        assert (work.detail, work.blocks) == ("断电", False)
        press(shell, "F4")
        press(shell, "Escape")
        assert screen.entering is None


def test_a_limit_is_confirmed_and_an_edition_proposed_and_published(lab: Lab, tmp_path: Path) -> None:
    table = tmp_path / "新版.csv"
    table.write_text(
        "检测项目,食品,单位,限量,标准,来源,生效日期\n毒死蜱,豇豆,mg/kg,0.03,S,x,2030-01-01\n", "utf-8"
    )
    with window(lab, "zheng", "limits") as shell:
        screen = shell.shown
        press(shell, "F")
        screen.form.fill({"food": "豇豆", "analyte": "毒死蜱"})
        press(shell, "Return")
        settle(shell, lambda: screen.tables["table"].model().rowCount() == 1)
        press(shell, "F4")
        screen.form.fill({"source": "GB 2763-2021 第 88 页"})
        press(shell, "Return")
        settle(shell, lambda: "✓ 郑质量" in screen._told.text())
        press(shell, "F2")
        screen.form.fill({"file": str(table), "title": "2030 版"})
        press(shell, "Return")
        press(shell, "2")
        settle(shell, lambda: screen.tables["editions"].model().rowCount() == 1)
        assert faults(shell, "limits") == []
    with window(lab, "wang", "limits") as shell:
        press(shell, "2")
        settle(shell, lambda: shell.shown.tables["editions"].model().rowCount() == 1)
        press(shell, "F4")
        settle(shell, lambda: lab.as_("lin").ask(limits.editions)[0].state == "published")


def test_the_bench_says_what_stands_against_a_run_and_an_override_is_asked_and_granted(lab: Lab) -> None:
    instrument = lab.instrument()
    lab.as_("zheng").do(quality.calibrate, instrument, calibrating(passed=False))
    (number,) = received(lab)
    with window(lab, "lin", "bench") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chips.current)
        press(shell, "B")
        scan(shell, number)
        press(shell, "L")
        write("LOT-1", screen.lot)
        settle(shell, lambda: screen.gate.blocked)
        assert "The last calibration of TL310-1 failed" in screen.gate._lines.text()
        assert "not ready" in shell.acts()[-1].missing
        screen.board.setFocus()
        press(shell, "F9")
        settle(shell, lambda: lab.as_("zheng").ask(readiness.overrides, waiting=True))
        assert faults(shell, "bench") == []
    with window(lab, "zheng", "quality") as shell:
        press(shell, "7")
        settle(shell, lambda: shell.shown.tables["overrides"].model().rowCount() == 1)
        press(shell, "F4")
        shell.shown.form.fill({"reason": "比对合格"})
        press(shell, "Return")
        settle(shell, lambda: lab.as_("zheng").ask(readiness.overrides)[0].state == "granted")
    run = lab.run(instrument, [number])
    assert lab.as_("zheng").ask(readiness.overrides)[0].run == run
