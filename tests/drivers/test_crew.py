"""Several devices on real ports: one dies, comes back, garbles, and none holds up another."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.crew import Crew, Post
from drivers.errors import Refused
from drivers.faults import Faults
from drivers.health import Health, LinkState
from drivers.links.far import CallingEnd, ListeningEnd, PtyEnd
from drivers.player import Player
from tests.drivers.acks import Sender, Taken, profile

PROMPT = 20.0  # seconds; what does not stop by itself would never end


def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def crew_of(folder: Path, sink: Taken, **more: Any) -> Iterator[Crew]:
    crew = Crew(folder, sink, pauses=(0.05, 0.1), **more)
    try:
        yield crew
    finally:
        crew.close()


def names(count: int, first: int = 1) -> list[str]:
    return [f"S{one}" for one in range(first, first + count)]


def of(sink: Taken, name: str) -> list[str]:
    return [one.sample or "" for key, one in sorted(sink.rows.items()) if key[0] == name]


def test_three_kinds_of_port_at_once(tmp_path: Path) -> None:
    sink = Taken()
    with (
        crew_of(tmp_path, sink) as crew,
        Player(Sender(20), PtyEnd()) as pty,
        Player(Sender(20), ListeningEnd()) as tcp,
    ):
        free = ListeningEnd()
        port = int(free.address.rpartition(":")[2])
        free.unplug()
        crew.start(Post("pty", profile(), pty.address))
        crew.start(Post("tcp", profile(), tcp.address))
        crew.start(Post("calls", profile(), f"listen:127.0.0.1:{port}"))
        crew.start(Post("dead", profile(), str(tmp_path / "nothing")))
        with Player(Sender(20), CallingEnd("127.0.0.1", port)):
            until(lambda: {len(of(sink, name)) for name in ("pty", "tcp", "calls")} == {20})
        assert [of(sink, name) for name in ("pty", "tcp", "calls")] == [names(20)] * 3
        assert crew.health()["dead"].reason == "port_missing"
        assert crew.health()["pty"].state is LinkState.OPEN
        assert crew.health()["pty"].identity == {"port": pty.address}


def test_a_failure_is_visible_at_once_and_the_line_comes_back(tmp_path: Path) -> None:
    sink, seen = Taken(), list[Health]()
    device = Sender(60)
    with crew_of(tmp_path / "j", sink, changed=seen.append) as crew:
        with Player(
            device, PtyEnd(str(tmp_path / "port")), faults=Faults(unplug=(100,), absence=0.3)
        ) as player:
            crew.start(Post("one", profile(), player.address))
            until(lambda: any(one.state is LinkState.LOST for one in seen))
            until(lambda: len(set(of(sink, "one"))) == 60)
            assert player.said.unplugged == 1
        states = [one.state for one in seen]
        assert states.index(LinkState.LOST) > states.index(LinkState.OPEN)
        assert crew.health()["one"].failures >= 1
    assert set(of(sink, "one")) == set(names(60))
    assert device.acknowledged == 60


def test_a_garbling_device_holds_up_nobody(tmp_path: Path) -> None:
    sink = Taken()
    with (
        crew_of(tmp_path, sink) as crew,
        Player(Sender(30), ListeningEnd()) as good,
        Player(Sender(30), ListeningEnd(), faults=Faults(seed=3, garble=2, split=3)) as bad,
    ):
        crew.start(Post("bad", profile(), bad.address))
        crew.start(Post("good", profile(), good.address))
        until(lambda: of(sink, "good") == names(30))
        until(lambda: bad.said.faults["garble"] >= 3)


def test_stopping_is_prompt_and_starting_again_goes_on(tmp_path: Path) -> None:
    sink = Taken()
    with Player(Sender(10), ListeningEnd()) as player, crew_of(tmp_path, sink) as crew:
        crew.start(Post("one", profile(), player.address))
        crew.start(Post("dead", profile(), "127.0.0.1:1"))
        crew.start(Post("waits", profile(), "listen:127.0.0.1:0"))
        until(lambda: of(sink, "one") == names(10))
        begun = time.monotonic()
        for name in ("one", "dead", "waits"):
            crew.stop(name)
        assert time.monotonic() - begun < PROMPT
        assert crew.health() == {}
        crew.start(Post("one", profile(), player.address))
        until(lambda: crew.health()["one"].state is LinkState.OPEN)
        begun = time.monotonic()
        crew.close()
        assert time.monotonic() - begun < PROMPT
        assert of(sink, "one") == names(10)


def test_a_crash_of_the_sink_thread_delays_only(tmp_path: Path) -> None:
    sink = Taken(away=True)
    with Player(Sender(5), ListeningEnd()) as player, crew_of(tmp_path, sink) as crew:
        crew.start(Post("one", profile(), player.address))
        until(lambda: crew.health()["one"].frames == 5)
        until(lambda: crew.health()["one"].waiting == "OSError")
        sink.away = False
        until(lambda: of(sink, "one") == names(5))


def test_commands_and_bytes_for_the_wire_view(tmp_path: Path) -> None:
    heard: list[tuple[str, str, bytes]] = []

    def live(name: str, direction: str, data: bytes, at: datetime) -> None:
        assert at.utcoffset() is not None
        heard.append((name, direction, data))

    device = Sender(1)
    with Player(device, ListeningEnd()) as player, crew_of(tmp_path, Taken(), live=live) as crew:
        crew.start(Post("one", profile(), player.address))
        number = crew.ask("one", "again").result(5)
        assert number > 1
        until(lambda: ("one", "<", b"S1;1.50\n") in heard)
        until(lambda: device.asked == b"a")
        assert ("one", ">", b"a") in heard
        with pytest.raises(Refused, match="destructive"):
            crew.ask("one", "erase")
        with pytest.raises(Refused, match="not_started"):
            crew.ask("two", "again")


def test_what_cannot_be_started_is_refused(tmp_path: Path) -> None:
    with crew_of(tmp_path, Taken()) as crew:
        crew.start(Post("one", profile(), "listen:127.0.0.1:0"))
        with pytest.raises(Refused, match="already_started"):
            crew.start(Post("one", profile(), "listen:127.0.0.1:0"))
        with pytest.raises(Refused, match="bad_name"):
            crew.start(Post("../one", profile(), "COM3"))
        with pytest.raises(Refused, match="address_unfit"):
            crew.start(Post("two", profile(), "visa:X"))
        other = Crew(tmp_path, Taken())
        with pytest.raises(Refused, match="journal_in_use"):
            other.start(Post("one", profile(), "listen:127.0.0.1:0"))


def test_a_request_that_was_never_sent_is_refused_at_the_end(tmp_path: Path) -> None:
    with crew_of(tmp_path, Taken()) as crew:
        crew.start(Post("one", profile(), "listen:127.0.0.1:0"))
        future = crew.ask("one", "again")
        crew.stop("one")
        with pytest.raises(Refused, match="stopped"):
            future.result(1)
    assert threading.active_count() >= 1
