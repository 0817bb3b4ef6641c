"""Decoding as the command line prints it: plain values in a fixed order, broken bytes as errors."""

import json
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from drivers.decode import SETTINGS, decode
from drivers.registry import profile, profiles
from protocols import transcript
from protocols.codec import ProtocolError
from protocols.transcript import Transcript
from tests.contracts.test_every_instrument import said, wires
from tests.drivers.golden import lines

KEYS = ["instrument", "position", "sample", "item", "value", "unit", "call", "flags", "measured_at", "extra"]


@pytest.mark.parametrize("name", wires())
def test_every_line_is_json_with_the_keys_in_order(name: str) -> None:
    talk = said(name)
    for line in decode(profile(talk.instrument), talk, {}):
        again = json.loads(json.dumps(line))
        assert again == line
        assert list(again) in (KEYS, ["error", "offset", "detail"])


@pytest.mark.parametrize("name", wires())
def test_raw_bytes_say_the_same_as_their_transcript(name: str) -> None:
    talk = said(name)
    own = json.loads(talk.header.get(SETTINGS, "{}"))
    one = profile(talk.instrument)
    assert list(decode(one, transcript.received(talk), own)) == list(decode(one, talk, {}))


@pytest.mark.parametrize("name", profiles())
def test_nothing_says_nothing(name: str) -> None:
    assert list(decode(profile(name), b"", {})) == []


@pytest.mark.parametrize("name", profiles())
@pytest.mark.parametrize("noise", ["00", "FF FF FF", "20 48 45 4C 4C 4F 0D 0A"])
def test_noise_is_an_error_and_never_a_reading(name: str, noise: str) -> None:
    found = lines(name, noise)
    assert found
    assert all("error" in line for line in found)


def test_readings_come_before_the_stream_has_ended() -> None:
    assert isinstance(decode(profile("dayuan_tl310"), b"", {}), Iterator)


def test_settings_of_the_caller_stand_before_those_of_the_transcript() -> None:
    talk = said("taiyang_ttnj/pesticide")
    (line,) = decode(profile(talk.instrument), talk, {"meanings": {}})
    assert line["value"] is None


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_settings_that_are_none_are_refused(text: str) -> None:
    talk = Transcript("dayuan_tl310", MappingProxyType({SETTINGS: text}), ())
    with pytest.raises(ProtocolError):
        list(decode(profile(talk.instrument), talk, {}))
