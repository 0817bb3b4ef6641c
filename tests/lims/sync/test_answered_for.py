"""What a van tested counts in its county's year as soon as it has come in, and stands in its register."""

from pathlib import Path

import pytest

from lims import clock
from lims.errors import NotFound, RuleBroken
from lims.queries import (
    custody,
    figures,
    ledger,
    receipts,
    register,
    samples,
    search,
    signatures,
    statistics,
    trace,
    trend,
)
from lims.queries.anything import anything
from lims.queries.samples import Order
from lims.services import measure, sample, watch
from lims.sync import members
from tests.laboratory import Lab
from tests.lims.sync.vans import county_and_van, found_van, issue


def test_a_vans_samples_count_at_the_county_and_stay_counted(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    lab = Lab(van.laboratory, dict(van.county.accounts))
    lab.ready()
    lab.instrument()
    (number,) = lab.received()
    run = lab.run("TL310-1", [number])
    lab.value("TL310-1", "1", "2.0")
    lab.value("TL310-1", "2", "88.0")
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    county, day = van.county.station, clock.local(clock.now()).date()
    own = van.county.draw()
    assert county.ask(figures.quota, day.year).total.rapid == 1
    van.sync()
    assert county.ask(figures.quota, day.year).total.rapid == 2
    assert {row.number for row in county.ask(figures.behind, day.year)} == {own, number}
    assert {line.number for line in county.ask(register.lines, day.year)} == {own, number}
    assert sum(line.rapid for line in county.ask(ledger.ledger, day.year)) == 2
    assert county.ask(statistics.statistics, day, day).total.items == 1
    assert [month.verdicts for month in county.ask(trend.monthly, day.year, day.year)] == [1]
    van.county.as_("zheng").do(members.revoke, "LV01", reason="车辆停用")
    assert county.ask(figures.quota, day.year).total.rapid == 2
    assert van.lims.ask(figures.quota, day.year).total.rapid == 1
    assert str(county.ask(ledger.why, number).why) == "yes"
    manager = van.county.as_("zheng")
    here, there = manager.ask(trace.sample, number), van.lims.ask(trace.sample, number)
    assert (here.facts, here.findings, here.runs) == (there.facts, there.findings, there.runs)
    assert [said.word for said in manager.ask(samples.verdicts, [number])[number]] == ["positive"]
    assert manager.ask(search.naming, number) == van.lims.ask(search.naming, number)
    assert manager.ask(signatures.of_sample, number) == van.lims.ask(signatures.of_sample, number)
    assert not manager.ask(watch.looked, number)
    watch.trail(manager, number)
    assert manager.ask(watch.looked, number)
    van.laboratory.close()
    van.county.close()


def test_a_vans_sample_is_found_and_read_at_the_county_and_written_by_the_van_alone(
    lab: Lab, tmp_path: Path
) -> None:
    issue(lab, "people", "plan")
    van = found_van(lab, tmp_path)
    number = Lab(van.laboratory, dict(lab.accounts)).draw(food="韭菜", contact="林女士", seal="V0001")
    van.sync()
    own, manager = lab.draw(food="豇豆"), lab.as_("zheng")
    rows = {row.number: row.van for row in manager.ask(samples.page)}
    assert rows == {number: "快检车 LV01", own: ""}
    assert [row.number for row in manager.ask(samples.own)] == [own]
    for by in ("food", "business", "township", "drawn", "state", "van"):
        first, second = manager.ask(samples.page, order=Order(by, down=False))
        (again,) = manager.ask(samples.page, order=Order(by, down=False, after=first))
        assert (again, {first.number, second.number}) == (second, {own, number}), by
    for text in (number, "V0001", "韭菜"):
        assert [row.number for row in manager.ask(samples.page, text=text)] == [number], text
    assert [hit.key for hit in manager.ask(anything, number) if hit.kind == "sample"] == [number]
    here, there = manager.ask(trace.sample, number), van.lims.ask(trace.sample, number)
    assert (here.van, there.van) == ("快检车 LV01", "")
    assert (here.facts, here.form) == (there.facts, there.form)
    assert "林女士" in {text for _, _, _, text in here.form}
    with pytest.raises(RuleBroken, match=r"site\.elsewhere.*快检车 LV01"):
        manager.do(sample.void, number, reason="试验")
    for question in (samples.by_number, receipts.arrival, custody.gaps):
        with pytest.raises(RuleBroken, match=r"site\.elsewhere"):
            lab.as_("lin").ask(question, number)
    with pytest.raises(NotFound, match=r"sample\.unknown"):
        manager.do(sample.void, "LV01260101999999", reason="试验")
    van.laboratory.close()
