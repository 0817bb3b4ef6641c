"""An unknown device is heard on a real port, its columns marked by keys, its description saved and read back."""

from pathlib import Path

from drivers import register_map, registry
from drivers.decode import decode
from drivers.links.far import PtyEnd
from drivers.player import Player
from drivers.simulators.pushing import Pushing
from drivers.wire_form import load
from gui import gallery
from lims.bench import describing
from lims.queries import equipment
from protocols import transcript
from protocols.frames import SUM8, FrameShape
from tests.gui.lab import Lab, found, press, settle, window

ROWS = [f"R,{n},豇豆,37.{n},2026-08-07 10:31:4{n}\r\n".encode("gb18030") for n in range(4)]

SHAPE = FrameShape(b"\xaa\x55", SUM8, b"\x16", width=1, plus=5, head=3, least=5)
FRAMES = b"".join(SHAPE.build(b"", bytes((n, 0, 100 + n)) + bytes(n % 3)) for n in range(1, 7))


def test_a_device_is_described_by_keys(lab: Lab) -> None:
    with Player(Pushing(ROWS), PtyEnd()) as device, window(lab, "zheng", "listen") as shell:
        screen = shell.shown
        assert "still missing" in shell.acts()[-1].missing
        screen.form.fill({"name": "某厂 X1", "port": device.address, "baud": "9600", "parity": "N"})
        screen.listen()
        settle(shell, lambda: b"37.3".hex(" ").upper() in screen.said.toPlainText(), 20)
        press(shell, "Escape")
        settle(shell, lambda: screen.heard is not None)
        assert screen.marks == {1: "position", 3: "value", 4: "time"}
        screen.table.choose("2")
        press(shell, "S")
        assert screen.marks[2] == "sample"
        screen.table.choose("1")
        press(shell, "P")
        assert 1 not in screen.marks
        press(shell, "P")
        assert gallery.faults_in(shell, "listen") == []
        screen.save()
        forms = lab.laboratory.folder.root / "forms"
        settle(shell, (forms / "某厂_X1.wire").exists)
        form = load({"form": str(forms / "某厂_X1.toml")})
        assert set(form.fields) == {"position", "sample", "value", "time"}
        assert form.encoding == "gb18030"


def test_a_silent_port_is_said(lab: Lab) -> None:
    with window(lab, "lin", "listen") as shell:
        screen = shell.shown
        screen.form.fill({"name": "X", "port": "/dev/ttyNONE5", "baud": "9600"})
        screen.listen()
        settle(shell, lambda: "error.port_missing" in shell.banners._told)
        assert not screen.listening


def test_registers_are_written_down_from_the_manual(lab: Lab) -> None:
    with window(lab, "zheng", "listen") as shell:
        screen = shell.shown
        screen.form.fill({"name": "M1", "port": "COM9"})
        screen.table.setFocus()
        press(shell, "M")
        said = {"function": "3", "word_order": "big", "status": "0", "ready": "2", "run_number": "1", "value": "10",
                "type": "uint16", "channels": "12"}  # fmt: skip
        screen.registers.form.fill(
            {**screen.registers.form.raw(), **said, "channels": "1000000000", "unit_id": "248"}
        )
        press(shell, "Ctrl+Return")
        assert screen.registers.form.missing() == ["Unit number", "Number of channels"]
        screen.registers.form.fill({**said, "unit_id": "1"})
        assert gallery.faults_in(shell, "listen") == []
        press(shell, "Ctrl+Return")
        forms = lab.laboratory.folder.root / "forms"
        settle(shell, (forms / "M1.toml").exists)
        assert len(register_map.load({"map": str(forms / "M1.toml")}).results[0].positions) == 12
        settle(shell, lambda: screen.left.currentIndex() == 0)


