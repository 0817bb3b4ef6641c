"""Workbooks: what is written is read back by two readers, nothing becomes a formula, no half file is left."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lims.errors import Invalid
from lims.reports import workbook
from lims.reports.workbook import Column, Sheet

DANGEROUS = [
    "=1+1",
    "+86 591",
    "-3",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "#N/A",
    "TRUE",
    "1.50",
    "2026-11-23",
    " padded ",
]


def written(*rows: object, kind: str = "text") -> bytes:
    """Return a workbook of one column."""
    file = io.BytesIO()
    column = Column("内容", kind)  # type: ignore[arg-type] # one of the four kinds, as a test names it
    workbook.write(file, [Sheet("登记表", [column], [(row,) for row in rows])])
    return file.getvalue()


def read(book: bytes) -> list[object]:
    """Return the first column under its head as openpyxl reads it."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    found: list[object] = [row[0] for row in opened.worksheets[0].iter_rows(min_row=2, values_only=True)]
    opened.close()
    return found


def calamine(book: bytes) -> list[object]:
    """Return the first column under its head as calamine reads it."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    cells: list[object] = [row[0] for row in sheet.to_python()]
    return cells[1:]


def test_entities_of_a_hostile_file_are_refused() -> None:
    assert openpyxl.DEFUSEDXML is True


def test_no_cell_becomes_a_formula() -> None:
    book = written(*DANGEROUS)
    assert read(book) == DANGEROUS
    assert calamine(book) == DANGEROUS
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == len(DANGEROUS) + 1


def test_what_looks_like_a_formula_stays_text_when_it_is_edited() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(written(*DANGEROUS[:12], "普通")))
    quoted = [cell.quotePrefix for (cell,) in opened.worksheets[0].iter_rows(min_row=2)]
    assert quoted == [True] * 12 + [False]


@given(
    st.lists(
        # calamine itself drops a cell of blanks alone
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
        max_size=12,
    )
)
@settings(max_examples=40, deadline=None)
def test_any_text_comes_back(texts: list[str]) -> None:
    book = written(*texts)
    expected = [workbook._plain(text).replace("_x005F_", "_") for text in texts]
    assert [str(cell).replace("_x005F_", "_") for cell in read(book)] == expected
    assert [str(cell).replace("_x005F_", "_") for cell in calamine(book)] == expected


def test_what_xml_cannot_hold_is_written_out() -> None:
    assert read(written("a\x07b\r\ud800\u202e\uffff")) == ["a<U+0007>b<U+000D><U+D800><U+202E><U+FFFF>"]


def test_an_escape_of_excel_is_not_taken_for_a_letter() -> None:
    assert calamine(written("_x0041_"))[0] in ("_x0041_", "_x005F_x0041_")
    sheet = zipfile.ZipFile(io.BytesIO(written("_x0041_"))).read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_" in sheet


@pytest.mark.parametrize("letter", ["长", "𩽾"])
def test_a_text_that_is_too_long_says_so(letter: str) -> None:
    fitting, long = letter * (32_767 // len(letter.encode("utf-16-le")) * 2), letter * 40_000
    (kept,) = read(written(fitting[:16_000]))
    assert kept == fitting[:16_000]
    (cut,) = read(written(long))
    assert isinstance(cut, str)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert cut.startswith(letter * 16_000)
    assert cut.endswith("共 40000 字〕")


def test_decimals_are_numbers_only_where_every_digit_is_kept() -> None:
    values = [Decimal("95.20"), Decimal("-0.001"), Decimal("7E+3"), 12, Decimal("12345678901234.5")]
    assert read(written(*values, kind="number")) == [95.2, -0.001, 7000, 12, 12345678901234.5]
    opened = openpyxl.load_workbook(io.BytesIO(written(*values, kind="number")))
    assert opened.worksheets[0]["A2"].number_format == "0.00"
    kept = [Decimal("1234567890123456.5"), Decimal("NaN"), Decimal("1E+20"), 10**16, 1.5, "95.20", "<50"]
    texts = ["1234567890123456.5", "NaN", "100000000000000000000", str(10**16), "1.5", "95.20", "<50"]
    assert read(written(*kept, kind="number")) == texts
    assert read(written(Decimal("95.20"))) == ["95.20"]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
@settings(max_examples=40, deadline=None)
def test_a_number_is_the_number_that_was_given(value: Decimal) -> None:
    (found,) = read(written(value, kind="number"))
    assert Decimal(repr(found) if isinstance(found, float) else str(found)) == value


def test_days_and_moments_are_dates_by_the_laboratory_s_clock() -> None:
    moment = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert read(written(moment, kind="datetime")) == [datetime(2026, 11, 24, 7, 30)]  # noqa: DTZ001 - Excel has none
    assert calamine(written(date(2026, 11, 23), kind="date")) == [date(2026, 11, 23)]
    naive = datetime(2026, 11, 23, 7, 30)  # noqa: DTZ001 - that is what is tested
    assert read(written(naive, date(1850, 1, 1), "待定", None, "末", kind="datetime")) == [
        "2026-11-23 07:30:00",
        "1850-01-01",
        "待定",
        None,
        "末",
    ]


def test_the_head_is_frozen_and_filters() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written("a", "b"))).worksheets[0]
    assert sheet["A1"].value == "内容"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:A3"
    assert sheet.column_dimensions["A"].width == 16


def test_a_title_that_excel_refuses_is_made_fit() -> None:
    file = io.BytesIO()
    workbook.write(file, [Sheet("2026/11: [全县]?" + "长" * 40, [Column("a")], [])])
    title = openpyxl.load_workbook(io.BytesIO(file.getvalue())).sheetnames[0]
    assert title.startswith("2026-11- -全县--长")
    assert title.endswith("…")
    assert len(title) == 31


def test_a_list_too_long_for_a_sheet_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(written(*"abcdefg")))
    assert book.sheetnames == ["登记表", "登记表 (2)", "登记表 (3)"]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["内容"] * 3
    assert [[c for (c,) in s.iter_rows(min_row=2, values_only=True)] for s in book.worksheets] == [
        ["a", "b", "c"],
        ["d", "e", "f"],
        ["g"],
    ]


class StoppedError(Exception):
    """A person pressed cancel."""


def test_progress_is_told_and_may_stop_the_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(drafts))
    target = tmp_path / "out" / "register.xlsx"
    target.parent.mkdir()
    sheet = Sheet("a", [Column("n", "number")], [(n,) for n in range(1200)])
    told: list[int] = []
    workbook.write(target, [sheet], told.append)
    assert told == [500, 1000, 1200]
    before = target.read_bytes()

    def stop(_rows: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        workbook.write(target, [sheet], stop)
    assert target.read_bytes() == before
    assert list(target.parent.iterdir()) == [target]
    assert list(drafts.iterdir()) == []


def test_rows_that_fail_leave_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "register.xlsx"
    target.write_bytes(b"old")

    def rows() -> Iterator[tuple[object, ...]]:
        yield ("a",)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        workbook.write(target, [Sheet("a", [Column("a")], rows())])
    with pytest.raises(ValueError, match="a row of 2 under 1 columns"):
        workbook.write(target, [Sheet("a", [Column("a")], [("1", "2")])])
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["register.xlsx"]


def test_a_place_that_cannot_be_written_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        workbook.write(tmp_path / "nowhere" / "register.xlsx", [Sheet("a", [Column("a")], [])])
    assert caught.value.code == "workbook.unwritable"
    assert str(caught.value.values["file"]).endswith("register.xlsx")


def test_a_workbook_without_a_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a sheet"):
        workbook.write(io.BytesIO(), [])
