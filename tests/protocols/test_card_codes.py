from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.card_codes import Card, Logistic, QualityCard, SampleCode, Unknown, parse

FOB2 = "FOB2,20221003,123963,0.1,76680.6,38051200,0.85"
DOUBLE = "DFT210019VgMC0.1018.8054.1971.100.0015.3001.4830.75"


def test_the_published_single_card_and_its_worked_concentration() -> None:
    card = parse(FOB2 + "\r\n")
    assert isinstance(card, Card)
    assert (card.code, card.batch, card.identifier, card.text) == ("FOB2", "20221003", "123963", FOB2)
    assert card.batch_day == date(2022, 10, 3)
    (curve,) = card.curves
    assert curve is not None
    found = curve.concentration(Decimal("0.35"))
    assert found is not None
    assert round(found, 2) == Decimal("13.35")


def test_the_published_double_card() -> None:
    card = parse(DOUBLE)
    assert isinstance(card, Card)
    assert (card.code, card.batch, card.identifier) == ("DFT", "20221001", "9VgMC")
    assert card.batch_day == date(2022, 10, 1)
    first, second = card.curves
    assert first == Logistic(Decimal("0.10"), Decimal(880000), Decimal(41900000), Decimal("1.10"))
    assert second == Logistic(Decimal("0.00"), Decimal("5.30"), Decimal(1480), Decimal("0.75"))


def test_a_power_whose_table_is_not_known_gives_no_curve_and_keeps_the_card() -> None:
    card = parse(DOUBLE.replace("8.805", "8.80A"))
    assert isinstance(card, Card)
    assert card.curves[0] is None
    assert card.curves[1] is not None


def test_a_last_zero_of_a1_turns_its_sign() -> None:
    card = parse(DOUBLE.replace("0.101", "0.120"))
    assert isinstance(card, Card)
    assert card.curves[0] is not None
    assert card.curves[0].a1 == Decimal("-0.12")


def test_the_published_card_for_checking() -> None:
    assert parse("QC,20250111,233f,200,800,123,145") == QualityCard(
        "20250111", "233f", (Decimal(200), Decimal(800), Decimal(123), Decimal(145)),
        "QC,20250111,233f,200,800,123,145",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SampleNumber=KJ012345", "KJ012345"),
        ("http://a.example/q?x=1&SampleNumber=77&y=2", "77"),
        ("SampleNumber=77\r\n", "77"),
    ],
)
def test_a_sample_is_told_by_its_name_in_the_text(text: str, number: str) -> None:
    assert parse(text) == SampleCode(number, text.strip("\r\n"))


@pytest.mark.parametrize(
    "text",
    ["", "A00000002", "FOB2,20221003,123963,0.1,x,38051200,0.85", ",,,1,2,3,4", "QC,1,2,3,4,5", "A" * 51],
)
def test_what_fits_no_grammar_is_kept_as_it_is(text: str) -> None:
    assert parse(text) == Unknown(text)


@pytest.mark.parametrize("batch", ["20221399", "2022100", "２０２２１００３"])
def test_a_batch_that_is_no_date_has_none(batch: str) -> None:
    card = parse(FOB2.replace("20221003", batch))
    assert isinstance(card, Card)
    assert card.batch_day is None


@pytest.mark.parametrize("ratio", ["0.09", "76680.6", "80000", "-1"])
def test_outside_its_curve_a_ratio_has_no_concentration(ratio: str) -> None:
    card = parse(FOB2)
    assert isinstance(card, Card)
    assert card.curves[0] is not None
    assert card.curves[0].concentration(Decimal(ratio)) is None


def test_a_curve_without_a_slope_or_beyond_all_numbers_gives_none() -> None:
    one = Logistic(Decimal("0.1"), Decimal(10), Decimal(5), Decimal(0))
    assert one.concentration(Decimal(1)) is None
    steep = Logistic(Decimal("0.1"), Decimal(10), Decimal(5), Decimal("1E-9"))
    assert steep.concentration(Decimal("9.9999")) is None
    assert Logistic(Decimal(1), Decimal(10), Decimal(5), Decimal(1)).concentration(Decimal(1)) == 0


@given(st.text(max_size=60))
def test_any_text_is_kept_whole(text: str) -> None:
    assert parse(text).text == text.strip("\r\n")
