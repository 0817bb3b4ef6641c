"""An unknown device is heard, its wire described, the description read back and saved once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers import register_map
from drivers.checked import MapError
from drivers.errors import DriverError
from drivers.links.far import PtyEnd
from drivers.listening import Heard as Raw
from drivers.player import Player
from drivers.profile import Serial
from drivers.simulators.pushing import Pushing
from lims.bench import describing, listening
from lims.cli.main import program
from lims.errors import Invalid, NotFound
from lims.queries import equipment
from lims.services.equip import Device
from protocols.frames import SUM8, FrameShape
from protocols.guess import guess
from tests.laboratory import Lab, found_lab

ROWS = [f"R,{n},37.{n},2026-08-07 10:31:4{n}\r\n".encode() for n in range(4)]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def test_what_was_heard_becomes_a_description_that_reads_it(tmp_path: Path) -> None:
    with Player(Pushing(ROWS), PtyEnd()) as device:
        (heard,) = listening.hear(device.address, 1.0, baud=9600)
    assert heard.shape == "delimited"
    assert [cell.role for cell in heard.cells()] == ["", "position", "value", "time"]
    assert len(heard.rows) == len(ROWS)
    toml, wire = heard.toml("某厂 X1"), heard.wire("某厂 X1")
    values = [(line["position"], line["value"], line["measured_at"]) for line in listening.check(toml, wire)]
    assert values == [(str(n), f"37.{n}", f"2026-08-07T10:31:4{n}") for n in range(4)]
    marked = heard.toml("X1", {"position": {"column": 1, "words": {"R": "A"}}, "value": {"column": 3}})
    assert 'words = { "R" = "A" }' in marked
    paths = listening.save(tmp_path / "forms", "某厂 X1", toml, wire)
    assert [path.name for path in paths] == ["某厂_X1.toml", "某厂_X1.wire"]
    with pytest.raises(Invalid, match=r"listen\.exists"):
        listening.save(tmp_path / "forms", "某厂 X1", toml, wire)
    with pytest.raises(Invalid, match=r"listen\.name"):
        listening.save(tmp_path, " / ", toml, wire)
    with pytest.raises(Invalid, match=r"listen\.form"):
        listening.save(tmp_path, "x", "[device]\n", wire)


def heard_of(*pieces: bytes) -> listening.Heard:
    raw = Raw(Serial(9600), 1.0, tuple(enumerate(pieces)))
    return listening.Heard(raw, guess(raw.data))


def test_columns_without_a_separator_are_cut_where_every_line_is_blank() -> None:
    heard = heard_of(b"no 01   37.4 POS\n", b"no 02    2.0 NEG\n", b"no 11  -12.5 ???\n")
    cells = heard.cells()
    assert [cell.samples[0] for cell in cells] == ["no", "01", "37.4", "POS"]
    toml = heard.marked("X", {1: "position", 2: "value", 3: "call"})
    assert '"???" = "none"' in toml
    lines = listening.check(toml, heard.wire("X"))
    assert [(line["position"], line["value"], line["call"]) for line in lines] == [
        ("01", "37.4", "positive"), ("02", "2.0", "negative"), ("11", "-12.5", None)
    ]  # fmt: skip
    with pytest.raises(Invalid, match=r"listen\.value"):
        heard.marked("X", {1: "position"})


def test_neighbouring_bytes_of_one_role_are_one_number() -> None:
    heard = heard_of(*(b"\xaa\x55" + bytes((n, n, 0xF0 - n, 9)) for n in range(1, 5)))
    assert heard.shape == "fixed"
    toml = heard.marked("X", {0: "position", 1: "value", 2: "value"})
    lines = listening.check(toml, heard.wire("X"))
    assert [(line["position"], line["value"]) for line in lines] == [
        (str(n), str(n * 256 + 0xF0 - n)) for n in range(1, 5)
    ]


def test_silence_and_noise_are_said() -> None:
    with Player(Pushing([]), PtyEnd()) as device, pytest.raises(NotFound, match=r"listen\.silent"):
        listening.hear(device.address, 0.1, baud=9600)
    with Player(Pushing([bytes(range(128, 160))]), PtyEnd()) as device:
        (heard,) = listening.hear(device.address, 0.6, baud=9600)
    with pytest.raises(NotFound, match=r"listen\.nothing"):
        heard.toml("x")
    with pytest.raises(DriverError, match="port_missing"):
        listening.hear("/dev/ttyNONE9", 0.1, baud=9600)


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    with Player(Pushing(ROWS), PtyEnd()) as device:
        wanted = [
            "instruments",
            "listen",
            device.address,
            "X1",
            "--to",
            str(tmp_path),
            "--seconds",
            "1",
            "--baud",
            "9600",
        ]
        done = CliRunner().invoke(program("wire"), wanted)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["X1.toml", "X1.wire"]


SHAPE = FrameShape(b"\xaa\x55", SUM8, b"\x16", width=1, plus=5, head=3, least=5)
FRAMES = b"".join(SHAPE.build(b"", bytes((n, 0, 100 + n)) + bytes(n % 3)) for n in range(1, 7))


def test_frames_are_marked_and_read_back_with_their_check() -> None:
    heard = heard_of(FRAMES)
    assert (heard.shape, heard.frame["check"], heard.frame["end"]) == ("framed", "sum8", "16")
    toml = heard.marked("X", {0: "position", 1: "value", 2: "value"})
    lines = listening.check(toml, heard.wire("X"))
    assert [(line["position"], line["value"], line["flags"]) for line in lines] == [
        (str(n), str(100 + n), ["unknown_item"]) for n in range(1, 7)
    ]
    spoilt = heard.wire("X").replace("01 00 65", "01 00 64")
    assert "error" in listening.check(toml, spoilt)[0]


def test_a_person_says_how_frames_look_where_the_guess_is_wrong() -> None:
    heard = heard_of(FRAMES[:18])
    said = {**heard_of(FRAMES).frame, "most": "64"}
    assert heard.reframed(said).shape == "framed"
    with pytest.raises(MapError, match="missing"):
        heard.reframed({"start": "AA 55"})
    with pytest.raises(NotFound, match=r"listen\.nothing"):
        heard.reframed({**said, "check": "crc8"})


REGISTERS = {"unit_id": "1", "function": "3", "word_order": "big", "status": "0", "ready": "2", "run_number": "1",
             "value": "10", "type": "uint16", "scale": "0.1", "channels": "12", "stride": "1", "unit": "%"}  # fmt: skip


def test_registers_are_described_without_a_programmer_and_handed_on(tmp_path: Path, lab: Lab) -> None:
    toml = describing.registers("某厂 M1", REGISTERS)
    found = register_map.load({"map": toml})
    assert (found.blocks[0].count, len(found.results[0].positions), found.status.window.address) == (
        22,
        12,
        0,
    )
    (path,) = listening.save(tmp_path, "M1", toml, kind="modbus_reader")
    lab.device(Device("M1", "M1", "modbus_reader", "SN1", "127.0.0.1:1", "DOCUMENT", {"map": str(path)}))
    path.unlink()
    owned = lab.as_("zheng").ask(equipment.instruments)[0]
    assert owned.settings["map"] == toml
    out = describing.export(lab.station, "M1", tmp_path / "out.toml")
    assert describing.taken(out)[0] == "modbus_reader"
    assert "某厂 M1" in out.read_text("utf-8")
    with pytest.raises(Invalid, match=r"listen\.exists"):
        describing.export(lab.station, "M1", out)
    plain = tmp_path / "M1.txt"
    plain.write_text(toml, "utf-8")
    lab.device(Device("M2", "M2", "modbus_reader", "SN2", "127.0.0.1:2", "DOCUMENT", {"map": str(plain)}))
    assert describing.taken(describing.export(lab.station, "M2", tmp_path / "M2.toml"))[0] == "modbus_reader"
    done = CliRunner().invoke(
        program("instruments"), ["instruments", "import", str(out), "--dir", str(tmp_path / "other")]
    )
    assert (done.exit_code, (tmp_path / "other" / "forms" / "out.toml").exists()) == (0, True), done.output


def test_what_is_no_description_is_refused_with_its_reason(tmp_path: Path, lab: Lab) -> None:
    with pytest.raises(Invalid, match=r"listen\.number"):
        describing.registers("x", {**REGISTERS, "value": "ten"})
    other = tmp_path / "other.toml"
    other.write_text("[device]\n")
    for wrong, code in ((other, r"listen\.foreign"), (tmp_path / "none", r"wire\.file")):
        with pytest.raises(Invalid, match=code):
            describing.taken(wrong)
    for name, code in (("none", r"instrument\.unknown"), (lab.instrument(), r"listen\.no_description")):
        with pytest.raises(NotFound, match=code):
            describing.export(lab.station, name, tmp_path / "x")
    with pytest.raises(Invalid, match=r"listen\.kind"):
        describing.checked("dayuan_tl310", "")
    with pytest.raises(Invalid, match=r"wire\.settings"):
        lab.device(Device("F1", "F1", "profile_file", "/", "COM1", "DOCUMENT", {"form": "/none/x.toml"}))
