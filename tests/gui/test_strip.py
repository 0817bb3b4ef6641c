"""The facts beside a scanned strip: the kit's own bands, whichever way it judges."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from gui.screens._strip import lines
from lims.rules import methods
from lims.rules.methods import Method

KIT = methods.shipped().method("KIT-CAP-STRIP")
SANDWICH = replace(KIT, format="sandwich", positive_from=Decimal("0.3"), negative_below=Decimal("0.1"))
DIFFERENCE = replace(KIT, difference_above=Decimal(200), difference_word="positive")


@pytest.mark.parametrize(
    ("method", "bands"),
    [
        (KIT, "T/C ≥ 0.9 Negative, < 0.7 Positive"),
        (SANDWICH, "T/C ≥ 0.3 Positive, < 0.1 Negative"),
        (DIFFERENCE, "|C−T| > 200 Positive"),
    ],
)
def test_bands_stand_as_the_kit_has_them(dressed: QApplication, method: Method, bands: str) -> None:
    assert isinstance(dressed, QApplication)
    found = {name: said for name, said, _ in lines({"c_height": "900", "t_over_c": "0.5"}, method)}
    assert found["Bands"] == bands
    assert found["T/C"] == "0.5"


def test_without_a_method_or_for_another_one_there_are_none(dressed: QApplication) -> None:
    assert isinstance(dressed, QApplication)
    for method in (None, methods.shipped().method("GBT5009.199-2003")):
        assert "Bands" not in {name for name, _, _ in lines({}, method)}
