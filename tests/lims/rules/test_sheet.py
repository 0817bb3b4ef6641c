"""Tables handed in: read alike from both forms, and refused at once where they could harm or deceive."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import Workbook

from lims.errors import Invalid
from lims.rules import sheet


def workbook(rows: list[list[object]], extra: dict[str, bytes] | None = None) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        for name, data in (extra or {}).items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_both_forms_say_the_same() -> None:
    rows: list[list[object]] = [["食品", "限量"], ["豇豆", "0.02"], ["", ""], ["韭菜", 5]]
    text = "食品,限量\n豇豆,0.02\n,\n韭菜,5\n"
    one = sheet.read("a.xlsx", workbook(rows))
    assert one == sheet.read("a.CSV", text.encode("gb18030")) == sheet.read("a.csv", text.encode("utf-8-sig"))
    assert [(line.number, line.cells) for line in one.lines] == [
        (2, {"食品": "豇豆", "限量": "0.02"}),
        (4, {"食品": "韭菜", "限量": "5"}),
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", b"", "sheet.kind"),
        ("a.xlsx", b"no zip", "sheet.broken"),
        ("a.xlsx", workbook([["a"]], {"xl/vbaProject.bin": b"x"}), "sheet.macro"),
        ("a.xlsx", workbook([["a"]], {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "sheet.link"),
        ("a.xlsx", workbook([["a"], ["=1+1"]]), "sheet.formula"),
        ("a.xlsx", workbook([["a"]], {"xl/media/bomb": b"\0" * (sheet.MOST_BYTES + 1)}), "sheet.large"),
        ("a.csv", b"", "sheet.heading"),
        ("a.csv", b"a,b,a\n", "sheet.twice"),
        ("a.csv", b"a\n" + b"1\n" * (sheet.MOST_ROWS + 1), "sheet.rows"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_could_harm_or_deceive_is_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        sheet.read(name, data)
    assert refused.value.code == code


def altered(change: Callable[[str], bytes], rows: list[list[object]]) -> bytes:
    """Return a workbook whose sheet is written otherwise than our library writes it."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(rows))) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in archive.namelist():
            said = archive.read(part)
            made.writestr(part, change(said.decode()) if part == "xl/worksheets/sheet1.xml" else said)
    return out.getvalue()


def hostile(declared: str) -> bytes:
    """Return a workbook whose sheet declares the entity `x` and holds it in a cell."""
    cell = '<c r="A1" t="inlineStr"><is><t>said &x;</t></is></c>'

    def change(text: str) -> bytes:
        filled = f'<sheetData><row r="1">{cell}</row></sheetData>'
        text = re.sub(r"<sheetData>.*</sheetData>", filled, text)
        return f"<!DOCTYPE worksheet [{declared}]>{text}".encode()

    return altered(change, [["a"]])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r"<(/?)(?=\w)", r"<\1x:", text).replace("xmlns=", "xmlns:x=").encode(),
        lambda text: ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16"),
        lambda text: text.replace("<f>", "<f\n>").encode(),
    ],
    ids=["prefix", "utf-16", "line end"],
)
def test_a_formula_is_found_however_it_is_written(change: Callable[[str], bytes]) -> None:
    with pytest.raises(Invalid) as refused:
        sheet.read("a.xlsx", altered(change, [["a"], ["=1+1"]]))
    assert refused.value.code == "sheet.formula"


def test_entities_are_neither_fetched_nor_made_large(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("kept to itself", "utf-8")
    laughs = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 9))
    for declared in (
        f'<!ENTITY x SYSTEM "{secret.as_uri()}">',
        f'<!ENTITY x0 "laugh">{laughs}<!ENTITY x "&x8;">',
        '<!ENTITY x "once">',
    ):
        begun = time.process_time()
        try:
            said = "".join(sheet.read("a.xlsx", hostile(declared)).headings)
        except Invalid as refused:
            said = refused.code
        assert time.process_time() - begun < 1
        assert said in {"sheet.broken", "said", "said &x;"}, said[:80]


@given(some.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_clear_refusal(data: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        assert taken_or_refused(name, data)


def taken_or_refused(name: str, data: bytes) -> bool:
    try:
        return any(sheet.read(name, data).headings)
    except Invalid as refused:
        return refused.code.startswith("sheet.")
