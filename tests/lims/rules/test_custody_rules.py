"""The pure rules of custody: hands, seals, temperatures, quantities, retention, loggers' files."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid, NotFound
from lims.rules import amount, climate, custody, logger, retention
from lims.rules.amount import Amount
from lims.rules.climate import Span
from lims.rules.custody import Gap, Holder, Sighting, Step

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CHEN, LIN = Holder("a1", "陈抽样", True), Holder("a2", "林检测", True)
COURIER, STRANGER = Holder("o1", "郑快递", False), Holder("o2", "林送样", False)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def drawn() -> Step:
    return Step(START, "drawn", CHEN)


def handed(minutes: float, giver: Holder, taker: Holder) -> Step:
    return Step(at(minutes), "handed", taker, giver)


def received(minutes: float, taker: Holder) -> Step:
    return Step(at(minutes), "received", taker)


def hands(*steps: Step, after: float = 60, waiting: bool = True) -> list[tuple[str, float, float | None]]:
    found = custody.hands(list(steps), now=at(after), waiting=waiting, receipt_within=timedelta(hours=24))
    return [spelled(gap) for gap in found]


def spelled(gap: Gap) -> tuple[str, float, float | None]:
    end = None if gap.end is None else (gap.end - START).total_seconds() / 60
    return gap.reason.code.removeprefix("gap."), (gap.start - START).total_seconds() / 60, end


WHOLE: list[Sequence[Step]] = [
    [],
    [drawn()],
    [drawn(), received(30, CHEN)],
    [drawn(), handed(10, CHEN, LIN), received(11, LIN)],
    [drawn(), handed(10, CHEN, COURIER), handed(20, COURIER, LIN), received(21, LIN)],
    [drawn(), handed(10, CHEN, LIN), received(11, LIN), handed(12, CHEN, COURIER), handed(13, COURIER, LIN)],
    [drawn(), handed(10, CHEN, LIN), received(11, LIN), handed(12, CHEN, LIN)],
    [drawn(), handed(5, Holder("", "陈抽样", None), Holder("", "林检测", None)), received(6, LIN)],
]


@pytest.mark.parametrize("steps", WHOLE)
def test_an_unbroken_chain_has_no_gap(steps: Sequence[Step]) -> None:
    assert hands(*steps, after=60 * 24 * 30, waiting=False) == []


BROKEN: list[tuple[Sequence[Step], tuple[str, float, float | None]]] = [
    ([drawn(), received(30, LIN)], ("receipt_without_handover", 0, 30)),
    ([drawn(), handed(10, LIN, COURIER), handed(20, COURIER, CHEN), received(21, CHEN)], ("no_custodian", 0, 10)),
    ([drawn(), handed(10, CHEN, COURIER), handed(20, STRANGER, LIN), received(21, LIN)], ("no_custodian", 10, 20)),
    ([drawn(), handed(10, CHEN, COURIER), received(25, LIN)], ("receipt_without_handover", 10, 25)),
    (
        [drawn(), received(5, CHEN), handed(10, LIN, COURIER), handed(30, STRANGER, LIN)],
        ("no_custodian", 10, 30),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "gap"), BROKEN)
def test_a_broken_chain_has_one_gap_with_start_end_and_reason(
    steps: Sequence[Step], gap: tuple[str, float, float | None]
) -> None:
    assert hands(*steps) == [gap]


def test_a_handover_whose_receipt_does_not_come_is_open() -> None:
    steps = [drawn(), handed(10, CHEN, LIN)]
    assert hands(*steps, after=10 + 24 * 60) == []
    assert hands(*steps, after=11 + 24 * 60) == [("handover_without_receipt", 10, None)]
    assert hands(*steps, after=11 + 24 * 60, waiting=False) == []


PEOPLE = [CHEN, LIN, COURIER, STRANGER]


@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_any_chain_is_whole_and_any_one_link_left_out_is_found(
    path: list[Holder], data: st.DataObject
) -> None:
    chain = [CHEN]
    for one in path:
        if one != chain[-1]:
            chain.append(one)
    links = [handed(n + 1, giver, taker) for n, (giver, taker) in enumerate(pairwise(chain))]
    assert hands(drawn(), *links, waiting=False) == []
    if len(links) < 2:
        return
    lost = data.draw(st.integers(0, len(links) - 2))
    before = links[lost - 1].taker if lost else CHEN
    found = hands(drawn(), *links[:lost], *links[lost + 1 :], waiting=False)
    giver = links[lost + 1].giver
    assert giver is not None
    assert found == ([] if before.same(giver) else [("no_custodian", lost, lost + 2)])


# Seals ----------------------------------------------------------------------------------------------------


def seals(*seen: tuple[str, str]) -> list[tuple[str, float, float | None]]:
    found = custody.seals(Sighting(at(n), what, number) for n, (what, number) in enumerate(seen))
    return [spelled(gap) for gap in found]


SOUND: list[list[tuple[str, str]]] = [
    [],
    [("fixed", "F1"), ("intact", "F1"), ("intact", "F1")],
    [("fixed", "F1"), ("cut", "F1"), ("fixed", "F2"), ("intact", "F2")],
    [("fixed", "F1"), ("cut", "F1"), ("broken", "F1"), ("broken", "/")],
    [("intact", "/"), ("fixed", "F1"), ("intact", "F1")],
    [("fixed", "F1"), ("fixed", "F1")],
]


@pytest.mark.parametrize("seen", SOUND)
def test_a_seal_that_is_accounted_for_has_no_gap(seen: list[tuple[str, str]]) -> None:
    assert seals(*seen) == []


ODD: list[tuple[list[tuple[str, str]], list[tuple[str, float, float | None]]]] = [
    ([("fixed", "F1"), ("intact", "F2")], [("seal_changed", 0, 1)]),
    ([("fixed", "F1"), ("intact", "F1"), ("intact", "F2"), ("intact", "F2")], [("seal_changed", 1, 2)]),
    ([("fixed", "F1"), ("fixed", "F2")], [("seal_changed", 0, 1)]),
    ([("fixed", "F1"), ("intact", "/")], [("seal_changed", 0, 1)]),
    ([("fixed", "F1"), ("broken", "F1"), ("broken", "F1")], [("seal_broken", 0, 1)]),
    ([("fixed", "F1"), ("cut", "F1"), ("intact", "F1")], [("seal_whole_again", 1, 2)]),
    ([("fixed", "F1"), ("cut", "F1"), ("intact", "F2")], [("seal_changed", 1, 2)]),
    ([("fixed", "F1"), ("broken", "F1"), ("fixed", "F2"), ("intact", "F2")], [("seal_broken", 0, 1)]),
]


@pytest.mark.parametrize(("seen", "gaps"), ODD)
def test_a_seal_that_changed_without_a_fact_is_a_gap(
    seen: list[tuple[str, str]], gaps: list[tuple[str, float, float | None]]
) -> None:
    assert seals(*seen) == gaps


def test_a_range_of_seals() -> None:
    assert custody.numbers("F0098", "F0101") == ["F0098", "F0099", "F0100", "F0101"]
    assert custody.numbers("7", "7") == ["7"]
    for first, last in (("F1", "G2"), ("F9", "F10"), ("F2", "F1"), ("F", "F"), ("F0001", "F9999"), ("", "")):
        with pytest.raises(Invalid):
            custody.numbers(first, last)


# Temperature ----------------------------------------------------------------------------------------------

FRIDGE = Span("F1", at(0), at(100), Decimal(0), Decimal(8), timedelta(minutes=10))


def readings(*values: str) -> list[climate.Reading]:
    return [(at(10 * n), Decimal(value)) for n, value in enumerate(values)]


def test_each_stretch_out_of_range_is_found_with_its_worst() -> None:
    found = list(climate.temperatures(FRIDGE, readings("4", "8.1", "12", "9", "8.0", "-0.1", "-3", "0")))
    assert [spelled(gap) for gap in found] == [("temperature", 10, 40), ("temperature", 50, 70)]
    assert [str(gap.reason.values["worst"]) for gap in found] == ["12", "-3"]
    open_end = list(climate.temperatures(FRIDGE, readings("4", "9", "10")))
    assert [spelled(gap) for gap in open_end] == [("temperature", 10, 20)]


def test_a_logger_that_is_silent_is_found() -> None:
    every = readings(*("4" for _ in range(11)))
    assert list(climate.silences(FRIDGE, every)) == []
    assert [spelled(gap) for gap in climate.silences(FRIDGE, [])] == [("temperature_unread", 0, 100)]
    holed = [one for one in every if not at(30) <= one[0] <= at(50)]
    assert [spelled(gap) for gap in climate.silences(FRIDGE, holed)] == [("temperature_unread", 20, 60)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 ℃", "5"),
        ("-18.5°C", "-18.5"),
        ("−2", "-2"),
        ("4.0 C", "4.0"),
        ("/", None),
        ("5,5", None),
        ("冷", None),
    ],
)
def test_degrees_are_read_or_not_at_all(text: str, value: str | None) -> None:
    assert climate.degrees(text) == (None if value is None else Decimal(value))


def test_what_a_hand_felt_is_held_against_the_storage_of_the_form() -> None:
    chilled = climate.storage_limits("chilled")
    assert climate.felt(at(0), Decimal("8.1"), chilled, "chilled") is not None
    assert climate.felt(at(0), Decimal("8.0"), chilled, "chilled") is None
    assert climate.felt(at(0), None, chilled, "chilled") is None
    assert climate.felt(at(0), Decimal(40), climate.storage_limits("ambient"), "ambient") is None
    assert climate.felt(at(0), Decimal("-11.9"), climate.storage_limits("frozen"), "frozen") is not None


# People from outside --------------------------------------------------------------------------------------


def test_numbers_and_names_are_masked() -> None:
    assert custody.masked_number("350122199001011234") == "350***********1234"
    assert custody.masked_number("A1234") == "***34"
    assert custody.masked_number("12") == "**"
    assert (custody.masked_name("郑小小"), custody.masked_name("/")) == ("郑**", "/")
    assert custody.masked_name("〔erased〕") == "〔erased〕"


@given(st.text(alphabet="0123456789X", min_size=0, max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_mask_keeps_the_length_and_hides_the_middle(number: str) -> None:
    masked = custody.masked_number(number)
    assert len(masked) == len(number)
    assert len(masked.replace("*", "")) <= 7
    assert "*" in masked or not number


# Quantities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 kg", "2 kg"),
        ("500克", "500 g"),
        ("1.25 公斤", "1.25 kg"),
        ("3 袋", "3 bag"),
        ("750ml", "750 mL"),
        ("2", None),
        ("约2kg", None),
        ("0 kg", None),
        ("/", None),
        ("2 kg 左右", None),
    ],
)
def test_what_a_form_says_of_a_quantity(text: str, found: str | None) -> None:
    read = amount.written(text)
    assert (str(read) if read else None) == found


def test_quantities_are_compared_exactly() -> None:
    whole = Amount(Decimal("1.000"), "kg")
    thirds = [Amount(Decimal("333.333"), "g")] * 3
    assert amount.fits(whole, thirds) is True
    assert amount.fits(whole, [*thirds, Amount(Decimal(1), "mg")]) is True
    assert amount.fits(whole, [*thirds, Amount(Decimal("1.001"), "mg")]) is False
    assert amount.fits(whole, [Amount(Decimal(1), "bag")]) is None
    for value, unit in (
        ("0", "g"),
        ("-1", "g"),
        ("NaN", "g"),
        ("Infinity", "g"),
        ("1E+13", "g"),
        ("1", "斤"),
    ):
        with pytest.raises(Invalid):
            amount.checked(Amount(Decimal(value), unit))


# Retention ------------------------------------------------------------------------------------------------


def test_every_shipped_rule_names_its_source_and_says_that_it_is_unverified() -> None:
    rules = [rule for kind in ("portion", "record") for rule in retention.shipped(kind)]
    assert all(rule.source and not rule.verified and rule.amount > 0 for rule in rules)


def test_the_clock_of_a_retained_portion() -> None:
    rules = retention.rules("portion", {})
    none = retention.clock(rules, [], None, None)
    assert (none.until, none.by, none.over(date(2099, 1, 1))) == (None, "no_conclusion", False)
    good = retention.clock(rules, ["negative"], date(2026, 11, 30), None)
    assert (good.until, good.by, good.shelf_life_unknown) == (date(2027, 2, 28), "rule", True)
    assert (good.over(date(2027, 2, 28)), good.over(date(2027, 3, 1))) == (False, True)
    bad = retention.clock(rules, ["negative", "positive"], date(2026, 8, 31), None)
    assert (bad.rule and bad.rule.id, bad.until) == ("retained_noncompliant", date(2027, 2, 28))
    short = retention.clock(rules, ["negative"], date(2026, 1, 5), date(2026, 1, 20))
    assert (short.until, short.by) == (date(2026, 1, 20), "shelf_life")


def test_a_laboratory_sets_its_own_length() -> None:
    settings_ = {"retention.retained_compliant": "120 day", "retention.retained_compliant.source": "本室规定"}
    (rule, other) = retention.rules("portion", settings_)
    assert (rule.amount, rule.unit, rule.source, rule.own, rule.verified) == (
        120,
        "day",
        "本室规定",
        True,
        False,
    )
    assert not other.own
    for text in ("0 day", "4 weeks", "x", "-1 month", "99999 day", "1201 month"):
        with pytest.raises(Invalid, match=r"retention\.amount"):
            retention.own(rule, text, "x")
    with pytest.raises(NotFound):
        retention.after(date(2026, 1, 1), 1, "week")


@pytest.mark.parametrize(
    ("made", "life", "end"),
    [
        ("2026-01-31", "1个月", date(2026, 2, 28)),
        ("2026-01-05", "180天", date(2026, 7, 4)),
        ("2026-01-05", "6 months", date(2026, 7, 5)),
        ("2024-02-29", "1年", date(2025, 2, 28)),
        ("2026-01-05", "10 days", date(2026, 1, 15)),
        ("/", "2026-03-01", date(2026, 3, 1)),
        ("/", "6个月", None),
        ("2026-01-05", "/", None),
        ("2026-01-05", "常温6个月", None),
        ("2026-01-05", "9999年", None),
    ],
)
def test_the_end_of_a_shelf_life(made: str, life: str, end: date | None) -> None:
    assert retention.shelf_end(made, life) == end


# Loggers --------------------------------------------------------------------------------------------------


def test_a_loggers_file_is_read_whatever_its_signs() -> None:
    expected = ((datetime(2026, 1, 5, 1, 0, tzinfo=UTC), Decimal("4.5")),
                (datetime(2026, 1, 5, 1, 10, tzinfo=UTC), Decimal("-0.25")))  # fmt: skip
    for text in (
        "时间,温度\n2026-01-05 09:00,4.5\n2026-01-05 09:10,-0.25 ℃\n",
        "No;Time;Temp\r\n1;2026/1/5 9:00:00;4.5\r\n2;2026/1/5 9:10;-0.25\r\n\r\n",
        "temperature（℃）\ttime\n-0.25\t2026-01-05T09:10:00+08:00\n4.5\t2026-01-05T01:00:00Z\n",
    ):
        found = logger.parse(logger.decoded(text.encode("gb18030")), "+08:00")
        assert (found.readings, found.problems) == (expected, ())


@pytest.mark.parametrize(
    ("text", "zone", "codes"),
    [
        ("", "+08:00", ["logger.head"]),
        ("a,b\n1,2\n", "+08:00", ["logger.head"]),
        ("time,value\n2026-01-05 09:00,4\n", "", ["logger.zone"]),
        ("time,value\n2026-01-05 09:00,4\n", "+99:00", ["logger.zone"]),
        ("time,value\n05.01.2026,4\n2026-01-05,4\n", "+08:00", ["logger.time", "logger.time"]),
        ("time,value\n2026-01-05 09:00,4 5\n2026-01-05 09:00,=1+1\n", "+08:00", ["logger.value", "logger.value"]),
        ("time,value\n2026-01-05 09:00\n", "+08:00", ["logger.short"]),
        ("time,value\n2026-01-05 09:00,4\n2026-01-05 09:00,5\n", "+08:00", ["logger.twice"]),
        ("time,value\n2026-01-05 09:00,101\n", "+08:00", ["logger.value"]),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_never_guessed(
    text: str, zone: str, codes: list[str]
) -> None:
    assert [problem.code for problem in logger.parse(text, zone).problems] == codes
