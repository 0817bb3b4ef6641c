import random
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.assay import Done, Limits, Measure, Order, Seen, State, Void, Zeroed
from drivers.crew import Crew, Post
from drivers.decoder import Decoder
from drivers.links.far import PtyEnd
from drivers.live import LiveBoard, assay_command, order_of, zero_command
from drivers.player import Player
from drivers.profile import Record
from drivers.registry import profile
from drivers.segments import Entry, Kind
from drivers.simulators.dayuan_android import simulator as android_simulator
from drivers.simulators.dayuan_bx1 import Board
from drivers.simulators.optics import Cuvette, Optics
from protocols.codec import Broken, ProtocolError
from protocols.lights import Lights
from protocols.photometer import android, bx1

HOLES = tuple(str(one) for one in range(1, 17))
QUICK = Limits(looks=3)


def order(**changes: Any) -> Order:
    fields: dict[str, Any] = {
        "wavelength": 410,
        "led": 0,
        "preheat": 1.0,
        "detect": 6.0,
        "window": 2.0,
        "roles": {"1": "blank", "2": "sample", "3": "sample"},
        "reference": {name: Decimal(60000) for name in HOLES},
        "limits": QUICK,
    }
    return Order(**(fields | changes))


class Bench:
    """A board and a host with one made-up clock, so that an assay takes no time."""

    def __init__(self, optics: Optics) -> None:
        self.device, self.host = Board(optics), LiveBoard(bx1(), HOLES, barrier="version")
        self.now, self.events, self.cable = 0.0, list[Any](), True

    def ask(self, command: str) -> None:
        self.events += self.host.expire(self.now)
        self.host.ask(command)

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.host.deadline) is not None and due <= until:
            self.now = max(self.now, due)
            self.host.see_wall(1e9 + self.now)
            self.events += self.host.expire(self.now)
            said = self.host.to_send()
            self.device.receive(said if self.cable else b"", self.now)
            self.events += self.host.receive(self.device.to_send(), self.now)
        self.now = until

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def test_zeroing_and_an_assay_from_the_first_poll_to_the_figures() -> None:
    optics = Optics()
    bench = Bench(optics)
    bench.ask(zero_command(0, QUICK))
    bench.pass_time(2.0)
    (zeroed,) = bench.of(Zeroed)
    assert zeroed.reference == {name: Decimal(60000) for name in HOLES}
    assert bench.host.idle
    optics.put("1", 0.2, 6.0)
    optics.put("2", 0.2, 3.0)
    bench.ask(assay_command(order(reference=zeroed.reference)))
    bench.pass_time(9.0)
    (done,) = bench.of(Done)
    assert done.void is None
    control, sample, empty = done.outcomes
    assert control.delta == pytest.approx(2 * sample.delta, abs=Decimal("0.002"))
    assert empty.state is State.NO_CUVETTE
    assert bench.of(Lights) == []
    assert bench.of(Broken) == []
    assert bench.host.idle
    assert bench.host.deadline is None


def test_a_board_that_falls_silent_voids_the_assay_and_is_reported() -> None:
    bench = Bench(Optics({"1": Cuvette(0.2), "2": Cuvette(0.2)}))
    bench.ask(assay_command(order(limits=Limits(gap=2.0))))
    bench.pass_time(2.0)
    bench.cable = False
    bench.pass_time(20.0)
    (done,) = bench.of(Done)
    assert done.void is Void.INTERRUPTED
    assert {event.reason for event in bench.of(Broken)} == {"timeout"}


def test_a_board_that_is_silent_while_it_is_zeroed_has_no_zero() -> None:
    bench = Bench(Optics())
    bench.cable = False
    bench.ask(zero_command(0, Limits(gap=3.0)))
    bench.pass_time(20.0)
    (zeroed,) = bench.of(Zeroed)
    assert zeroed.reference == {}
    assert bench.host.idle
    assert bench.host.deadline is None


