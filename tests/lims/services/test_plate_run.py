"""A run on a plate: what its standards give becomes results and verdicts of the samples in its wells, or why not."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.reading import Flag, Reading
from lims import clock
from lims.errors import Invalid, RuleBroken
from lims.queries import bench, editions, plates, reviews
from lims.rules.plate import Well
from lims.services import edition, measure, plate, rules
from lims.services.measure import Source
from lims.services.plate import Plan
from tests.laboratory import Lab, found_lab, today

METHOD = "KIT-CAP-ELISA"
LEVELS = ("0", "0.05", "0.15", "0.45", "1.35", "4.05")
READ = ("1.850", "1.700", "1.430", "0.850", "0.420", "0.190")
FIGURES = {f"{row}{n}": one for n, one in enumerate(READ, 1) for row in "AB"} | {"H1": "0.050"}
CONTROL = {"G1": "0.850", "G2": "0.860"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def layout(samples: list[str], dilution: str = "2") -> dict[str, Well]:
    wells = {
        f"{row}{n}": Well("standard", level=Decimal(one)) for n, one in enumerate(LEVELS, 1) for row in "AB"
    }
    wells |= {"H1": Well("blank"), "G1": Well("control", "QC"), "G2": Well("control", "QC")}
    for column, sample in enumerate(samples, 1):
        wells |= {f"{row}{column}": Well("sample", sample, dilution=Decimal(dilution)) for row in "CD"}
    return wells


def laid(lab: Lab, samples: list[str], **other: str) -> str:
    unit, fit = other.get("unit", "ng/mL"), other.get("fit", "4pl")
    plan = Plan("板 1", "氯霉素", unit, "KIT", "LOT-1", fit, layout(samples))
    return lab.as_("lin").do(plate.lay_out, plan)


def reads(lab: Lab, instrument: str, figures: dict[str, str], *flags: Flag) -> int:
    entry = next(lab.entries)
    for place, (well, figure) in enumerate((FIGURES | CONTROL | figures).items()):
        reading = Reading(position=well, item="absorbance", value=Decimal(figure), unit="Abs", flags=flags)
        lab.station.do(measure.take_in, Source(instrument, entry, place, clock.now()), reading)
    return entry


def calculated(lab: Lab, made: str, instrument: str, figures: dict[str, str], *flags: Flag) -> None:
    entry = reads(lab, instrument, figures, *flags)
    lin = lab.as_("lin")
    lin.do(plate.take_read, made, instrument=instrument, entry=entry, compared=bool(flags))
    lin.do(plate.calculate, made)


def judged(lab: Lab, profile: str, *flags: Flag) -> dict[int, tuple[str, object, str, object]]:
    """Run five samples on a reader; return word, reason, figure and end of the curve of each."""
    instrument, lin = lab.instrument(profile, profile, "DOCUMENT"), lab.as_("lin")
    samples = lab.received(5, food="猪肉")
    made = laid(lab, samples)
    run = lin.do(plate.start, made, instrument=instrument, method=METHOD)
    with pytest.raises(RuleBroken, match=r"plate\.run_open"):
        lin.do(plate.lay_out, Plan("other", "氯霉素", "ng/mL", "KIT", "LOT-1"), plate=made)
    figures = {"C1": "1.500", "D1": "1.510", "C2": "0.850", "D2": "0.860", "C3": "1.800", "D3": "1.810",
               "C4": "0.150", "D4": "0.152", "C5": "1.300", "D5": "1.290"}  # fmt: skip
    calculated(lab, made, instrument, figures, *flags)
    assert lin.ask(bench.strays) == []
    assert lin.do(measure.close_run, run) == "valid"
    seen = lin.ask(plates.plate, made)
    assert seen.run is not None
    assert (seen.run.id, seen.run.validity) == (run, "valid")
    found = {one.number: one.finding for one in lab.as_("wang").ask(reviews.waiting)}
    return {
        at: (found[one].word, found[one].basis["why"], found[one].value, found[one].basis.get("curve_limit"))
        for at, one in enumerate(samples, 1)
    }


def test_a_plate_ends_in_verdicts_of_its_samples(lab: Lab) -> None:
    readers: dict[str, tuple[Flag, ...]] = {
        "biorad_550": (),
        "biotek_elx": (Flag.UNVERIFIABLE,),
        "plate_file": (),
    }
    for profile, flags in readers.items():
        found = judged(lab, profile, *flags)
        assert {at: one[:2] for at, one in found.items()} == {
            1: ("negative", "below_lod"),
            2: ("positive", "above_threshold"),
            3: ("negative", "below_curve"),
            4: ("positive", "above_curve"),
            5: ("positive", "above_threshold"),
        }
        assert float(found[2][2]) == pytest.approx(0.9, rel=0.1)
        assert (found[3][2:], found[4][2:]) == (("", "0.1"), ("", "8.1"))
    one = lab.as_("wang").ask(reviews.waiting)[0].finding
    assert (one.unit, one.basis["dilution"], one.basis["curve_unit"], one.basis["limit_kind"]) == (
        "ug/kg", "2", "ng/mL", "ban",
    )  # fmt: skip


def test_a_gate_that_fails_voids_the_run_and_its_samples_wait_again(lab: Lab) -> None:
    instrument, lin = lab.instrument("P1", "biorad_550", "DOCUMENT"), lab.as_("lin")
    made = laid(lab, lab.received(1, food="猪肉"))
    run = lin.do(plate.start, made, instrument=instrument, method=METHOD)
    calculated(lab, made, instrument, {"C1": "0.850", "D1": "0.500"})
    assert lin.do(measure.close_run, run) == "invalid"
    seen = lin.ask(plates.plate, made)
    assert seen.run is not None
    assert (seen.run.why, lab.as_("wang").ask(reviews.waiting)) == ("curve_cv C1", [])


def test_the_newest_calculation_counts_and_a_run_without_one_does_not(lab: Lab) -> None:
    instrument, lin = lab.instrument("P1", "biorad_550", "DOCUMENT"), lab.as_("lin")
    samples = lab.received(1, food="猪肉")
    made = laid(lab, samples)
    run = lin.do(plate.start, made, instrument=instrument, method=METHOD)
    calculated(lab, made, instrument, {"C1": "0.850", "D1": "0.500"})
    calculated(lab, made, instrument, {"C1": "0.850", "D1": "0.860"})
    assert lin.do(measure.close_run, run) == "valid"
    again = lab.received(1, food="猪肉")
    other = laid(lab, again)
    empty = lin.do(plate.start, other, instrument=instrument, method=METHOD)
    assert lin.do(measure.close_run, empty) == "invalid"


def test_a_plate_starts_no_run_that_its_method_or_reader_does_not_fit(lab: Lab) -> None:
    instrument, lin = lab.instrument("P1", "biorad_550", "DOCUMENT"), lab.as_("lin")
    made = laid(lab, lab.received(1, food="猪肉"))
    with pytest.raises(RuleBroken, match=r"plate\.method"):
        lin.do(plate.start, made, instrument=instrument, method="KIT-ENR-FLUOR")
    with pytest.raises(Invalid, match=r"unit\."):
        lin.do(
            plate.start,
            laid(lab, lab.received(1, food="猪肉"), unit="drops"),
            instrument=instrument,
            method=METHOD,
        )
    logit = laid(lab, lab.received(1, food="猪肉"), fit="logit_log")
    with pytest.raises(RuleBroken, match=r"plate\.method_fit"):
        lin.do(plate.start, logit, instrument=instrument, method=METHOD)
    lin.do(plate.start, made, instrument=instrument, method=METHOD)
    other = lab.instrument("P2", "biorad_550", "DOCUMENT")
    with pytest.raises(RuleBroken, match=r"plate\.other_reader"):
        calculated(lab, made, other, {"C1": "0.850", "D1": "0.860"})


def test_a_working_curve_turns_a_boards_absorbance_into_a_content(lab: Lab) -> None:
    instrument, lin = lab.instrument("BX1", "dayuan_bx1", "DOCUMENT"), lab.as_("lin")
    samples = lab.received(2, food="酱卤肉")
    run = lab.run(instrument, samples, method="KIT-NITRITE-PHOTO")
    for position, last in (("1", "0.010"), ("2", "0.510"), ("3", "0.910")):
        extra = {"assay": "inhibition", "measure": "absorbance", "last_a": last, "delta_a": "0.001"}
        lab.reads(instrument, Reading(position=position, item="pesticide inhibition", extra=extra))
    assert lin.do(measure.close_run, run) == "valid"
    found = {one.number: one.finding for one in lab.as_("wang").ask(reviews.waiting)}
    told = [
        (found[one].word, found[one].value, found[one].unit, found[one].basis["limit_kind"])
        for one in samples
    ]
    assert told == [("negative", "25", "mg/kg", "mrl"), ("positive", "45", "mg/kg", "mrl")]
    assert found[samples[0]].basis["blank_a"] == "0.010"


def test_a_kit_of_the_laboratorys_own_rules_its_plates_from_the_day_two_people_published_it(lab: Lab) -> None:
    assay = {"curve_standards": " ".join(LEVELS), "curve_repeats": "2", "curve_laid": "down", "curve_blanks": "1",
             "curve_controls": "QC", "curve_dilution": "2", "curve_cv_most": "1", "curve_fit": "4pl",
             "curve_unit": "ng/mL", "source": "说明书 B 版", "clause": "附录 A"}  # fmt: skip
    zheng, lin = lab.as_("zheng"), lab.as_("lin")
    with pytest.raises(Invalid) as refused:
        zheng.do(
            rules.method,
            METHOD,
            assay | {"curve_standards": "0 1"},
            effective_from=today(),
            reason="换试剂盒",
        )
    assert [one.code for one in refused.value.problems] == ["plate.levels"]
    instrument, samples = lab.instrument("P1", "biorad_550", "DOCUMENT"), lab.received(1, food="猪肉")
    proposed = zheng.do(rules.method, METHOD, assay, effective_from=today(), reason="换试剂盒")
    free = laid(lab, samples)
    lab.as_("zhao").do(edition.publish, edition=proposed)
    rule = f"{METHOD}@{today().isoformat()}#1"
    other = Plan("板 2", "氯霉素", "ng/mL", "KIT", "LOT-1", layout={**layout(samples), "B6": Well("blank")})
    with pytest.raises(Invalid) as departs:
        lin.do(plate.start, lin.do(plate.lay_out, other), instrument=instrument, method=METHOD)
    assert [(one.code, one.where) for one in departs.value.problems] == [("plate.few_repeats", "A6")]
    run = lin.do(plate.start, free, instrument=instrument, method=METHOD)
    calculated(lab, free, instrument, {"C1": "0.850", "D1": "0.880"})
    seen = lin.ask(plates.plate, free)
    assert (seen.counts, seen.outcome["rule"], seen.outcome["gates"]["cv_most"]) == (False, rule, "1")
    assert [one["code"] for one in seen.outcome["faults"]] == ["cv"]
    assert "说明书 B 版" in seen.outcome["gates"]["source"][0]
    assert lin.do(measure.close_run, run) == "invalid"
    zheng.do(rules.method, METHOD, {"curve_cv_most": "15"}, effective_from=today(), reason="放宽")
    lab.as_("zhao").do(edition.publish, edition=lab.as_("zhao").ask(editions.listed)[0].id)
    again = laid(lab, samples)
    run = lin.do(plate.start, again, instrument=instrument, method=METHOD)
    calculated(lab, again, instrument, {"C1": "0.850", "D1": "0.880"})
    assert lin.do(measure.close_run, run) == "valid"
    finding = lab.as_("wang").ask(reviews.waiting)[0].finding
    assert finding.rule is not None
    assert not finding.rule.verified, "nobody looked at its threshold"
    assert (finding.rule.rule, lin.ask(plates.plate, free).outcome["rule"]) == (
        rule.replace("#1", "#2"),
        rule,
    )
