"""Rows 7 and 9: the register as a workbook, the slip as a PDF."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import segno
from openpyxl import Workbook, load_workbook

from lims.queries.register import Line
from lims.reports import register, slip
from tests.bench.harness import Book, Goal, in_turns
from tests.lims.reports.papers import SEAL, content

LINES = 800
AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
HEAD = [str(number) for number in range(20)]


def line(number: int) -> Line:
    return Line(
        f"LJ01261123{number:05d}", AT, "凤城镇", f"凤城农贸市场 {number % 90} 号", "豇豆", "种植业产品", "流通",
        "快检", "certified", "有机磷和氨基甲酸酯类农药", "GBT5009.199-2003", "抑制率法", Decimal(number % 100), "%",
        "阴性", "approved", "TL310-1", AT, "林海燕", "陈国栋",
    )  # fmt: skip


def plainly(path: Path, lines: list[Line]) -> None:
    """Write the same cells as everybody does: a whole workbook in memory."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    for one in lines:
        cells = [getattr(one, name) for name in Line.__slots__]
        sheet.append([cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in cells])
    book.save(path)


def test_7_the_register_against_plain_openpyxl(book: Book, tmp_path: Path) -> None:
    lines = [line(number) for number in range(LINES)]
    own, other = tmp_path / "register.xlsx", tmp_path / "plain.xlsx"
    found = in_turns(lambda: register.write(own, lines), lambda: plainly(other, lines), 3)
    goal = Goal(why="informative: safe cells, whole or not at all")
    line_ = book.note("7", "register of 19 columns", found.rates(LINES, "lines"), found.faster, goal)
    assert line_.ratio
    sheet = load_workbook(own, read_only=True).active
    assert sheet is not None
    assert sum(1 for _ in sheet.values) == LINES + 1


def test_9_a_slip_and_the_same_bytes_twice(book: Book) -> None:
    text, same = SEAL.text(), content()
    first, second = (hashlib.sha256(slip.render(same, SEAL)).hexdigest() for _ in range(2))
    found = in_turns(lambda: slip.render(same, SEAL), lambda: list(segno.make(text).matrix_iter()))
    goal = Goal(why="goals are for weasyprint, not here")
    note = f"same bytes twice: {'yes' if first == second else 'NO'}; the reference is its QR code alone"
    book.note("9", "slip as PDF, Chinese embedded, QR", found.rates(1, "pages"), found.faster, goal, note)
    assert first == second
