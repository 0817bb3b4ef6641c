"""Scanned texts that are no bare sample number: kits by their code, samples in a longer text."""

from datetime import date

import pytest

from lims.rules.scanned import Kit, kit_of, sample_of

FOB2 = "FOB2,20221003,123963,0.1,76680.6,38051200,0.85"
DOUBLE = "DFT210019VgMC0.1018.8054.1971.100.0015.3001.4830.75"


@pytest.mark.parametrize(
    ("text", "kit"),
    [
        (FOB2, Kit("FOB2", "20221003", date(2022, 10, 3), 1, FOB2)),
        (DOUBLE, Kit("DFT", "20221001", date(2022, 10, 1), 2, DOUBLE)),
        (FOB2.replace("20221003", "B7"), Kit("FOB2", "B7", None, 1, FOB2.replace("20221003", "B7"))),
        ("LJ012611230001K", None),
        ("QC,20250111,233f,200,800,123,145", None),
        ("SampleNumber=1", None),
        ("", None),
    ],
)
def test_a_kit_is_known_by_its_code_alone(text: str, kit: Kit | None) -> None:
    assert kit_of(text) == kit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("http://a.example/q?SampleNumber=LJ012611230001K&x=1", "LJ012611230001K"),
        ("LJ01", "LJ01"),
        (FOB2, FOB2),
    ],
)
def test_a_sample_may_stand_in_a_longer_text(text: str, number: str) -> None:
    assert sample_of(text) == number
