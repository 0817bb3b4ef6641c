"""Rules on the screen: a clock changed by two people, a holiday, a paper's text out and in, a default confirmed."""

from pathlib import Path
from typing import Any

import pytest

from gui import gallery
from gui.widgets.label import Label
from lims import text
from lims.queries import editions, places, rules
from lims.services import rules as acts
from tests.gui.lab import Lab, press, settle, window
from tests.laboratory import today


def proposed(lab: Lab) -> list[str]:
    return [one.name for one in lab.as_("lin").ask(editions.listed)]


def test_what_one_proposes_another_publishes(lab: Lab, tmp_path: Path) -> None:
    day = today().isoformat()
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        settle(shell, lambda: bool(screen.key))
        press(shell, "F2")
        screen.form.fill({"amount": "many"})
        assert screen.form.missing()
        screen.form.fill({"amount": "6", "from": day, "reason": "新规施行"})
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["clocks"])
        settle(shell, lambda: screen.entering is None)
        assert "checked" in next(act for act in shell.acts() if act.key == "F4").missing
        default = next(one for one in lab.as_("lin").ask(rules.clocks) if not one.clock.verified)
        screen.tables["clocks"].choose(default.mark)
        press(shell, "F4")
        screen.form.fill({"source": "公报第 3 页"})
        press(shell, "Return")
        settle(shell, lambda: "✓ 郑质量" in screen._told.text())
        press(shell, "2", "F2")
        screen.form.fill({"name": "国庆节", "first": "2027-10-01", "last": "2027-10-07",
                          "worked": "2027-09-26 2027-10-09", "source": "国办发明电〔2026〕7 号"})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["workdays", "clocks"])
        press(shell, "4")
        settle(shell, lambda: bool(screen.key))
        text = tmp_path / "paper.toml"
        press(shell, "F6")
        screen.form.fill({"file": str(text)})
        press(shell, "Return")
        settle(shell, text.exists)
        press(shell, "F2")
        screen.form.fill({"file": str(text), "from": day, "reason": "改抬头"})
        press(shell, "Return")
        settle(shell, lambda: len(proposed(lab)) == 3)
        assert gallery.faults_in(shell, "rules") == []
    with window(lab, "zhao", "rules") as shell:
        screen = shell.shown
        press(shell, "7")
        settle(shell, lambda: screen.tables["editions"].model().rowCount() == 3)
        screen.tables["editions"].choose(lab.as_("lin").ask(editions.listed)[-1].id)
        press(shell, "F4")
        settle(shell, lambda: lab.as_("lin").ask(editions.listed)[-1].published_by == "赵签字")
        assert "6" in {str(one.clock.amount) for one in lab.as_("lin").ask(rules.clocks)}


def test_weights_are_proposed_and_who_may_not_is_offered_nothing(lab: Lab) -> None:
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "3")
        settle(shell, lambda: screen.tables["shares"].model().rowCount() == 6)
        press(shell, "F2")
        screen.form.fill({"aquatic": "60", "source": "县方案"})
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["plan"])
    with window(lab, "lin", "rules") as shell:
        settle(shell, lambda: bool(shell.shown.key))
        assert shell.shown.acts() == []


def test_the_figures_of_a_method_are_proposed_and_a_new_one_too(lab: Lab) -> None:
    day = today().isoformat()
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "5")
        settle(shell, lambda: bool(screen.key))
        screen.tables["methods"].choose("method:KIT-CAP-STRIP@2020-01-01")
        settle(shell, lambda: "T/C ≥ 0.9" in screen._told.text())
        press(shell, "F2")
        assert "threshold" not in screen.form.boxes
        screen.form.fill({"negative_from": "1.0", "positive_below": "0.8", "interfering": "/", "from": day,
                          "source": "说明书 2026 版", "reason": "换试剂盒"})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["methods"])
        (waiting,) = lab.as_("zhao").ask(rules.proposals)
        assert '+negative_from = "1.0"' in waiting.changes
        settle(shell, lambda: screen.entering is None)
        press(shell, "F3")
        screen.form.fill({"id": "LJ-01", "standard": "LJ-01", "title_zh": "快检", "title_en": "Test",
                          "item_zh": "亚硝酸盐", "item_en": "Nitrite", "device_items": "nitrite",
                          "format": "quantitative", "analyte": "亚硝酸盐",
                          "unit": "mg/kg", "controls": "blank", "control_scope": "run", "foods": "/", "threshold": "20",
                          "at_threshold": "negative", "interfering": "/", "source": "本室", "clause": "大于 20 阳性",
                          "control_source": "本室", "from": day, "reason": "新项目"})  # fmt: skip
        assert screen.form.missing() == []
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["methods", "methods"])


