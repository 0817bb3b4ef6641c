"""An assay of a laboratory: from the zero of a simulated board to the verdict of a closed run, and what forbids it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.assay import Done, Order, Outcome, Phase, Point, Seen, State, Void, Zeroed
from drivers.instruments import dayuan_bx1
from drivers.live import order_of
from drivers.profile import Live, Settings
from drivers.simulators.dayuan_bx1 import Board
from drivers.simulators.optics import Optics
from lims.bench.assays import Assays, Course
from lims.bench.lines import Bench
from lims.errors import RuleBroken
from lims.queries import bench, reviews
from lims.rules import methods
from lims.services import measure
from lims.services.equip import Device
from lims.services.measure import Binding
from tests.drivers.serving import on_pty
from tests.laboratory import Lab, found_lab

GB = "GBT5009.199-2003"
RULE = methods.shipped().method(GB)
ROLES = {"1": "blank", "2": "sample"}
ZERO = Zeroed({"1": Decimal(60000), "2": Decimal(60000)}, {"3": State.UNSTABLE}, 10)


class Wire:
    """Lines on which nothing runs: what was asked is kept."""

    def __init__(self, kind: Live | None = dayuan_bx1.PROFILE.live, settings: Settings | None = None) -> None:
        self._live, self._settings = kind, settings or {}
        self.asked: list[str] = []
        self.restarted: list[str] = []

    def live(self, _instrument: str) -> tuple[Live, Settings] | None:
        return None if self._live is None else (self._live, self._settings)

    def ask(self, _instrument: str, command: str) -> None:
        self.asked.append(command)

    def restart(self, instrument: str) -> None:
        self.restarted.append(instrument)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def zeroed(wire: Wire, clock: Clock | None = None) -> Assays:
    assays = Assays(wire, clock or Clock())
    assays.zero("a", RULE)
    assays.seen("a", ZERO)
    return assays


def test_zero_and_order_carry_what_the_method_and_the_board_say() -> None:
    wire, clock = Wire(), Clock()
    assays = zeroed(wire, clock)
    assert assays.course("a").zeroed == {"1", "2"}
    assert assays.course("a").states == {"3": "unstable"}
    assays.begin("a", RULE, ROLES)
    zero, assay = wire.asked
    assert zero.startswith('zero:{"led": 0')
    order = order_of(assay.removeprefix("assay:"))
    assert (order.wavelength, order.preheat, order.detect, order.window) == (410, 2.0, 180.0, 2.0)
    assert (order.roles, order.reference) == (ROLES, ZERO.reference)
    course = assays.course("a")
    assert (course.doing, course.until) == ("running", clock.now + timedelta(seconds=182))


def test_a_laboratory_sets_times_and_limits_and_a_slow_board_gets_wide_ones() -> None:
    slow = Wire(Live((410,), 4.5), settings={"assay.detect": 60, "assay.unstable": "0.05"})
    assays = zeroed(slow)
    assays.begin("a", RULE, ROLES)
    order = order_of(slow.asked[-1].removeprefix("assay:"))
    assert (order.detect, order.window, order.limits.gap) == (60.0, 11.25, 13.5)
    assert order.limits.unstable == Decimal("0.05")


@pytest.mark.parametrize(
    ("wire", "method", "code"),
    [
        (Wire(None), GB, "assay.no_board"),
        (Wire(), "KIT-CAP-STRIP", "assay.no_method"),
        (Wire(Live((620,))), GB, "assay.no_led"),
        (Wire(settings={"assay.colour": 1}), GB, "assay.settings"),
    ],
)
def test_what_cannot_be_run_is_refused(wire: Wire, method: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        Assays(wire).zero("a", methods.shipped().method(method))
    assert refused.value.code == code
    assert wire.asked == []


def test_dry_cards_need_no_zero() -> None:
    wire = Wire(settings={"assay.measure": "gray"})
    assays = Assays(wire)
    assert not assays.needs_zero("a")
    assert Assays(Wire()).needs_zero("a")
    assays.begin("a", RULE, ROLES)
    order = order_of(wire.asked[-1].removeprefix("assay:"))
    assert (order.measure, order.detect, order.reference) == ("gray", 478.0, {})
    bad = Assays(Wire(settings={"assay.measure": "smell"}))
    assert refusal(lambda: bad.begin("a", RULE, ROLES)) == "assay.no_method"


def refusal(act: Callable[[], None]) -> str:
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def test_an_assay_begins_only_with_a_control_and_a_fresh_zero_and_one_at_a_time() -> None:
    clock = Clock()
    assays = Assays(Wire(), clock)
    assert refusal(lambda: assays.begin("a", RULE, ROLES)) == "assay.not_zeroed"
    assays = zeroed(Wire(), clock)
    assert refusal(lambda: assays.begin("a", RULE, {"1": "sample"})) == "assay.no_control"
    clock.now += timedelta(minutes=61)
    assert refusal(lambda: assays.begin("a", RULE, ROLES)) == "assay.zero_old"
    clock.now -= timedelta(minutes=61)
    assays.begin("a", RULE, ROLES)
    assert refusal(lambda: assays.zero("a", RULE)) == "assay.under_way"
    bad = zeroed(Wire(settings={"assay.detect": "soon"}))
    assert refusal(lambda: bad.begin("a", RULE, ROLES)) == "assay.settings"


def test_curves_grow_and_the_end_says_what_is_void() -> None:
    heard: list[Course] = []
    assays = zeroed(Wire())
    stop = assays.listen(heard.append)
    assays.begin("a", RULE, ROLES)
    for at in (1.0, 2.0):
        points = {"1": Point(at, Decimal(30000), Decimal("0.5"), Decimal("0.3010")),
                  "2": Point(at, Decimal(0), Decimal(0), None)}  # fmt: skip
        states = {"1": State.MEASURED, "2": State.OPAQUE}
        assays.seen("a", Seen(Phase.FIRST, at, 60 - at, points, states))
    course = assays.course("a")
    assert course.curves == {"1": ((1.0, 0.301), (2.0, 0.301)), "2": ()}
    assert (course.phase, course.states) == ("first", {"2": "opaque"})
    order = Order(410, 0, 2, 60, 2, ROLES, {})
    outcomes = (Outcome("1", "blank", State.MEASURED, None, None, Decimal("0.4")),
                Outcome("2", "sample", State.OPAQUE, None, None, None))  # fmt: skip
    assays.seen("a", Done(order, outcomes, Void.CLOCK))
    course = assays.course("a")
    assert (course.doing, course.void, course.states, course.until) == (
        "done",
        "clock",
        {"2": "opaque"},
        None,
    )
    assert heard[-1] == course
    stop()
    assays.seen("a", ZERO)
    assert heard[-1] == course


def test_a_line_that_ends_takes_the_zero_and_what_was_under_way_with_it() -> None:
    assays = zeroed(Wire())
    assays.lost("a")
    assert refusal(lambda: assays.begin("a", RULE, ROLES)) == "assay.not_zeroed"
    wire = Wire()
    assays = zeroed(wire)
    assays.begin("a", RULE, ROLES)
    assays.stop("a")
    assert wire.restarted == ["a"]
    assays.lost("a")
    assert (assays.course("a").doing, assays.course("a").void) == ("done", "interrupted")
    assays.lost("a")
    assert assays.course("a").doing == "done"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path)
    yield made
    made.close()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


QUICK = {"interval": "0.05", "zeroing": "0.02", "assay.preheat": "0.2", "assay.detect": "3.6",
         "assay.window": "1.5", "assay.looks": 3, "assay.unstable": "0.1"}  # fmt: skip


def placed(lab: Lab, port: str) -> None:
    device = Device("BX1-1", "BX1-1", "dayuan_bx1", "SN1", port, "CAPTURE", settings=QUICK)
    lab.device(device)


def run_of(lab: Lab) -> bench.RunView:
    run = lab.as_("lin").ask(bench.current, "BX1-1")
    assert run is not None
    return run


def test_from_the_zero_of_a_board_to_the_verdicts_of_its_run(lab: Lab) -> None:
    optics = Optics()
    clean, dirty, empty = lab.received(3)
    with on_pty(Board(optics)) as port:
        placed(lab, port)
        lines = Bench(lab.laboratory)
        lines.start()
        wait_for(lambda: lines.lines()[0].state == "open")
        bindings = [Binding("1", "blank"), Binding("2", "sample", clean), Binding("3", "sample", dirty),
                    Binding("4", "sample", empty)]  # fmt: skip
        run = lab.as_("lin").do(
            measure.start_run, instrument="BX1-1", method=GB, lot="LOT-1", bindings=bindings
        )
        lines.assays.zero("BX1-1", RULE)
        wait_for(lambda: lines.assays.course("BX1-1").doing == "zeroed")
        for position, per_minute in (("1", 24.0), ("2", 20.0), ("3", 4.0)):
            optics.put(position, 0.2, per_minute)
        roles = {binding.position: binding.role for binding in bindings}
        lines.assays.begin("BX1-1", RULE, roles)
        wait_for(lambda: all(place.said for place in run_of(lab).places))
        course = lines.assays.course("BX1-1")
        lines.stop()
    assert (course.doing, course.void, course.states) == ("done", "", {"4": "no_cuvette"})
    assert len(course.curves["1"]) > 5
    assert {place.said.value for place in run_of(lab).places if place.said} == {""}
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    found = {one.number: one.finding for one in lab.as_("wang").ask(reviews.waiting)}
    assert [found[number].word for number in (clean, dirty, empty)] == ["negative", "positive", "invalid"]
    assert Decimal(found[dirty].value) == pytest.approx(Decimal(83), abs=5)
    assert found[dirty].basis["delta_a"]
    assert found[dirty].basis["control_delta_a"]
    assert found[empty].basis["why"] == "no_cuvette"


def test_an_assay_that_is_stopped_voids_its_run(lab: Lab) -> None:
    (number,) = lab.received(1)
    with on_pty(Board(Optics())) as port:
        placed(lab, port)
        lines = Bench(lab.laboratory)
        lines.start()
        wait_for(lambda: lines.lines()[0].state == "open")
        run = lab.as_("lin").do(
            measure.start_run, instrument="BX1-1", method=GB, lot="LOT-1",
            bindings=[Binding("1", "blank"), Binding("2", "sample", number)],
        )  # fmt: skip
        lines.assays.zero("BX1-1", RULE)
        wait_for(lambda: lines.assays.course("BX1-1").doing == "zeroed")
        lines.assays.begin("BX1-1", RULE, ROLES)
        wait_for(lambda: lines.assays.course("BX1-1").curves)
        lines.assays.stop("BX1-1")
        wait_for(lambda: lines.assays.course("BX1-1").doing == "done")
        wait_for(lambda: lines.lines()[0].state == "open")
        lines.stop()
    assert lines.assays.course("BX1-1").void
    assert lab.as_("lin").do(measure.close_run, run) == "invalid"
