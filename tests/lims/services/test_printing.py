"""Slips on paper: counted first, again for a reason alone, and what did not come out needs none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.queries import audit, reviews, slips
from lims.services import certify, measure, printing, review
from lims.services.printing import Destination
from tests.laboratory import Lab, found_lab

A4 = Destination()


@pytest.fixture
def issued(tmp_path: Path) -> Iterator[tuple[Lab, str]]:
    lab = found_lab(tmp_path / "lab")
    yield lab, slip_of(lab)
    lab.close()


def slip_of(lab: Lab) -> str:
    """Return the slip of a sample that was measured, reviewed and issued."""
    (number,) = lab.received()
    run = lab.run(lab.instrument(), [number])
    lab.value("TL310-1", "1", "2.0")
    lab.value("TL310-1", "2", "12.5")
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    for one in lab.as_("wang").ask(reviews.waiting):
        lab.as_("wang").do(review.approve, one.finding.verdict)
    return str(lab.as_("zhao").do(certify.issue, number))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("A4", Destination("A4", "system")),
        ("a5 system", Destination("A5", "system")),
        (" 58MM   tcp:192.168.1.60 ", Destination("58mm", "tcp:192.168.1.60")),
        ("58mm COM3@115200", Destination("58mm", "COM3@115200")),
    ],
)
def test_where_slips_go_is_read_as_people_type_it(typed: str, meant: Destination) -> None:
    assert printing.destination_of(typed) == meant
    assert printing.destination_of(str(meant)) == meant


@pytest.mark.parametrize("typed", ["", "A3", "58mm", "58mm system", "A4 tcp:1.2.3.4", "COM3"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"slip\.destination"):
        printing.destination_of(typed)


def test_each_printing_is_counted_and_a_second_one_needs_a_reason(issued: tuple[Lab, str]) -> None:
    lab, slip = issued
    zhao = lab.as_("zhao")
    zhao.do(printing.printed, slip, A4)
    with pytest.raises(RuleBroken, match=r"slip\.print_reason") as refused:
        zhao.do(printing.printed, slip, A4, reason="  ")
    assert refused.value.values["version"] == 1
    lab.as_("lin").do(printing.printed, slip, Destination("58mm", "COM3"), reason="经营者丢失")
    found = zhao.ask(slips.prints, slip)
    assert [(one.form, one.printer, one.reason, one.failed, one.by) for one in found] == [
        ("A4", "system", "", "", "赵签字"),
        ("58mm", "COM3", "经营者丢失", "", "林检测"),
    ]
    (line,) = zhao.ask(slips.slips)
    assert (line.prints, line.failed) == (2, "")
    with pytest.raises(NotFound):
        zhao.do(printing.printed, "no-such-slip", A4)
    with pytest.raises(NotAllowed):
        lab.as_("admin").do(printing.printed, slip, A4)
    assert zhao.ask(audit.verify).ok


def test_what_did_not_come_out_waits_and_needs_no_reason(issued: tuple[Lab, str]) -> None:
    lab, slip = issued
    zhao = lab.as_("zhao")

    def jams() -> None:
        raise NotFound("receipt.paper", port="COM3")

    with pytest.raises(NotFound, match=r"receipt\.paper"):
        printing.carry(zhao, slip, A4, jams)
    (line,) = zhao.ask(slips.slips)
    assert (line.prints, line.failed) == (0, "receipt.paper")
    done: list[str] = []
    printing.carry(zhao, slip, A4, lambda: done.append("out"))
    (line,) = zhao.ask(slips.slips)
    assert (line.prints, line.failed, done) == (1, "", ["out"])


def test_a_station_prints_where_somebody_said(issued: tuple[Lab, str]) -> None:
    lab, _ = issued
    assert lab.as_("zhao").ask(printing.destination) == A4
    lab.as_("zheng").do(printing.choose, "58mm tcp:192.168.1.60")
    assert lab.as_("zhao").ask(printing.destination) == Destination("58mm", "tcp:192.168.1.60")
