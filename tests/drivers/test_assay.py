from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.assay import (
    Assay,
    Done,
    Limits,
    Measure,
    Order,
    Phase,
    Seen,
    State,
    Void,
    Zeroing,
    absorbance,
    gray,
)
from protocols.codec import ProtocolError

FULL = Decimal(50000)
ORDER = Order(
    wavelength=410,
    led=0,
    preheat=2.0,
    detect=60.0,
    window=2.0,
    roles={"1": "blank", "2": "sample"},
    reference={"1": FULL, "2": FULL},
)


def light(a: float) -> Decimal:
    return Decimal(round(50000 * 10**-a))


def rising(first: float, last: float) -> Callable[[float], Decimal]:
    """An absorbance that runs evenly from `first` at 4 s to `last` at 62 s."""
    return lambda at: light(first + (last - first) * (at - 4) / 58)


Scene = Mapping[str, Callable[[float], Decimal]]


def run(order: Order, scene: Scene, *, step: float = 0.5) -> tuple[list[Seen], Done]:
    assay, seen = Assay(order, 100.0, 5000.0), list[Seen]()
    for tick in range(1, 1000):
        at = tick * step
        events = assay.look({name: shine(at) for name, shine in scene.items()}, 100.0 + at, 5000.0 + at)
        for event in events:
            if isinstance(event, Done):
                return seen, event
            seen.append(event)
    raise AssertionError("the assay does not end")


@pytest.mark.parametrize(
    ("ad100", "ad", "a"),
    [
        (50000, 25060, "0.3000"),
        (50000, 50500, "-0.0043"),
        (50000, 0, None),
        (0, 100, None),
        (50000, -110, None),
    ],
)
def test_absorbance_is_neither_snapped_nor_clamped(ad100: int, ad: int, a: str | None) -> None:
    assert absorbance(Decimal(ad), Decimal(ad100)) == (None if a is None else Decimal(a))


def test_control_and_sample_keep_every_figure_that_led_to_their_delta() -> None:
    seen, done = run(ORDER, {"1": rising(0.213, 0.725), "2": rising(0.213, 0.533)})
    assert done.void is None
    control, sample = done.outcomes
    assert (control.role, sample.role) == ("blank", "sample")
    assert control.delta == pytest.approx(Decimal("0.512"), abs=Decimal("0.02"))
    assert sample.delta == pytest.approx(Decimal("0.320"), abs=Decimal("0.02"))
    assert control.first is not None
    assert control.last is not None
    assert control.last.a is not None
    assert control.first.a is not None
    assert control.delta == control.last.a - control.first.a
    assert 2.0 <= control.first.at <= 4.0
    assert 60.0 <= control.last.at <= 62.0
    assert {look.phase for look in seen} == {Phase.PREHEAT, Phase.FIRST, Phase.REACT, Phase.LAST}
    assert seen[0].left == 61.5


def test_a_blank_that_falls_keeps_its_sign() -> None:
    _, done = run(ORDER, {"1": rising(0.3, 0.8), "2": rising(0.300, 0.250)})
    assert done.outcomes[1].delta is not None
    assert done.outcomes[1].delta < 0


@pytest.mark.parametrize(
    ("shine", "state"),
    [
        (lambda at: FULL if at > 30 else light(0.3), State.CUVETTE_OUT),
        (lambda at: light(0.1) if 30 < at < 31 else light(0.5), State.CUVETTE_OUT),
        (lambda _: FULL, State.NO_CUVETTE),
        (lambda _: FULL * 2, State.OVERFLOW),
        (lambda _: Decimal(0), State.OPAQUE),
        (lambda at: light(0.3 + 0.06 * (int(at * 2) % 2)), State.UNSTABLE),
    ],
)
def test_what_is_wrong_with_one_position_concerns_it_alone(
    shine: Callable[[float], Decimal], state: State
) -> None:
    _, done = run(ORDER, {"1": rising(0.2, 0.7), "2": shine})
    assert done.void is None
    assert [one.state for one in done.outcomes] == [State.MEASURED, state]
    assert done.outcomes[0].delta is not None
    assert done.outcomes[1].delta is None


def test_a_position_that_was_never_zeroed_or_is_not_on_the_board_is_invalid() -> None:
    _, done = run(replace(ORDER, reference={"1": FULL}), {"1": rising(0.2, 0.7), "2": rising(0.2, 0.7)})
    assert done.outcomes[1].state is State.INVALID
    _, done = run(ORDER, {"1": rising(0.2, 0.7)})
    assert done.outcomes[1].state is State.INVALID


