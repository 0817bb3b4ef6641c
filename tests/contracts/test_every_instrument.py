"""What holds for every instrument on disk: it is found, and nothing here names one or leaves one out."""

import importlib
import inspect
import json
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from drivers import simulators
from drivers.crew import Crew, Post
from drivers.decode import SETTINGS, decode, line_of
from drivers.device_time import dated
from drivers.links.far import End, FolderEnd, ListeningEnd, PtyEnd
from drivers.links.hid import HidLink
from drivers.measures import areas, known_unit
from drivers.player import Player
from drivers.profile import Folder, Hid, Profile, Record, Registers, Serial, Tcp, Visa
from drivers.reading import Flag, Reading
from drivers.registry import profiles
from protocols import transcript
from protocols.codec import Broken
from protocols.transcript import Transcript
from tests.drivers.reports import Played

WIRE = Path(__file__).parents[1] / "wire"
PATIENCE = 60.0
MOST = 300
"""Places of one transcript that are tried, so that no instrument costs all others their minutes."""
Line = Mapping[str, Any]


@cache
def wires() -> dict[str, Path]:
    """Every transcript by `instrument/name`."""
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(WIRE.glob("*/*.wire"))}


def said(name: str) -> Transcript:
    return transcript.read(wires()[name].read_text(encoding="utf-8"))


def expected(name: str) -> list[Line]:
    path = wires()[name].with_suffix(".expected.json")
    lines: list[Line] = json.loads(path.read_text(encoding="utf-8"))
    return lines


def readings(lines: list[Line]) -> list[Line]:
    return [line for line in lines if "error" not in line]


def decoded(talk: Transcript) -> list[Line]:
    return list(decode(profiles()[talk.instrument], talk, {}))


def with_readings() -> list[str]:
    return [name for name in wires() if readings(expected(name))]


def places(data: bytes, dice: random.Random) -> list[int]:
    """Return every place of the data, or as many as one test may try."""
    return sorted(dice.sample(range(len(data)), min(len(data), MOST)))


def sound(name: str) -> bool:
    """True where every byte is as the device meant it, so that one wrong byte is the only one."""
    return readings(expected(name)) == expected(name)


@pytest.mark.parametrize("name", profiles())
def test_its_file_says_what_it_is_where_it_is_from_and_what_is_unverified(name: str) -> None:
    module = importlib.import_module(f"drivers.instruments.{name}")
    text = module.__doc__ or ""
    assert len(text.strip().splitlines()) > 2
    for heading in ("What it is:", "Wire source:", "Unverified:"):
        assert heading in text, heading
    assert isinstance(module.PROFILE, Profile)


@pytest.mark.parametrize("name", profiles())
def test_its_profile_is_whole(name: str) -> None:
    one = profiles()[name]
    chinese, english = one.title
    assert re.search(r"[一-鿿]", chinese)
    assert english.isascii()
    assert one.family
    assert set(one.measures) <= set(areas())
    assert one.measures
    assert one.wiring
    assert one.evidence.source
    assert one.evidence.unverified
    assert one.simulator is not None
    for command in (one.download, one.poll[0] if one.poll else ""):
        if command:
            one.codec(one.defaults).ask(dated(command))


@pytest.mark.parametrize("name", profiles())
def test_its_codec_begins_idle_and_awaits_nothing(name: str) -> None:
    one = profiles()[name]
    codec = one.codec(one.defaults)
    assert codec.idle
    assert codec.deadline is None
    assert codec.to_send() == b""


@pytest.mark.parametrize("name", profiles())
def test_its_simulator_lies_under_the_same_name(name: str) -> None:
    module = importlib.import_module(f"{simulators.__name__}.{name}")
    assert profiles()[name].simulator is module.simulator
    assert (inspect.getdoc(module) or "").endswith(".")


@pytest.mark.parametrize("name", profiles())
def test_it_has_transcripts_with_readings_and_every_transcript_names_its_source(name: str) -> None:
    own = [one for one in wires() if one.startswith(f"{name}/")]
    assert any(one in with_readings() and sound(one) for one in own)
    assert all(said(one).header["source"] for one in own)


