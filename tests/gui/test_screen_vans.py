"""Vans on the screen: a stick goes to the county and its reply comes back; a person decides about forks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui import gallery
from gui.shell import Shell
from gui.world import World
from lims.app import open_laboratory
from lims.bench.traffic import Traffic
from lims.queries import samples
from lims.sync import arrivals, members, outbox, sets
from lims.sync.serve import Service
from tests.gui.lab import press, scan, settle, window, write
from tests.laboratory import PASSWORD, Lab
from tests.lims.services.test_handing import given
from tests.lims.sync.pruned import back_up, filed
from tests.lims.sync.vans import Van, county_and_van


@pytest.fixture
def van(dressed: QApplication, tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()
    dressed.processEvents()


def on_board(van: Van) -> Lab:
    """Return the van's laboratory; its people came with the county's set."""
    return Lab(van.laboratory, dict(van.county.accounts))


def ready(shell: Shell) -> None:
    settle(shell, lambda: shell.shown.side is not None)
    settle(shell)


def test_a_stick_goes_to_the_county_and_its_reply_comes_back(van: Van, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    van.act(7)
    with window(on_board(van), "lin", "vans") as shell:
        ready(shell)
        assert "acts" in shell.shown.side._big.text()
        press(shell, "W")
        shell.shown.side.form.fill({"folder": str(stick / "gone")})
        press(shell, "Return")
        settle(shell, shell.banners.sentences)
        shell.shown.side.form.fill({"folder": str(stick)})
        press(shell, "Return")
        settle(shell, lambda: list(stick.glob("*.kjbundle")))
        assert gallery.faults_in(shell, "van") == []
    with window(van.county, "zheng", "vans") as shell:
        ready(shell)
        press(shell, "Return")
        shell.shown.side.form.fill({"folder": str(stick)})
        press(shell, "Return")
        settle(shell, lambda: list(stick.glob("LV01.kjreply")))
        settle(shell, lambda: shell.shown.side._stations["LV01"].last is not None)
        press(shell, "3")
        settle(shell, lambda: shell.shown.side.tables["taken"].model().rowCount() == 1)
        assert gallery.faults_in(shell, "county") == []
    assert Traffic(van.laboratory).take(str(stick)).accepted is not None
    assert van.lims.ask(outbox.known).last > 0


def test_the_county_reads_a_vans_sample_and_leaves_changing_it_to_the_van(van: Van) -> None:
    number = on_board(van).draw(food="韭菜")
    van.sync()
    with window(van.county, "zheng", "samples") as shell:
        settle(shell, lambda: shell.shown._trail is not None)
        assert shell.shown._trail.number == number
        assert not shell.shown.table.isColumnHidden(6)
        missing = {act.key: act.missing for act in shell.acts()}
        assert (missing["F7"], missing["F8"], missing["Return"]) == ("", "", "")
        assert missing["F9"] == "only 快检车 LV01 itself may"
        assert "changed there" in shell.shown.sentence()


def test_a_van_gives_a_bag_to_the_county_which_receives_it(van: Van) -> None:
    board = on_board(van)
    number = board.draw(food="韭菜")
    with window(board, "chen", "custody") as shell:
        shell.shown.arrived(number=number, act="F6")
        settle(shell, lambda: shell.shown.form is not None)
        told = {"direction": "give", "own_password": PASSWORD, "other": "ours", "login": "lin"}
        told |= {"password": PASSWORD, "place": "县快检中心", "seal": "F0001", "seal_state": "intact"}
        shell.shown.form.fill({**told, "condition": "good", "temperature": "4.5", "decision": "county"})
        settle(shell)
        assert gallery.faults_in(shell, "to_county") == []
        press(shell, "Return")
        settle(shell, lambda: shell.shown.act is None)
    van.sync()
    with window(van.county, "lin", "reception") as shell:
        scan(shell, number)
        settle(shell, lambda: shell.shown._open is not None)
        assert "快检车 LV01 handed it over" in shell.shown._line.text()
        assert gallery.faults_in(shell, "from_van") == []
        press(shell, "F8")
        assert gallery.faults_in(shell, "give_back") == []
        write("袋子没有来", shell.shown.asking.fields["reason"])
        press(shell, "Return")
        settle(shell, lambda: not shell.shown.asking.active)
        assert "快检车 LV01" in shell.shown._line.text()
        scan(shell, number)
        settle(shell, shell.banners.sentences)
        assert "given back to 快检车 LV01" in shell.banners.sentences()[0]
    with window(board, "chen", "samples") as shell:
        World(shell.desk).begin()
        van.sync()
        settle(shell, lambda: any(number in one for one in shell.banners.sentences()))
    given(board, number)
    van.sync()
    with window(van.county, "lin", "reception") as shell:
        scan(shell, number)
        settle(shell, lambda: shell.shown._open is not None)
        press(shell, "F7")
        settle(shell, lambda: shell.shown._open is None)
    assert [row.number for row in van.county.as_("lin").ask(samples.own)] == [number]
    with window(board, "lin", "reception") as shell:
        scan(shell, number)
        settle(shell, lambda: "Handed to the county" in shell.shown._line.text())


def test_a_vans_disk_is_freed_by_the_countys_reply(van: Van, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    board = on_board(van)
    filed(board, tmp_path, "一份")
    van.sync()
    back_up(van, tmp_path / "usb")
    with window(board, "zheng", "vans") as shell:
        ready(shell)
        press(shell, "F")
        shell.shown.side.form.fill({"folder": str(stick)})
        press(shell, "Return")
        settle(shell, shell.banners.sentences)
        (stick / "LV01.kjreply").write_bytes(van.reply())
        press(shell, "Return")
        settle(shell, lambda: not list(van.laboratory.folder.attachments.iterdir()))
        assert "1 files left" in shell.toast._label.text()
        assert shell.banners.sentences() == []
        settle(shell, lambda: "so far: 1 files" in shell.shown.side._more.text())


def test_a_van_sends_by_net_and_says_that_it_is_away(van: Van) -> None:
    service = Service(van.county.laboratory, "127.0.0.1", 0)
    port = service.start()
    lab = on_board(van)
    with window(lab, "zheng", "vans") as shell:
        ready(shell)
        assert "U sets it" in next(act.missing for act in shell.acts() if act.primary)
        press(shell, "U")
        shell.shown.side.form.fill({"url": f"https://127.0.0.1:{port}"})
        press(shell, "Return")
        settle(shell, lambda: not next(act.missing for act in shell.acts() if act.key == "Return"))
        press(shell, "Return")
        settle(shell, lambda: "everything is there" in shell.shown.side._big.text())
        service.stop()
        van.act(8)
        press(shell, "Return")
        settle(shell, lambda: "cannot be reached" in " ".join(shell.banners.sentences()))


def test_a_fork_is_decided_and_a_stolen_van_revoked(van: Van, tmp_path: Path) -> None:
    van.act(1)
    van.laboratory.close()
    shutil.copytree(tmp_path / "LV01", tmp_path / "old")
    van.laboratory = open_laboratory(tmp_path / "LV01")
    old = Van(open_laboratory(tmp_path / "old"), van.county, tmp_path / "old-out")
    van.act(2)
    van.sync()
    old.act(3)
    assert old.send(old.make())[0].word == "fork"
    with window(van.county, "zheng", "vans") as shell:
        ready(shell)
        assert shell.shown.side._stations["LV01"].state == "stopped"
        press(shell, "2", "D")
        shell.shown.side.form.fill({"word": "held", "reason": "旧硬盘已封存"})
        press(shell, "Return")
        settle(shell, lambda: not van.county.station.ask(arrivals.matters)[0].open)
        press(shell, "1", "P")
        shell.shown.side.form.fill({"kind": "limits", "days": "30"})
        press(shell, "Return")
        settle(shell, lambda: any(one.kind == "limits" for one in van.county.station.ask(sets.issued)))
        press(shell, "X")
        write("被盗")
        press(shell, "Return")
        settle(shell, lambda: van.county.station.ask(members.members)[0].state == "revoked")
    old.laboratory.close()


def test_a_van_is_founded_and_admitted_at_the_screen(van: Van, tmp_path: Path) -> None:
    folder = tmp_path / "charters"
    folder.mkdir()
    with window(van.county, "zheng", "vans") as shell:
        ready(shell)
        press(shell, "N")
        shell.shown.side.form.fill(
            {"name": "二号车", "site": "lv2", "station": "lv02", "folder": str(folder)}
        )
        press(shell, "Return")
        settle(
            shell,
            lambda: (
                (folder / "LV02.kjcharter").is_file() and "code of" in " ".join(shell.banners.sentences())
            ),
        )
        code = " ".join(shell.banners.sentences()).partition(": ")[2][:19]
        laboratory = members.join(folder / "LV02.kjcharter", code, tmp_path / "LV02")
        (answer,) = (tmp_path / "LV02").glob("*.kjanswer")
        print_ = Traffic(laboratory).here().fingerprint
        press(shell, "A")
        shell.shown.side.form.fill({"file": str(answer), "read": print_})
        press(shell, "Return")
        settle(shell, lambda: van.county.station.ask(members.members)[1].state == "admitted")
        laboratory.close()
    assert [one.name for one in van.county.station.ask(arrivals.standings)] == ["快检车 LV01", "二号车"]
