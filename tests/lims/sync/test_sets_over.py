"""A van whose set from the county is over tests on, and its results and slips say so."""

from datetime import timedelta
from pathlib import Path

from lims.queries import reviews, slips
from lims.queries.reviews import Waiting
from lims.services import certify, measure, review
from tests.laboratory import Lab
from tests.lims.sync.vans import county_and_van, issue
from tests.wrongclock import shifted


def measured(lab: Lab) -> Waiting:
    (number,) = lab.received()
    run = lab.run("TL310-1", [number])
    lab.value("TL310-1", "1", "2.0")
    lab.value("TL310-1", "2", "12.0")
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    (one,) = lab.as_("wang").ask(reviews.waiting)
    return one


def test_a_result_and_its_slip_say_that_a_set_was_over(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    issue(van.county, "settings", days=1)
    van.sync()
    lab = Lab(van.laboratory, dict(van.county.accounts))
    with shifted(timedelta(days=3)):
        lab.ready()
        lab.instrument()
        one = measured(lab)
        lab.as_("wang").do(review.approve, one.finding.verdict)
        issued = lab.as_("zhao").do(certify.issue, one.number)
    assert "sets_over" in one.finding.doubts
    content = lab.station.ask(slips.slip, issued).content
    assert "sets_over" in content["results"][0]["doubts"]
    van.laboratory.close()
    van.county.close()
