"""An unknown device is heard, its wire described, the description read back and saved once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.errors import DriverError
from drivers.links.far import PtyEnd
from drivers.listening import Heard as Raw
from drivers.player import Player
from drivers.profile import Serial
from drivers.simulators.pushing import Pushing
from lims.bench import listening
from lims.cli.main import program
from lims.errors import Invalid, NotFound
from protocols.guess import guess

ROWS = [f"R,{n},37.{n},2026-08-07 10:31:4{n}\r\n".encode() for n in range(4)]


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