def test_silence_while_it_runs_voids_it() -> None:
    assay = Assay(ORDER, 0.0)
    assay.look({"1": light(0.2)}, 1.0)
    assert assay.tick(5.9) == []
    (done,) = assay.tick(6.1)
    assert done.void is Void.INTERRUPTED
    assert assay.deadline is None
    assert assay.look({"1": light(0.2)}, 7.0) == []


@pytest.mark.parametrize("wall", [3600.0, -3600.0])
def test_a_computer_that_slept_or_was_set_voids_it(wall: float) -> None:
    assay = Assay(ORDER, 0.0, 0.0)
    assert len(assay.look({"1": light(0.2)}, 1.0, 1.0)) == 1
    (done,) = assay.look({"1": light(0.2)}, 2.0, wall)
    assert isinstance(done, Done)
    assert done.void is Void.CLOCK


def test_a_window_in_which_nothing_was_read_voids_it() -> None:
    assay = Assay(ORDER, 0.0)
    for at in (1.0, 4.5, *range(8, 60, 4), 59.5, 63):
        events = assay.look({"1": light(0.2), "2": light(0.2)}, float(at))
    (done,) = events
    assert isinstance(done, Done)
    assert done.void is Void.MISSED


def test_an_assay_ends_by_the_clock_alone() -> None:
    assay = Assay(ORDER, 0.0)
    for at in range(1, 62):
        assay.look({"1": light(0.2 + at / 200), "2": light(0.2)}, float(at))
    assert assay.deadline == 62.0
    (done,) = assay.tick(62.01)
    assert done.void is None
    assert [one.state for one in done.outcomes] == [State.MEASURED, State.MEASURED]


@pytest.mark.parametrize(
    "change",
    [
        {"roles": {"1": "sample"}},
        {"roles": {}},
        {"window": 0.0},
        {"window": 40.0},
        {"preheat": -1.0},
    ],
)
def test_what_cannot_be_run_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        replace(ORDER, **change)  # type: ignore[arg-type] # the test names fields of Order


@pytest.mark.parametrize(
    ("colour", "value"),
    [
        ((60, 110, 190), 104),
        ((140, 170, 210), 165),
        ((62, 112, 190), 105),
        ((110, 150, 200), 143),
        ((0, 0, 0), 0),
    ],
)
def test_gray_values_as_published(colour: tuple[int, int, int], value: int) -> None:
    assert gray(*(Decimal(one) for one in colour)) == value


def test_a_dry_card_is_looked_at_without_a_zero() -> None:
    order = replace(ORDER, measure=Measure.GRAY, reference={})
    _, done = run(order, {"1": lambda at: Decimal(104 + round(at)), "2": lambda _: Decimal(105)})
    assert [one.state for one in done.outcomes] == [State.MEASURED, State.MEASURED]
    assert [one.delta for one in done.outcomes] == [Decimal("0.58"), Decimal(0)]
    assert done.outcomes[0].first is not None
    assert done.outcomes[0].first.t is None


def test_a_zero_is_the_middle_of_its_looks() -> None:
    zeroing = Zeroing(Limits(looks=3))
    assert zeroing.look({"1": Decimal(100), "2": Decimal(100), "3": Decimal(0)}) is None
    assert zeroing.left == 2
    assert zeroing.look({"1": Decimal("100.5"), "2": Decimal(120), "3": Decimal(0)}) is None
    zeroed = zeroing.look({"1": Decimal("100.2"), "2": Decimal(100), "3": Decimal(0)})
    assert zeroed is not None
    assert zeroed.reference == {"1": Decimal("100.2")}
    assert zeroed.states == {"2": State.UNSTABLE, "3": State.INVALID}


@given(st.lists(st.decimals(-100, 70000, places=1), min_size=33, max_size=33))
def test_whatever_the_light_does_it_ends_and_only_a_sound_position_has_a_delta(lights: list[Decimal]) -> None:
    assay, done = Assay(ORDER, 0.0), list[Done]()
    for tick, value in enumerate(lights, 1):
        events = assay.look({"1": value, "2": light(0.3)}, tick * 2.0)
        done += [event for event in events if isinstance(event, Done)]
    (end,) = done
    assert all((one.delta is not None) == (one.state is State.MEASURED) for one in end.outcomes)
