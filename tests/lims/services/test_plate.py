"""A plate from layout to figures: reads are taken, gates are kept or named, what was calculated stays."""

from decimal import Decimal

import pytest

from drivers.reading import Flag, Reading
from lims import clock
from lims.errors import Invalid, NotFound, RuleBroken
from lims.queries import plates, worklist
from lims.rules.plate import Well
from lims.services import measure, plate
from lims.services.measure import Source
from lims.services.plate import Plan
from tests.laboratory import Lab

LEVELS = ("0", "0.05", "0.15", "0.45", "1.35", "4.05")
READ = ("1.850", "1.700", "1.430", "0.850", "0.420", "0.190")


def layout() -> dict[str, Well]:
    wells = {
        f"{row}{n}": Well("standard", level=Decimal(one)) for n, one in enumerate(LEVELS, 1) for row in "AB"
    }
    wells |= {"H1": Well("blank"), "C1": Well("sample", "S-1"), "D1": Well("sample", "S-1")}
    return wells | {
        "C2": Well("sample", "S-2", dilution=Decimal(10)),
        "D2": Well("sample", "S-2", dilution=Decimal(10)),
    }


def plan(**other: object) -> Plan:
    usual = {
        "name": "板 1",
        "item": "氯霉素",
        "unit": "ng/mL",
        "kit": "CAP-ELISA",
        "lot": "L42",
        "layout": layout(),
    }
    return Plan(**{**usual, **other})  # type: ignore[arg-type] # the tests name fields of the plan


def reads(lab: Lab, figures: dict[str, str | None], *flags: Flag) -> int:
    """Hand a plate over as one entry of the journal; return its number."""
    instrument, entry = lab.instrument("P1", "biorad_550", "DOCUMENT"), next(lab.entries)
    for place, (well, figure) in enumerate(figures.items()):
        value = None if figure is None else Decimal(figure)
        reading = Reading(position=well, item="absorbance", value=value, unit="Abs", flags=flags)
        lab.station.do(measure.take_in, Source(instrument, entry, place, clock.now()), reading)
    return entry


def whole() -> dict[str, str | None]:
    figures: dict[str, str | None] = {f"{row}{n}": one for n, one in enumerate(READ, 1) for row in "AB"}
    return figures | {"H1": "0.050", "C1": "0.850", "D1": "0.860", "C2": "2.900", "D2": "2.950"}


def test_a_plate_is_laid_out_read_and_calculated(lab: Lab) -> None:
    lin = lab.as_("lin")
    entry = reads(lab, whole())
    assert lin.ask(worklist.today).strays == 0
    (waiting,) = lin.ask(plates.waiting)
    assert (waiting.instrument, waiting.entry, waiting.wells, waiting.unverifiable) == (
        "P1",
        entry,
        17,
        False,
    )
    made = lin.do(plate.lay_out, plan())
    lin.do(plate.take_read, made, instrument="P1", entry=entry)
    lin.do(plate.calculate, made)
    seen = lin.ask(plates.plate, made)
    lines = {line["name"]: line for line in seen.outcome["lines"] if line["role"] == "sample"}
    assert float(lines["S-1"]["concentration"]) == pytest.approx(0.45, rel=0.1)
    assert (lines["S-2"]["concentration"], lines["S-2"]["mark"], lines["S-2"]["limit"]) == ("", "<", "0.5")
    assert (seen.counts, seen.outcome["faults"], seen.figures["C1"]) == (True, [], Decimal("0.850"))
    assert [(one.name, one.state) for one in lin.ask(plates.listed)] == [("板 1", "counts")]
    with pytest.raises(RuleBroken, match=r"plate\.calculated"):
        lin.do(plate.lay_out, plan(name="other"), plate=made)


def test_a_calculation_that_breaks_a_gate_is_kept_and_does_not_count(lab: Lab) -> None:
    lin = lab.as_("lin")
    made = lin.do(plate.lay_out, plan())
    assert [one.state for one in lin.ask(plates.listed)] == ["laid_out"]
    with pytest.raises(RuleBroken, match=r"plate\.unread"):
        lin.do(plate.calculate, made)
    entry = reads(lab, {**whole(), "C1": "0.300", "D2": None})
    lin.do(plate.take_read, made, instrument="P1", entry=entry)
    assert [one.state for one in lin.ask(plates.listed)] == ["read"]
    lin.do(plate.calculate, made)
    seen = lin.ask(plates.plate, made)
    assert {fault["code"] for fault in seen.outcome["faults"]} == {"cv", "unread"}
    assert not seen.counts
    assert [one.state for one in lin.ask(plates.listed)] == ["gated"]


def test_bytes_that_nothing_vouches_for_are_compared_by_a_person(lab: Lab) -> None:
    lin = lab.as_("lin")
    made = lin.do(plate.lay_out, plan())
    entry = reads(lab, whole(), Flag.UNVERIFIABLE)
    with pytest.raises(RuleBroken, match=r"plate\.compare"):
        lin.do(plate.take_read, made, instrument="P1", entry=entry)
    assert lin.do(plate.take_read, made, instrument="P1", entry=entry, compared=True)


def test_what_cannot_be_laid_out_or_calculated_says_why(lab: Lab) -> None:
    lin = lab.as_("lin")
    with pytest.raises(Invalid):
        lin.do(plate.lay_out, plan(name=" ", fit="spline"))
    made = lin.do(plate.lay_out, plan(layout={"A1": Well("sample", "")}))
    with pytest.raises(Invalid) as caught:
        lin.do(plate.calculate, made)
    assert {problem.code for problem in caught.value.problems} == {"plate.name", "plate.levels"}
    with pytest.raises(RuleBroken, match=r"plate\.no_read"):
        lin.do(plate.take_read, made, instrument="P1", entry=999)
    flat = lin.do(plate.lay_out, plan())
    entry = reads(lab, dict.fromkeys(layout(), "1.000"))
    lin.do(plate.take_read, flat, instrument="P1", entry=entry)
    with pytest.raises(RuleBroken, match=r"plate\.curve_flat"):
        lin.do(plate.calculate, flat)
    with pytest.raises(NotFound):
        lin.ask(plates.plate, "none")
