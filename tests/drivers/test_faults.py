"""Switches of a simulated device: read from words, struck as told, and a wrong speed as a receiver hears it."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Refused
from drivers.faults import SWITCHES, Faults, Spoiler, misread, switched
from drivers.links import serial
from drivers.links.far import PtyEnd
from drivers.profile import Serial


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ([], Faults()),
        (["late"], Faults(late=(1,))),
        (["late=2,5", "delay=0.5"], Faults(late=(2, 5), delay=0.5)),
        (["unplug=40", "absence=0.2"], Faults(unplug=(40,), absence=0.2)),
        (["wrong-clock"], Faults(clock="2010-01-01T00:00:00")),
        (["wrong_clock=2031-02-03 04:05"], Faults(clock="2031-02-03T04:05:00")),
        (["wrong-unit=g/L", "duplicate", "short=3"], Faults(unit="g/L", repeat=1, short=3)),
    ],
)
def test_a_switch_is_a_word_alone_or_with_its_figure(words: list[str], faults: Faults) -> None:
    assert switched(words) == faults


@pytest.mark.parametrize(("word", "code"), [("flood", "fault_unknown"), ("drop=x", "fault_figure")])
def test_a_word_that_is_no_switch_is_named(word: str, code: str) -> None:
    with pytest.raises(Refused, match=code) as refused:
        switched([word])
    assert refused.value.values["fault"] == word


@pytest.mark.parametrize("word", SWITCHES)
def test_every_switch_has_a_usual_figure_that_changes_something(word: str) -> None:
    usual = "7" if word in ("delay", "absence") else ""
    assert switched([f"{word}={usual}" if usual else word]) != Faults()


def said(faults: Faults, chunks: list[bytes]) -> list[bytes]:
    spoiler = Spoiler(faults)
    return [b"".join(piece.data for piece in spoiler.say(chunk, 0.0)) for chunk in chunks]


def test_a_short_chunk_breaks_off_in_its_middle_and_a_silent_device_stays_silent() -> None:
    assert said(Faults(short=2), [b"abcd", b"efgh"]) == [b"abcd", b"ef"]
    assert said(Faults(silent=1), [b"abcd", b"efgh", b"ijkl"]) == [b"abcd", b"", b""]


def test_noise_stands_before_a_whole_chunk() -> None:
    (found,) = said(Faults(noise=1), [b"abcd"])
    assert found.endswith(b"abcd")
    assert 1 <= len(found) - 4 <= 8


@given(st.binary(max_size=40), st.sampled_from([1200, 9600, 115200]))
def test_a_receiver_of_the_same_speed_hears_every_byte(data: bytes, baud: int) -> None:
    assert misread(data, baud, baud) == data


@given(st.binary(min_size=2, max_size=40))
def test_a_receiver_of_half_the_speed_hears_other_bytes_and_fewer(data: bytes) -> None:
    heard = misread(data, 9600, 4800)
    assert 0 < len(heard) < len(data)


def test_a_host_of_another_speed_is_misheard_on_a_pseudo_terminal_and_one_of_the_right_speed_is_not() -> None:
    end = PtyEnd(baud=4800)
    for baud, heard in ((9600, misread(b"7E 16", 4800, 9600)), (4800, b"7E 16")):
        link = serial.SerialLink(end.address, Serial(baud))
        end.write(b"7E 16")
        found, until = b"", time.monotonic() + 60
        while len(found) < len(heard) and time.monotonic() < until:
            found += link.read(0.05)
        assert found == heard
        link.close()
    end.unplug()
    assert not Path(end.address).exists()
