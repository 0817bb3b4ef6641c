"""Figures as people write them: exact, finite, or none."""

from decimal import Decimal

import pytest

from lims.rules import figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.10", Decimal("0.10")),
        (" -3 ", Decimal(-3)),
        ("1e3", Decimal(1000)),
        ("", None),
        ("/", None),
        ("NaN", None),
        ("-Infinity", None),
        ("1,5", None),
    ],
)
def test_a_text_is_a_finite_number_or_none(text: str, found: Decimal | None) -> None:
    assert figures.number(text) == found
