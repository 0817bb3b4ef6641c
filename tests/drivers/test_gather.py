"""One thread that looks at many lines: nothing lost or reordered, few wakings, none late where an answer is due."""

import random
import threading
import time
from collections.abc import Iterator

import pytest

from drivers.errors import LinkLost
from drivers.links.gather import LONGEST, GatheredLink, Gatherer
from drivers.links.serial import SerialLink
from drivers.profile import Serial
from tests.drivers.terminals import Terminal, terminal

PATIENCE = 30.0


@pytest.fixture
def gatherer() -> Iterator[Gatherer]:
    made = Gatherer()
    yield made
    made.close()


@pytest.fixture
def pty() -> Iterator[Terminal]:
    with terminal() as made:
        yield made


def gathered(gatherer: Gatherer, port: str, ends: bytes = b"\n") -> GatheredLink:
    link = gatherer.gather(SerialLink(port, Serial()), ends)
    assert isinstance(link, GatheredLink)
    return link


def until_lost(link: GatheredLink, heard: list[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        heard.append(link.read(0.05))


def test_pieces_come_together(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port)
    for piece in (b"one ", b"line", b"\n"):
        pty.say(piece)
        time.sleep(0.005)
    assert link.read(PATIENCE) == b"one line\n"
    link.close()


def test_what_never_ends_is_handed_on_when_the_line_is_quiet(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port, b"")
    pty.say(b"\x7e half a frame")
    assert link.read(PATIENCE) == b"\x7e half a frame"
    link.close()


def test_what_flows_without_an_end_is_handed_on_now_and_then(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port, b"")
    stop = threading.Event()

    def flow() -> None:
        while not stop.wait(0.005):
            pty.say(b"more")

    flowing = threading.Thread(target=flow)
    flowing.start()
    time.sleep(3 * LONGEST)
    assert link.read(PATIENCE).startswith(b"more")
    assert link.read(PATIENCE).startswith(b"more")
    stop.set()
    flowing.join()
    link.close()


def test_who_looks_by_himself_finds_what_has_come(gatherer: Gatherer, pty: Terminal) -> None:
    """A codec's deadline is judged with every byte that came before it, gathered or not."""
    link = gathered(gatherer, pty.port, b"")
    said = bytes(random.Random(1).randbytes(3000))
    heard = b""
    chance = random.Random(2)
    for at in range(0, len(said), 15):
        pty.say(said[at : at + 15])
        heard += link.read(chance.choice((0.0, 0.0, 0.001, 0.02)))
    end = time.monotonic() + PATIENCE
    while len(heard) < len(said) and time.monotonic() < end:
        heard += link.read(0.05)
    assert heard == said
    link.close()


def test_a_torn_line_is_lost_behind_its_last_bytes(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port)
    pty.say(b"last words")
    time.sleep(0.005)
    pty.unplug()
    heard: list[bytes] = []
    with pytest.raises(LinkLost, match="gone"):
        until_lost(link, heard)
    assert b"".join(heard) in (b"last words", b"")  # the system may have taken what nobody had read yet
    link.close()
    link.close()


def test_a_reader_is_woken(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port)
    threading.Timer(0.02, link.wake).start()
    begun = time.monotonic()
    assert link.read(PATIENCE) == b""
    assert time.monotonic() - begun < PATIENCE
    link.close()


def test_lines_come_and_go_while_others_speak(gatherer: Gatherer) -> None:
    with terminal() as steady:
        link = gathered(gatherer, steady.port)
        for number in range(20):
            with terminal() as passing:
                other = gathered(gatherer, passing.port)
                passing.say(b"x\n")
                steady.say(b"%d\n" % number)
                assert other.read(PATIENCE) == b"x\n"
                other.close()
            assert link.read(PATIENCE) == b"%d\n" % number
        link.close()


def test_the_thread_ends_and_begins_again(gatherer: Gatherer, pty: Terminal) -> None:
    link = gathered(gatherer, pty.port)
    link.close()
    gatherer.close()
    gatherer.close()
    again = gathered(gatherer, pty.port)
    pty.say(b"here\n")
    assert again.read(PATIENCE) == b"here\n"
    again.close()