def test_frames_are_described_where_the_guess_is_wrong(lab: Lab) -> None:
    with Player(Pushing([FRAMES]), PtyEnd()) as device, window(lab, "zheng", "listen") as shell:
        screen = shell.shown
        screen.form.fill({"name": "X2", "port": device.address, "baud": "9600", "parity": "N"})
        screen.listen()
        settle(shell, lambda: "AA 55" in screen.said.toPlainText(), 20)
        press(shell, "Escape")
        settle(shell, lambda: screen.heard is not None and screen.heard.shape == "framed")
        press(shell, "D")
        assert screen.frame.form.raw()["check"] == "sum8"
        screen.frame.form.fill({**screen.frame.form.raw(), "end": ""})
        press(shell, "Ctrl+Return")
        settle(shell, lambda: "error.listen.nothing" in shell.banners._told)
        press(shell, "Escape")
        assert screen.heard.frame["end"] == "16"


def test_a_technician_goes_from_an_unknown_frame_to_readings_in_another_laboratory(
    lab: Lab, tmp_path: Path
) -> None:
    frames = [SHAPE.build(b"", bytes((n,)) + (3700 + n).to_bytes(2, "little")) for n in range(1, 7)]
    with Player(Pushing(frames), PtyEnd()) as device, window(lab, "zheng", "listen") as shell:
        screen = shell.shown
        screen.form.fill({"name": "X3", "port": device.address, "baud": "9600", "parity": "N"})
        screen.listen()
        settle(shell, lambda: "AA 55" in screen.said.toPlainText(), 20)
        press(shell, "Escape")
        settle(shell, lambda: screen.heard is not None and screen.heard.frame.get("check") == "sum8")
        at = {cell.samples[:2]: str(place) for place, cell in enumerate(screen.heard.cells())}
        screen.table.choose(at["01", "02"])
        press(shell, "P")
        for place in (at["75", "76"], at["0E", "0E"]):
            screen.table.choose(place)
            press(shell, "V")
        settle(shell, lambda: screen.reads.model().index(0, 3).data() == str(0x750E))
        press(shell, "W")
        screen.counted.form.fill(
            {"item": "亚硝酸盐", "unit": "mg/kg", "scale": "0.01", "order": "little", "type": "uint"}
        )
        press(shell, "Ctrl+Return")
        settle(shell, lambda: screen.reads.model().index(0, 3).data() == "37.01")
        assert gallery.faults_in(shell, "listen") == []
        press(shell, "Ctrl+Return")
        forms = lab.laboratory.folder.root / "forms"
        settle(shell, lambda: "Add the device" in [one.word for one in shell.acts()])
        press(shell, "N")
        settle(
            shell, lambda: shell.shown.form.form is not None and shell.shown.form.form.raw()["settings"] != ""
        )
        adding = shell.shown.form.form
        assert (adding.raw()["profile"], adding.raw()["port"]) == ("profile_file", device.address)
        adding.fill({"id": "X3-1", "name": "某厂 X3", "serial": "0007"})
        press(shell, "Ctrl+Return")
        settle(shell, lambda: [one.id for one in lab.as_("lin").ask(equipment.instruments)] == ["X3-1"])
    exported = describing.export(lab.as_("zheng"), "X3-1", tmp_path / "from_lj.toml")
    with window(found(tmp_path / "other"), "zheng", "listen") as shell:
        screen = shell.shown
        screen.table.setFocus()
        press(shell, "O")
        screen.taken.form.fill({"file": str(exported)})
        press(shell, "Ctrl+Return")
        settle(shell, lambda: "Add the device" in [one.word for one in shell.acts()])
        form = screen._made["settings"].removeprefix("form=")
        wire = (forms / "X3.wire").read_text("utf-8")
    read = decode(registry.profile("profile_file"), transcript.read(wire), {"form": form})
    assert [(one["position"], one["value"], one["unit"], one["item"]) for one in read] == [
        (str(n), f"37.0{n}", "mg/kg", "亚硝酸盐") for n in range(1, 7)
    ]
