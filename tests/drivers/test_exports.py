"""Exports as readers' programs lay them out: grids, lists, facts, workbooks; every figure at its well."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from drivers.exports import TableError, sheets, well_of
from drivers.moments import moment_of
from drivers.registry import profile
from protocols.files import FileShot, encode

GEN5 = """Software Version\t3.11.19
Plate Number\tPlate 1
Date\t2026-08-07
Time\t10:31:44
Reader Serial Number:\t1402\n
Results
\t1\t2\t3
A\t0.101\t0.102\tOVRFLW\t450
\t0.041\t0.042\t0.043\t630
B\t0.201\t0.202\t\t450
\t0.051\t0.052\t0.053\t630
"""
SOFTMAX = """##BLOCKS= 1
Plate:\tPlate1\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1\t450\t1\t12\t96
\tTemperature(C)\t1\t2\t3
\t25.0\t0.101\t0.102\t0.103
\t\t0.201\t0.202\t0.203
~End
"""
SKANIT = """Measurement results
Absorbance 1
Date/Time;2026-08-07 10:31
Wavelength;450 nm

Abs;1;2;3
A;0,101;0,102;0,103
B;0,201;>4,0;0,203
"""
MAGELLAN = "Instrument\tInfinite F50\nDate:\t07.08.2026\nFilter\t450 nm\n\n<>\t1\t2\nA\t2.345\t0.048\nB\t2.401\t*.***\n"
MARS = """User: USER,Path: C:\\Data,Test ID: 12
Test Name: CAP,Date: 07/08/2026,Time: 10:31:00

