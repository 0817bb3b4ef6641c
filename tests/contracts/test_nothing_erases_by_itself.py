"""What erases or changes on a device is sent only for the command that names it, whatever the device says meanwhile."""

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from drivers.decode import SETTINGS
from drivers.device_time import dated
from drivers.profile import ERASING, SET_CLOCK, Profile
from drivers.registry import profiles
from protocols import transcript
from protocols.codec import Codec, ProtocolError
from tests.contracts.test_every_instrument import expected, readings, record_of, said, wires

MOMENTS = ("2026-01-02T03:04:05", "2031-12-30T23:59:58")
STEPS, STEP = 120, 0.25


def ordered(one: Profile, command: str) -> bytes:
    """The bytes that a command of `destructive` sends: what all its arguments have in common."""
    sent = []
    for argument in MOMENTS if command.endswith(":") else ("",):
        codec = one.codec(one.defaults)
        codec.ask(command + argument)
        sent.append(codec.to_send())
    same = itertools.takewhile(lambda pair: len(set(pair)) == 1, zip(*sent, strict=True))
    return bytes(one for one, *_ in same)


def harmless(one: Profile) -> set[str]:
    """Every command that this program or a transcript asks without a person's confirmation."""
    own = [said(name) for name in wires() if name.startswith(f"{one.id}/")]
    commands = {talk.header["ask"] for talk in own if "ask" in talk.header}
    commands |= {one.download, one.poll[0] if one.poll else ""}
    return {dated(command) for command in commands if command}


def answered(host: Codec[Any], device: Codec[Any]) -> Iterator[bytes]:
    """What the host sends while a device answers it, on a made-up clock."""
    for step in range(STEPS):
        now = step * STEP
        sent = host.to_send()
        yield sent
        device.receive(sent, now)
        for side in (device, host):
            if side.deadline is not None and side.deadline <= now:
                side.expire(now)
        host.receive(device.to_send(), now)


def babbled(host: Codec[Any], data: bytes, dice: random.Random) -> Iterator[bytes]:
    """What the host sends while it hears what nobody would say here, in pieces and then nothing for a while."""
    for now, piece in enumerate(transcript.cut(data, dice.sample(range(len(data)), min(len(data), 9)))):
        host.receive(piece, float(now))
        yield host.to_send()
    for now in range(10, 200, 10):
        host.expire(float(now))
        yield host.to_send()


def conversations(one: Profile, command: str) -> Iterator[bytes]:
    dice = random.Random(command)
    for name in [name for name in wires() if name.startswith(f"{one.id}/")]:
        talk = said(name)
        settings = {**one.defaults, **json.loads(talk.header.get(SETTINGS, "{}"))}
        records = [record_of(line) for line in readings(expected(name))]
        assert one.simulator is not None
        for heard in (transcript.received(talk), dice.randbytes(400)):
            yield b"".join(babbled(asked(one, settings, command), heard, dice))
        yield b"".join(answered(asked(one, settings, command), one.simulator(settings, records)))


def asked(one: Profile, settings: Mapping[str, Any], command: str) -> Codec[Any]:
    """A host that was asked; under settings in which it only listens nothing comes of it."""
    host = one.codec(settings)
    with suppress(ProtocolError):
        host.ask(command)
    return host


@pytest.mark.parametrize("name", [name for name, one in profiles().items() if one.destructive])
def test_no_other_command_sends_the_bytes_that_erase_or_change(name: str) -> None:
    one = profiles()[name]
    opcodes = {command: ordered(one, command) for command in one.destructive}
    assert all(opcodes.values())
    assert harmless(one)
    for command in harmless(one):
        assert not one.changes(command)
        for sent in conversations(one, command):
            assert [name for name, opcode in opcodes.items() if opcode in sent] == []


@pytest.mark.parametrize("name", profiles())
def test_the_names_that_erase_or_change_are_told_from_the_others(name: str) -> None:
    one = profiles()[name]
    for command in one.destructive:
        assert one.changes(command + ("2026-01-02T03:04:05" if command.endswith(":") else ""))
    assert not one.changes("")


@pytest.mark.parametrize("name", profiles())
def test_what_empties_a_device_is_told_from_what_sets_it(name: str) -> None:
    one = profiles()[name]
    assert set(one.destructive) <= ERASING | {SET_CLOCK, "calibrate"}
    assert not one.changes(one.whole)


def test_one_place_alone_sends_what_erases_or_changes() -> None:
    root = Path(__file__).parents[2]
    files = [path for part in ("drivers", "lims", "gui") for path in (root / part).rglob("*.py")]
    asked = re.compile(r"ask\([^)]*confirmed=True")
    assert [path.name for path in files if asked.search(path.read_text(encoding="utf-8"))] == [
        "deliberate.py"
    ]