def test_the_plate_of_a_kit_is_proposed_and_what_the_leaflet_cannot_mean_is_told(lab: Lab) -> None:
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "5")
        settle(shell, lambda: bool(screen.key))
        screen.tables["methods"].choose("method:KIT-CAP-STRIP@2020-01-01")
        assert next(one for one in shell.acts() if one.key == "F6").missing == "it judges no content"
        screen.tables["methods"].choose("method:KIT-CAP-ELISA@2020-01-01")
        settle(shell, lambda: "laid out freely" in screen._told.text())
        press(shell, "F6")
        assert screen.form.boxes["curve_unit"].raw() == "ng/mL"
        screen.form.fill({"curve_standards": "0 0.45 0.15 0.05 1.35", "curve_repeats": "2", "curve_blanks": "2",
                          "curve_controls": "QC", "curve_cv_most": "10", "source": "说明书",
                          "from": today().isoformat(), "clause": "附录 A", "reason": "换试剂盒"})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: "must rise" in " ".join(shell.banners.sentences()) + screen_text(screen))
        screen.form.fill({"curve_standards": "0 0.05 0.15 0.45 1.35"})
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["methods"])
        (waiting,) = lab.as_("zhao").ask(rules.proposals)
        assert 'standards = "0 0.05 0.15 0.45 1.35"' in " ".join(waiting.changes)


def test_an_assay_on_a_board_begins_with_what_ships_and_is_proposed(lab: Lab) -> None:
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "5")
        settle(shell, lambda: bool(screen.key))
        screen.tables["methods"].choose("method:KIT-CAP-STRIP@2020-01-01")
        assert (
            next(one for one in shell.acts() if one.key == "F7").missing == "it runs on no photometer board"
        )
        screen.tables["methods"].choose("method:GBT5009.199-2003@2004-01-01")
        settle(shell, lambda: "Wavelength, nm 410" in screen._told.text())
        press(shell, "F7")
        assert screen.form.boxes["board_absorbance_detect"].raw() == "180"
        screen.form.fill({"board_absorbance_detect": "60", "board_absorbance_source": "说明书，步骤 4",
                          "from": today().isoformat(), "reason": "换试剂"})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: proposed(lab) == ["methods"])
        (waiting,) = lab.as_("zhao").ask(rules.proposals)
        assert 'detect = "60"' in " ".join(waiting.changes)
        assert "说明书，步骤 4" in " ".join(waiting.changes)
        assert '+source = "GB/T 5009.199-2003"' in waiting.changes


def screen_text(screen: Any) -> str:
    return " ".join(one.text() for one in screen.findChildren(Label))


def test_a_proposal_is_refused_and_a_township_added(lab: Lab) -> None:
    changes = {"threshold": "90", "source": "传闻", "clause": "≥ 90 %"}
    lab.as_("zheng").do(acts.method, "NYT448-2001", changes, effective_from=today(), reason="放宽")
    with window(lab, "zhao", "rules") as shell:
        screen = shell.shown
        press(shell, "7")
        settle(shell, lambda: bool(screen.key))
        press(shell, "F8")
        screen.form.fill({"reason": "没有依据"})
        press(shell, "Return")
        settle(shell, lambda: lab.as_("lin").ask(editions.listed)[0].refused_by == "赵签字")
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "6")
        settle(shell, lambda: bool(screen.key))
        press(shell, "F2")
        screen.form.fill({"code": "350122119", "name": "新区镇", "counted": "yes", "from": today().isoformat(),
                          "source": "闽民区〔2026〕2 号"})  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: "350122119" in {one.code for one in lab.as_("lin").ask(places.reporting)})
        assert proposed(lab) == ["methods"]


def test_a_unit_that_reports_is_ended_at_once_and_asked_no_day(lab: Lab) -> None:
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "6")
        settle(shell, lambda: bool(screen.key))
        press(shell, "F3")
        screen.form.fill({"code": "KFQ", "name": "开发区管委会", "source": "连政办〔2026〕1 号"})
        press(shell, "Return")
        settle(shell, lambda: "KFQ" in screen._places._found)
        screen.tables["places"].choose("KFQ")
        press(shell, "F4")
        assert list(screen.form.boxes) == ["source"]
        screen.form.fill({"source": "连政办〔2026〕9 号"})
        press(shell, "Return")
        settle(shell, lambda: screen._places._found["KFQ"].ended)
    assert [one.ended for one in lab.as_("lin").ask(places.reporting) if one.code == "KFQ"] == [True]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_two_kits_of_one_item_are_told_apart_and_the_english_window_says_its_sources_in_english(
    lab: Lab, language: str
) -> None:
    text.use(language)
    with window(lab, "zheng", "rules") as shell:
        screen = shell.shown
        press(shell, "5")
        settle(shell, lambda: bool(screen.key))
        model = screen.tables["methods"].model()
        shown = [tuple(model.index(row, at).data() for at in range(3)) for row in range(model.rowCount())]
        chloramphenicol = {"zh_CN": "氯霉素", "en": "Chloramphenicol"}[language]
        kits = [(number, how) for number, item, how in shown if item == chloramphenicol]
        assert [number for number, _ in kits] == ["KIT-CAP-STRIP", "KIT-CAP-ELISA"]
        assert kits[0][1] != kits[1][1]
        assert len({number for number, _, _ in shown}) == len(shown)
        screen.tables["methods"].choose(next(key for key in screen._methods if "KIT-CAP-STRIP" in key))
        settle(shell, lambda: "KIT-CAP-STRIP" in screen_text(screen))
        said = screen_text(screen)
        assert ("占位区间" in said) is (language == "zh_CN")
        assert ("placeholder bands; each laboratory enters" in said) is (language == "en")
        assert ("laboratory practice, unverified: one positive control" in said) is (language == "en")