Well Row,Well Col,Content,Raw Data (450)
"""
MARS_LIST = "Test run no.: 12\nDate: 2026/08/07 10:31\n\n"
MARS_LIST += "Well,Content,Raw Data (450),Raw Data (630)\nA01,Blank,0.101,0.041\nH12,Sample X1,0.202,\n"
ENVISION = "Plate information\nPlate,Barcode,Measured temperature\n1,N/A,25.0\n\n"
ENVISION += ",01,02,03\nA,0.101,0.102,0.103\nB,0.201,0.202,0.203\n"
GENESYS = "Genesys 30\nDate;2026-08-07 10:31\n\nSample ID;Abs;Wavelength (nm)\nS-1;0.512;410\nS-2;over;410\n"
VISIONLITE = "Method;Quant\n\nSample Name;410 nm;595 nm\nS-1;0,512;0,100\nS-2;0,498;0,101\n"


def readings(text: str | bytes, **settings: Any) -> dict[tuple[str, str], Any]:
    data = text if isinstance(text, bytes) else text.encode()
    one = profile("plate_file")
    found = one.read(FileShot("export.csv", data), settings)
    places = [(str(reading.position), reading.extra.get("read", "")) for reading in found]
    assert len(set(places)) == len(places)
    return dict(zip(places, found, strict=True))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            GEN5,
            {("A1", "450"): "0.101", ("A1", "630"): "0.041", ("B2", "450"): "0.202", ("B3", "630"): "0.053"},
        ),
        (SOFTMAX, {("A1", ""): "0.101", ("A3", ""): "0.103", ("B1", ""): "0.201", ("B3", ""): "0.203"}),
        (SKANIT, {("A1", ""): "0.101", ("B3", ""): "0.203"}),
        (MAGELLAN, {("A1", ""): "2.345", ("B1", ""): "2.401"}),
        (MARS_LIST, {("A1", "Raw Data (450)"): "0.101", ("H12", "Raw Data (450)"): "0.202"}),
        (ENVISION, {("A1", ""): "0.101", ("B3", ""): "0.203"}),
        (GENESYS, {("4", "Abs"): "0.512"}),
        (VISIONLITE, {("3", "410 nm"): "0.512", ("4", "595 nm"): "0.101"}),
    ],
)
def test_every_figure_stands_at_its_well(text: str, figures: dict[tuple[str, str], str]) -> None:
    found = readings(text)
    assert {place: str(found[place].value) for place in figures} == figures


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [(GEN5, ("A3", "450"), "OVRFLW"), (SKANIT, ("B2", ""), ">4,0"), (MAGELLAN, ("B2", ""), "*.***")],
)
def test_what_is_over_the_range_has_no_value(text: str, place: tuple[str, str], said: str) -> None:
    found = readings(text)[place]
    assert (found.value, found.extra["value_text"]) == (None, said)
    assert "above_range" in found.flags


def test_a_text_that_is_no_figure_is_kept() -> None:
    found = readings(GENESYS)[("5", "Abs")]
    assert (found.value, found.extra["value_text"], found.sample) == (None, "over", "S-2")


def test_a_wavelength_in_a_column_of_its_own_is_no_figure() -> None:
    assert set(readings(GENESYS)) == {("4", "Abs"), ("5", "Abs")}
    assert readings(GENESYS)[("4", "Abs")].extra["Wavelength (nm)"] == "410"


def test_an_empty_well_is_no_reading() -> None:
    assert ("B3", "450") not in readings(GEN5)
    assert ("H12", "Raw Data (630)") not in readings(MARS_LIST)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        (GEN5, "2026-08-07T10:31:44"),
        (SKANIT, "2026-08-07T10:31:00"),
        (MARS_LIST, "2026-08-07T10:31:00"),
        (ENVISION, None),
        (MAGELLAN, None),  # a day whose order nobody told
    ],
)
def test_only_a_clock_that_cannot_be_mistaken_is_read(text: str, clock: str | None) -> None:
    found = next(iter(readings(text).values()))
    assert (found.measured_at.isoformat() if found.measured_at else None) == clock
    assert ("bad_clock" in found.flags) == (clock is None)


def test_a_laboratory_may_name_the_form_of_the_clock_and_the_unit() -> None:
    found = next(iter(readings(MAGELLAN, clock="%d.%m.%Y", unit="OD").values()))
    assert (found.measured_at.isoformat(), found.unit) == ("2026-08-07T00:00:00", "OD")


def test_saving_the_same_plate_again_makes_nothing_new() -> None:
    before, after = readings(MAGELLAN), readings(MAGELLAN.replace("Infinite F50", "Infinite F50 "))
    assert {one.record for one in before.values()} == {one.record for one in after.values()}
    other = readings(MAGELLAN.replace("2.345", "2.346"))
    assert {one.record for one in other.values()} != {one.record for one in before.values()}


@pytest.mark.parametrize("text", ["", "hello", "a;b\n1;2\n", MARS, "\x00\x01"])
def test_a_file_without_figures_is_broken(text: str) -> None:
    codec = profile("plate_file").codec({})
    (broken,) = codec.receive(encode("a.csv", text.encode()), 0.0)
    assert broken.reason == "content"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Date", "2026-08-07 10:31"], [], [None, 1, 2], ["A", 0.1, 2], ["B", 0.25, "OVRFLW"]):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_reads_like_a_text() -> None:
    found = readings(workbook())
    assert {place: found[place].value and str(found[place].value) for place in found} == {
        ("A1", ""): "0.1",
        ("A2", ""): "2",
        ("B1", ""): "0.25",
        ("B2", ""): None,
    }
    assert found[("A1", "")].measured_at.isoformat() == "2026-08-07T10:31:00"


def test_a_damaged_or_swollen_workbook_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match="damaged"):
        sheets(FileShot("a.xlsx", b"PK\x03\x04 and nothing more"))
    with pytest.raises(TableError, match="cannot be read"):
        sheets(FileShot("a.xls", b"\xd0\xcf\x11\xe0 and nothing more"))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("a.txt", "no sheet")
    with pytest.raises(TableError, match="cannot be read"):
        sheets(FileShot("a.xlsx", other.getvalue()))
    monkeypatch.setattr("drivers.exports.UNPACKED", 10)
    with pytest.raises(TableError, match="unpacks"):
        sheets(FileShot("a.xlsx", workbook()))


@pytest.mark.parametrize(
    ("text", "well"), [("A1", "A1"), ("a01", "A1"), ("H12", "H12"), ("P24", "P24"), ("A25", ""), ("x", "")]
)
def test_wells_are_named_alike(text: str, well: str) -> None:
    assert well_of(text) == well


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("2026-08-07T10:31:44", "", "2026-08-07T10:31:44"),
        ("2026年8月7日 10:31", "", "2026-08-07T10:31:00"),
        ("03/04/2026 10:31", "", None),
        ("03/04/2026 10:31", "%d/%m/%Y %H:%M", "2026-04-03T10:31:00"),
        ("2026-02-30 10:31", "", None),
        ("", "", None),
    ],
)
def test_moments(text: str, form: str, moment: str | None) -> None:
    found = moment_of(text, form)
    assert (found.isoformat() if found else None) == moment