def test_a_look_that_comes_after_the_end_is_nobodys_reading() -> None:
    bench = Bench(Optics({"1": Cuvette(0.2), "2": Cuvette(0.2)}))
    bench.ask(assay_command(order(limits=Limits(gap=0.3))))
    bench.host.expire(0.0)
    poll = bench.host.to_send()
    bench.now = 0.9
    bench.events += bench.host.expire(0.9)
    assert bench.of(Done)[0].void is Void.INTERRUPTED
    bench.device.receive(poll, 0.9)
    assert bench.host.receive(bench.device.to_send(), 0.9) == []


def test_only_one_job_at_a_time_and_nothing_else_between() -> None:
    host = LiveBoard(bx1(), HOLES)
    host.ask(zero_command(0, QUICK))
    for command in (zero_command(0, QUICK), assay_command(order()), "lights"):
        with pytest.raises(ProtocolError, match="under way"):
            host.ask(command)


@pytest.mark.parametrize(
    "command",
    [
        "zero:",
        "zero:[]",
        'zero:{"limits": {"colour": 1}}',
        'zero:{"limits": {"looks": "many"}}',
        "assay:{}",
        "assay:nonsense",
        'assay:{"wavelength": "blue"}',
        "erase",
    ],
)
def test_an_order_that_cannot_be_read_is_refused(command: str) -> None:
    host = LiveBoard(bx1(), HOLES)
    with pytest.raises(ProtocolError):
        host.ask(command)
    assert host.idle


@given(
    st.floats(0, 600),
    st.floats(10, 600),
    st.dictionaries(st.sampled_from(HOLES), st.decimals(0, 70000, places=2), max_size=16),
)
def test_an_order_stands_in_the_journal_as_it_was_given(
    preheat: float, detect: float, reference: dict[str, Decimal]
) -> None:
    one = order(preheat=preheat, detect=detect, reference=reference)
    assert order_of(assay_command(one).removeprefix("assay:")) == one


def test_dry_cards_are_polled_as_colours() -> None:
    device = android_simulator({}, [Record("1", fields={"red": "60", "green": "110", "blue": "190"})])
    host = LiveBoard(android(), HOLES)
    host.ask(assay_command(order(roles={"1": "blank"}, reference={}, measure=Measure.GRAY)))
    events, now = list[Any](), 0.0
    while (due := host.deadline) is not None:
        now = max(now, due)
        events += host.expire(now)
        device.receive(host.to_send(), now)
        events += host.receive(device.to_send(), now)
    (done,) = [event for event in events if isinstance(event, Done)]
    assert done.outcomes[0].last is not None
    assert (done.outcomes[0].last.light, done.outcomes[0].delta) == (Decimal(104), Decimal(0))


def test_a_line_that_ends_within_an_assay_voids_it_as_interrupted_live_and_in_replay() -> None:
    device, decoder, numbers = (
        Board(Optics({"1": Cuvette(0.2)})),
        Decoder(profile("dayuan_bx1"), {}),
        count(1),
    )

    def entry(kind: Kind, at: float, data: bytes = b"") -> Entry:
        wall = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=at)
        return Entry(next(numbers), 1, wall, 1000.0 + at, kind, data)

    entries = [entry(Kind.OPENED, 0.0, b"{}"), entry(Kind.ASKED, 0.1, assay_command(order()).encode())]
    events = [event for one in entries for event in decoder.take(one)]
    for step in range(3):
        at = 0.2 + 0.5 * step
        events += decoder.take(entry(Kind.TICK, at))
        device.receive(decoder.to_send(), at)
        events += decoder.take(entry(Kind.RECEIVED, at + 0.01, device.to_send()))
    assert [type(event) for event in events] == [Seen] * 3
    ended = decoder.take(entry(Kind.CLOSED, 1.5, b'{"reason": "crash"}'))
    assert [event.void for event in ended if isinstance(event, Done)] == [Void.INTERRUPTED]
    assert decoder.idle


