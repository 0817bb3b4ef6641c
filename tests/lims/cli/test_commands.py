"""Commands as a person types them: what they print, their exit status, a sentence for every fault."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lims.cli import main

B3 = "7E 16 15 00 FF 02 00 01 00 03 00 13 08 07 0A 1F 2C 00 0C 00 00 76 01 02 00 C6 AA"


def run(*arguments: str) -> int:
    return main.run(arguments)


def test_wire_decode_prints_one_object_a_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wire", "decode", "dayuan_tl310", "--hex", B3) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert list(found) == [
        "instrument", "position", "sample", "item", "value", "unit", "call", "flags", "measured_at", "extra",
    ]  # fmt: skip
    assert (found["value"], found["call"], found["position"]) == ("37.4", "negative", "3")
    assert found["measured_at"] == "2019-08-07T10:31:44"


def test_a_broken_frame_is_an_error_and_never_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("wire", "decode", "dayuan_tl310", "--hex", B3.replace("76", "77")) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["error"], one["offset"]) for one in found] == [("check", 0)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("wire", "decode", "dayuan_tl310", "--hex", "7E 1"), "不是十六进制"),
        (("wire", "decode", "no_such", "--hex", "7E"), "没有仪器"),
        (("wire", "decode", "dayuan_tl310", "/nowhere/at.all"), "打不开文件"),
        (("wire", "decode", "modbus_reader", "--settings", "{tmp}/list.json", "--hex", "00"), "仪器设置文件"),
        (("instruments", "play", "dayuan_tl310", "--file", "/nowhere/at.wire"), "打不开文件"),
        (("instruments", "play", "dayuan_tl310", "--tcp", "99999"), "TCP 端口"),
        (("instruments", "find", "127.0.0.1:99999"), "端口“127.0.0.1:99999”不适合"),
        (("instruments", "find", "127.0.0.1:1", "--expect", "biorad_550"), "不适合"),
        (("instruments", "find", "--expect", "no_such"), "没有仪器“no_such”"),
        (("instruments", "find", "--expect", "dayuan_dy723pc"), "无法查找“dayuan_dy723pc”"),
        (("capture", "/dev/nowhere0", "dayuan_tl310"), "没有端口"),
        (("capture", "/dev/nowhere0", "dayuan_tl310", "-o", "{tmp}/no/where.wire"), "打不开文件"),
        (("quota", "--year", "2026", "--dir", "{tmp}/none"), "还没有实验室"),
        (("audit", "verify", "--dir", "{tmp}/none"), "还没有实验室"),
        (("found", "--name", "x", "--station", "lj", "--dir", "{tmp}/bad"), "两个大写字母"),
        (("quota", "--year", "2026", "--database", "mysql://x"), "数据库"),
    ],
)
def test_each_fault_is_a_sentence(
    arguments: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.json").write_text("[1]", "utf-8")
    assert run(*(part.format(tmp=tmp_path) for part in arguments)) == 1
    said = capsys.readouterr()
    assert says in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_bytes_are_decoded_without_what_is_slow() -> None:
    code = "import sys, lims.cli.wire; print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"


@pytest.mark.parametrize("arguments", [("no-such-command",), ("quota",), ("quota", "--year", "x")])
def test_a_wrong_word_on_the_command_line_ends_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = io.TextIOWrapper(io.BytesIO(bytes.fromhex(B3)))
    monkeypatch.setattr(sys, "stdin", data)
    assert run("wire", "decode", "dayuan_tl310") == 0
    assert json.loads(capsys.readouterr().out)["value"] == "37.4"


def test_instruments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("instruments", "--json") == 0
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert {"astm_lis2", "dayuan_cards", "dayuan_tl310", "modbus_reader", "taiyang_ttnj"} <= set(found)
    assert {one["evidence"] for one in found.values()} <= {"DOCUMENT", "CAPTURE", "BENCH"}


def test_a_laboratory_is_founded_and_worked_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--dir", str(tmp_path / "lab"))
    monkeypatch.setenv("KUAIJIAN_PASSWORD", "Kuai-jian-2026")
    assert run("found", "--name", "连江县快检室", *where) == 0
    assert run("person", "--login", "zheng", "--name", "郑质量", "--roles", "manager", *where) == 0
    town = ("--township", "350122100", "--year", "2026", "--people", "92136", "--source", "公报")
    assert run("population", "--as", "zheng", *town, *where) == 0
    capsys.readouterr()
    assert run("quota", "--year", "2026", "--json", *where) == 0
    found = {one["code"]: one for one in json.loads(capsys.readouterr().out)["townships"]}
    assert (found["350122100"]["target"], found["350122101"]["basis"]) == (461, "no basis")
    assert run("person", "--login", "x", "--name", "x", "--roles", "manager", *where) == 1
    assert "管理员" in capsys.readouterr().err
    assert run("audit", "verify", *where) == 0


def test_a_device_is_played_on_a_port_that_is_printed() -> None:
    command = [sys.executable, "-m", "lims.cli", "instruments", "play", "taiyang_ttnj", "--tcp", "0"]
    with subprocess.Popen([*command, "--seconds", "1"], stdout=subprocess.PIPE, encoding="utf-8") as playing:
        assert playing.stdout is not None
        host, _, port = playing.stdout.readline().strip().rpartition(":")
        assert (host, port.isdigit()) == ("127.0.0.1", True)
        assert playing.wait(60) == 0