def test_every_transcript_belongs_to_an_instrument_and_has_its_expectation() -> None:
    assert {path.parent.name for path in wires().values()} == set(profiles())
    assert [name for name in wires() if said(name).instrument != name.split("/")[0]] == []
    assert [name for name in wires() if not wires()[name].with_suffix(".expected.json").exists()] == []


@pytest.mark.parametrize("name", wires())
def test_a_transcript_gives_the_expected_lines(name: str) -> None:
    assert decoded(said(name)) == expected(name)


@pytest.mark.parametrize("name", wires())
def test_a_transcript_states_only_units_of_the_vocabulary(name: str) -> None:
    assert [line["unit"] for line in readings(expected(name)) if not known_unit(line["unit"] or "")] == []


@pytest.mark.parametrize("name", wires())
def test_a_transcript_file_is_written_as_it_is_read(name: str) -> None:
    assert transcript.write(said(name)) == wires()[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", wires())
def test_any_cut_of_a_transcript_gives_the_same_lines(name: str) -> None:
    talk = said(name)
    size = len(transcript.received(talk))
    dice = random.Random(name)
    cuts: list[list[int]] = [list(range(size)), []]
    cuts += [dice.sample(range(size), dice.randrange(min(size, 12))) for _ in range(20)]
    for cut in cuts:
        assert decoded(transcript.recut(talk, cut)) == expected(name), cut


def carried(name: str) -> bool:
    return profiles()[name.partition("/")[0]].carried


@pytest.mark.parametrize("name", [name for name in with_readings() if sound(name) and carried(name)])
def test_what_its_carrier_checks_is_still_read_without_a_fall(name: str) -> None:
    """TCP and files bring no wrong byte; the device itself may still write nonsense."""
    talk = said(name)
    one, own = profiles()[talk.instrument], json.loads(talk.header.get(SETTINGS, "{}"))
    good = transcript.received(talk)
    for place in places(good, random.Random(name)):
        spoilt = good[:place] + bytes([good[place] ^ 0x11]) + good[place + 1 :]
        assert all("error" in line or "item" in line for line in decode(one, spoilt, own)), place


@pytest.mark.parametrize("name", [name for name in with_readings() if sound(name) and not carried(name)])
def test_no_wrong_byte_gives_a_wrong_reading(name: str) -> None:
    """On a wire without a check nothing can refuse a wrong byte: there each reading says so itself.

    A reading that does not know its item, because the list that names it was refused, claims nothing wrong.
    """
    talk = said(name)
    one, own = profiles()[talk.instrument], json.loads(talk.header.get(SETTINGS, "{}"))
    good = transcript.received(talk)
    known = readings(expected(name))
    checked = not any(Flag.UNVERIFIABLE in line["flags"] for line in known)
    honest = Flag.UNKNOWN_ITEM if checked else Flag.UNVERIFIABLE
    dice = random.Random(name)
    for place in places(good, dice):
        for flip in {0x01, 0x80, dice.randrange(1, 256)}:
            spoilt = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
            for line in readings(list(decode(one, spoilt, own))):
                assert (checked and line in known) or honest in line["flags"], (place, flip, line)


@pytest.mark.parametrize("name", wires())
def test_a_transcript_that_stops_anywhere_gives_no_reading_that_it_would_not_give(name: str) -> None:
    talk = said(name)
    one, own = profiles()[talk.instrument], json.loads(talk.header.get(SETTINGS, "{}"))
    good, known = transcript.received(talk), readings(expected(name))
    for size in places(good, random.Random(name)):
        assert all(line in known for line in readings(list(decode(one, good[:size], own)))), size


class Taken:
    """Takes in what a crew hands over."""

    def __init__(self, instrument: str) -> None:
        self.lines: list[Line] = []
        self.lost: list[Broken] = []
        self.came = threading.Condition()
        self._instrument = instrument

    def reading(self, name: str, entry: int, place: int, received_at: datetime, reading: Reading) -> None:
        del name, entry, place, received_at
        with self.came:
            self.lines.append(json.loads(json.dumps(line_of(self._instrument, reading))))
            self.came.notify_all()

    def broken(self, name: str, entry: int, received_at: datetime, broken: Broken) -> None:
        del name, entry, received_at
        self.lost.append(broken)


def record_of(line: Line) -> Record:
    """What a device must hold to say this line."""
    texts = {
        name: line[name] or "" for name in ("position", "sample", "item", "value", "call", "measured_at")
    }
    return Record(**texts, fields={**line["extra"], "unit": line["unit"] or ""})


@contextmanager
def plugged_in(one: Profile, settings: Mapping[str, Any], records: list[Record], end: End) -> Iterator[str]:
    assert one.simulator is not None
    with Player(one.simulator(settings, records), end) as player:
        yield player.address


def ends() -> list[tuple[str, str]]:
    """Each transcript with readings on each kind of line that its instrument is wired by."""
    kinds: dict[type, tuple[str, ...]] = {
        Serial: ("pty",),
        Tcp: ("tcp",),
        Registers: ("pty", "tcp"),
        Visa: ("visa",),
        Folder: ("folder",),
        Hid: (),  # there is no pseudo USB device: see the test of reports
    }
    return [
        (name, kind)
        for name in with_readings()
        for kind in sorted(
            {kind for one in profiles()[name.split("/")[0]].wiring for kind in kinds[type(one)]}
        )
    ]


def end_of(kind: str, room: Path) -> End:
    """Where a simulated device of this kind of line is plugged in."""
    if kind == "folder":
        (room / "exports").mkdir()
        return FolderEnd(room / "exports")
    return PtyEnd() if kind == "pty" else ListeningEnd()


def named(kind: str, address: str) -> str:
    """What a laboratory writes for a line of this kind."""
    return f"visa:TCPIP0::{address.replace(':', '::')}::SOCKET" if kind == "visa" else address


@pytest.mark.parametrize(("name", "kind"), ends())
def test_its_simulator_on_a_real_line_gives_the_same_readings(name: str, kind: str, tmp_path: Path) -> None:
    talk, wanted = said(name), readings(expected(name))
    one = profiles()[talk.instrument]
    own = json.loads(talk.header.get(SETTINGS, "{}")) | {"framing": "tcp" if kind == "tcp" else "rtu"}
    own |= {"settle": 0.1} if kind == "folder" else {}
    end = end_of(kind, tmp_path)
    taken = Taken(one.id)
    crew = Crew(tmp_path, taken, pauses=(0.1,))
    with plugged_in(one, {**one.defaults, **own}, [record_of(line) for line in wanted], end) as address:
        crew.start(Post("a", one, named(kind, address), own))
        if "ask" in talk.header:
            crew.ask("a", talk.header["ask"])
        deadline = time.monotonic() + PATIENCE
        with taken.came:
            while not all(line in taken.lines for line in wanted) and time.monotonic() < deadline:
                taken.came.wait(0.1)
        lost = list(taken.lost)  # what the closing of the line breaks off is no fault of the instrument
        crew.close()
    assert [line for line in wanted if line not in taken.lines] == []
    assert [line for line in taken.lines if line not in wanted] == []
    assert lost == []


@pytest.mark.parametrize(
    "name",
    [name for name in with_readings() if isinstance(profiles()[name.split("/")[0]].wiring[0], Hid)],
)
def test_its_simulator_behind_reports_gives_the_same_readings(name: str) -> None:
    talk, wanted = said(name), readings(expected(name))
    one = profiles()[talk.instrument]
    own = {**one.defaults, **json.loads(talk.header.get(SETTINGS, "{}"))}
    assert one.simulator is not None
    link = HidLink(Played(one.simulator(own, [record_of(line) for line in wanted])), 64, {})
    host = one.codec(own)
    host.ask(talk.header["ask"])
    lines: list[Line] = []
    for turn in range(40):
        link.write(host.to_send())
        for event in host.receive(link.read(0.0), float(turn)):
            lines += [json.loads(json.dumps(line_of(one.id, reading))) for reading in one.read(event, own)]
    assert host.idle
    assert [line for line in wanted if line not in lines] == []
    assert [line for line in lines if line not in wanted] == []
