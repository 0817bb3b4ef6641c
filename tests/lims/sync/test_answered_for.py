"""What a van tested counts in its county's year as soon as it has come in, and stands in its register."""

from pathlib import Path

from lims import clock
from lims.queries import figures, ledger, register, statistics, trend
from lims.services import measure
from lims.sync import members
from tests.laboratory import Lab
from tests.lims.sync.vans import county_and_van


def test_a_vans_samples_count_at_the_county_and_stay_counted(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    lab = Lab(van.laboratory, dict(van.county.accounts))
    lab.ready()
    lab.instrument()
    (number,) = lab.received()
    run = lab.run("TL310-1", [number])
    lab.value("TL310-1", "1", "2.0")
    lab.value("TL310-1", "2", "12.0")
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
    van.laboratory.close()
    van.county.close()