def spoilt(answer: bytes, dice: random.Random) -> tuple[bytes, bytes]:
    """What comes of an answer now, and what comes of it with the next."""
    place = dice.randrange(len(answer))
    wrong = answer[:place] + bytes([answer[place] ^ dice.randrange(1, 256)]) + answer[place + 1 :]
    ways = [(b"", b""), (wrong, b""), (answer + answer, b""), (dice.randbytes(5) + answer, b""),
            (answer[:place], answer[place:]), (b"", answer)]  # fmt: skip
    return dice.choice([*ways, *[(answer, b"")] * 8])


@pytest.mark.parametrize("seed", range(25))
def test_on_a_bad_line_a_change_of_absorbance_is_right_or_there_is_none(seed: int) -> None:
    dice = random.Random(seed)
    bench, late = Bench(Optics({"1": Cuvette(0.2, 6.0), "2": Cuvette(0.3, 3.0), "3": Cuvette(0.3)})), b""
    bench.ask(assay_command(order(limits=Limits(unstable=Decimal("0.02")))))
    while (due := bench.host.deadline) is not None:
        bench.now = max(bench.now, due)
        bench.events += bench.host.expire(bench.now)
        bench.device.receive(bench.host.to_send(), bench.now)
        if answer := bench.device.to_send():
            now, after = spoilt(answer, dice)
            bench.events += bench.host.receive(late + now, bench.now)
            late = after
    (done,) = bench.of(Done)
    assert bench.host.idle
    assert bench.of(Lights) == []
    for outcome, per_minute in zip(done.outcomes, (6.0, 3.0, 0.0), strict=True):
        if outcome.delta is not None and done.void is None:
            seconds = outcome.last.at - outcome.first.at
            assert float(outcome.delta) == pytest.approx(per_minute * seconds / 60, abs=0.005)


class Kept:
    """What a crew hands over, and what it shows while it works."""

    def __init__(self) -> None:
        self.readings: list[Any] = []
        self.seen: list[object] = []
        self.changed = threading.Condition()

    def reading(self, *what: Any) -> None:
        with self.changed:
            self.readings.append(what[-1])
            self.changed.notify_all()

    def broken(self, *what: Any) -> None:
        raise AssertionError(what)

    def show(self, _name: str, event: object) -> None:
        with self.changed:
            self.seen.append(event)
            self.changed.notify_all()

    def wait_for(self, wanted: Any) -> None:
        deadline = time.monotonic() + 30
        with self.changed:
            while not wanted() and time.monotonic() < deadline:
                self.changed.wait(0.1)
        assert wanted()


def test_an_assay_on_a_real_line_is_shown_live_and_handed_over_once(tmp_path: Path) -> None:
    optics, kept = Optics(), Kept()
    crew = Crew(tmp_path, kept, seen=kept.show, pauses=(0.1,))
    one = profile("dayuan_bx1")
    with Player(Board(optics), PtyEnd()) as player:
        crew.start(Post("a", one, player.address, {"interval": 0.05, "zeroing": 0.02}))
        crew.ask("a", zero_command(0, QUICK))
        kept.wait_for(lambda: any(isinstance(event, Zeroed) for event in kept.seen))
        (zeroed,) = [event for event in kept.seen if isinstance(event, Zeroed)]
        optics.put("1", 0.3, 6.0)
        optics.put("2", 0.3, 3.0)
        short = order(preheat=0.2, detect=1.2, window=0.4, reference=zeroed.reference)
        crew.ask("a", assay_command(short))
        kept.wait_for(lambda: len(kept.readings) == 3)
        crew.close()
    assert [reading.position for reading in kept.readings] == ["1", "2", "3"]
    assert all(reading.value is None and reading.call is None for reading in kept.readings)
    assert kept.readings[2].extra["void"] == "no_cuvette"
    assert Decimal(kept.readings[0].extra["delta_a"]) > Decimal(kept.readings[1].extra["delta_a"]) > 0
    assert sum(isinstance(event, Seen) for event in kept.seen) > 5
