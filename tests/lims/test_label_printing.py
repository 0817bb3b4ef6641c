"""Labels through the door and the command line: counted before they are printed, again only with a reason."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zxingcpp

from lims.app import opened
from lims.cli import main
from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.queries import audit
from lims.queries import labels as questions
from lims.services import labels
from lims.services.labels import Printing
from tests.laboratory import PASSWORD, Lab, found_lab
from tests.lims.reports.papers import scanned
from tests.protocols.printers import print_tspl, print_zpl

SHEET = Printing("pdf", "sheet.pdf")


def test_printings_are_counted_and_a_second_one_needs_a_reason(lab: Lab) -> None:
    first, second = lab.draw(), lab.draw(food="花蛤")
    chen = lab.as_("chen")
    assert len(chen.do(labels.printed, [first, second, first], SHEET)) == 2
    with pytest.raises(RuleBroken, match=r"label\.reason") as refused:
        chen.do(labels.printed, [second], SHEET, reason="  ")
    assert refused.value.values["numbers"] == [second]
    lab.as_("lin").do(labels.printed, [second], Printing("zpl", "COM3", 2), reason="标签破损")
    found = lab.as_("zheng").ask(questions.prints, second)
    assert [(one.form, one.copies, one.label, one.reason, one.by) for one in found] == [
        ("pdf", 1, 1, "", "陈抽样"),
        ("zpl", 2, 3, "标签破损", "林检测"),
    ]
    assert lab.as_("zheng").ask(audit.verify).ok


def test_a_printing_that_cannot_be_is_not_counted(lab: Lab) -> None:
    number = lab.draw()
    chen = lab.as_("chen")
    with pytest.raises(Invalid) as refused:
        chen.do(labels.printed, [], Printing("exe", " ", 0))
    assert {problem.where for problem in refused.value.problems} == {"sample", "form", "printer", "copies"}
    with pytest.raises(NotFound):
        chen.do(labels.printed, [number, "LJ019901010001A"], SHEET)
    with pytest.raises(NotFound):
        chen.ask(questions.labels, ["LJ019901010001A"])
    with pytest.raises(NotAllowed):
        lab.as_("admin").do(labels.printed, [number], SHEET)
    assert chen.ask(questions.prints, number) == []


@pytest.fixture
def bench(tmp_path: Path) -> tuple[Path, str]:
    lab = found_lab(tmp_path / "lab")
    number = lab.draw()
    lab.close()
    return tmp_path / "lab", number


def label(bench: tuple[Path, str], *arguments: str) -> int:
    folder, number = bench
    who = ("--as", "chen", "--password", PASSWORD, "--dir", str(folder))
    return main.run(("label", number, *who, *arguments))


@contextmanager
def network_printer() -> Iterator[tuple[int, list[bytes]]]:
    """A printer on a port of its own that answers a status nobody asked for."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"\x00")
                while data := connection.recv(4096):
                    got.append(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], got
        thread.join(5)


def test_a_label_goes_to_a_file_in_each_form(bench: tuple[Path, str], tmp_path: Path) -> None:
    _, number = bench
    made = {form: tmp_path / f"label.{form}" for form in ("pdf", "zpl", "tspl")}
    for form, path in made.items():
        reason = () if form == "pdf" else ("--reason", "换标签机")
        assert label(bench, "--to", form, "-o", str(path), "--size", "60x40", *reason) == 0
    images = [print_zpl(made["zpl"].read_bytes())[0], print_tspl(made["tspl"].read_bytes())[0]]
    assert scanned(made["pdf"].read_bytes()) == [number, number]
    for paper in images:
        assert {code.text for code in zxingcpp.read_barcodes(paper.image)} == {number}


def test_a_label_goes_to_a_printer_on_the_network(bench: tuple[Path, str]) -> None:
    with network_printer() as (port, got):
        assert label(bench, "--to", "tspl", "--port", f"127.0.0.1:{port}", "--copies", "2") == 0
    (paper,) = print_tspl(b"".join(got))
    assert paper.copies == 2
    assert {code.text for code in zxingcpp.read_barcodes(paper.image)} == {bench[1]}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "pdf"), "一个去处"),
        (("--to", "doc", "-o", "x"), "没有“doc”"),
        (("--to", "zpl", "-o", "x", "--size", "50"), "不是毫米数"),
        (("--to", "zpl", "-o", "x", "--size", "20x20"), "放不下"),
        (("--to", "zpl", "--port", "tcp:127.0.0.1:99999"), "不是打印机地址"),
        (("--to", "zpl", "--port", "127.0.0.1:1"), "127.0.0.1:1"),
        (("--to", "zpl", "--port", "serial:/dev/no-such-port"), "/dev/no-such-port"),
    ],
)
def test_what_fails_is_a_sentence_and_is_not_counted(
    bench: tuple[Path, str], arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(bench, *arguments) == 1
    assert says in capsys.readouterr().err
    assert counted(bench) == 0


def counted(bench: tuple[Path, str]) -> int:
    with opened(bench[0]) as laboratory:
        return len(laboratory.lims.ask(questions.prints, bench[1]))


def test_a_second_label_without_a_reason_is_refused(
    bench: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(bench, "-o", str(tmp_path / "a.pdf")) == 0
    assert label(bench, "-o", str(tmp_path / "b.pdf")) == 1
    assert "补打原因" in capsys.readouterr().err
    assert not (tmp_path / "b.pdf").exists()
