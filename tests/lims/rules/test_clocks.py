"""Clocks: four hours to the minute, working days by the calendar, and what the text of the rules may not say."""

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.clock import ZONE
from lims.errors import Invalid
from lims.rules import cases, clocks, workdays
from lims.rules.clocks import Clock, Standing, Told
from lims.rules.workdays import Calendar

KINDS = frozenset(cases.kinds())
SHIPPED = {one.id: one for one in clocks.read(clocks.shipped(), KINDS)}
DAYS = workdays.calendar(ZONE, workdays.read(workdays.shipped()))
OPEN = Calendar(ZONE, {}, frozenset(range(2018, 2032)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_four_hours_run_from_the_minute_of_receipt() -> None:
    rule = SHIPPED["rapid_objection"]
    assert rule.due(at("2026-03-02T22:17"), DAYS) == at("2026-03-03T02:17")


@pytest.mark.parametrize(
    ("id_", "start", "due"),
    [
        ("retest", "2026-09-28T09:00", "2026-10-14T00:00"),  # 29, 30, then 8, 9, 10 (worked), 12, 13
        ("retest_farm", "2026-09-28T09:00", "2026-10-11T00:00"),
        ("follow_up", "2025-11-30T09:00", "2026-03-01T00:00"),
    ],
)
def test_days_and_months_end_with_the_last_day(id_: str, start: str, due: str) -> None:
    assert SHIPPED[id_].due(at(start), DAYS) == at(due)


@given(st.dates(date(2019, 1, 1), date(2028, 12, 31)), st.integers(0, 1439), st.integers(1, 24))
def test_months_keep_the_day_or_the_last_one_there_is(day: date, minute: int, amount: int) -> None:
    rule = _rule(unit="month", amount=amount)
    start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(minutes=minute)
    last = rule.due(start.astimezone(UTC), OPEN).astimezone(ZONE).date() - timedelta(days=1)
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == amount
    assert last.day == min(day.day, calendar.monthrange(last.year, last.month)[1])


def _rule(**other: object) -> Clock:
    base = SHIPPED["send"]
    return Clock(**{**{name: getattr(base, name) for name in base.__slots__}, **other})


def test_a_farm_produce_has_four_hours_and_a_biscuit_has_none() -> None:
    told = [Told("notice", at("2026-03-02T10:00"))]

    def running(*, farm: bool, regime: str) -> list[str]:
        found = clocks.deadlines(
            list(SHIPPED.values()), told, DAYS, at("2026-03-02T11:00"), regime=regime, farm=farm
        )
        return [one.clock.id for one in found]

    assert running(farm=True, regime="market") == ["rapid_objection"]
    assert running(farm=True, regime="agriculture") == ["rapid_objection_farm"]
    assert running(farm=False, regime="market") == []


@pytest.mark.parametrize(
    ("facts", "now", "standing"),
    [
        ([], "2026-03-02T13:59", Standing.RUNNING),
        ([], "2026-03-02T14:01", Standing.LAPSED),
        ([Told("objection", at("2026-03-02T14:00"))], "2026-03-09T00:00", Standing.MET),
        ([Told("no_objection", at("2026-03-02T14:01"))], "2026-03-09T00:00", Standing.MET_LATE),
        (
            [Told("objection", at("2026-03-02T09:00"))],
            "2026-03-02T14:01",
            Standing.LAPSED,
        ),  # before the notice
    ],
)
def test_where_a_deadline_stands(facts: list[Told], now: str, standing: Standing) -> None:
    told = [Told("notice", at("2026-03-02T10:00")), *facts]
    rules = list(SHIPPED.values())
    (one,) = clocks.deadlines(rules, told, DAYS, at(now), regime="market", farm=True)
    assert one.standing is standing
    assert one.due == at("2026-03-02T14:00")


def test_a_deadline_beyond_the_calendar_is_unknown_and_says_why() -> None:
    told = [Told("report_told", at("2026-12-30T10:00"))]
    rules = list(SHIPPED.values())
    (one,) = clocks.deadlines(rules, told, DAYS, at("2026-12-30T11:00"), regime="market", farm=False)
    assert (one.standing, one.due) == (Standing.UNKNOWN, None)
    assert one.why is not None
    assert (one.why.code, one.why.values) == ("calendar.year", {"year": 2027})


def test_every_shipped_clock_names_its_source_and_whether_it_was_checked() -> None:
    assert all(one.source and one.clause for one in SHIPPED.values())
    assert {one.id for one in SHIPPED.values() if one.verified} == {
        "rapid_objection", "rapid_objection_farm", "retest", "retest_farm", "retest_report_farm",
    }  # fmt: skip


ROW = clocks.shipped()[clocks.shipped().index("[[clock]]") : clocks.shipped().index("[[clock]]", 900)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('unit = "hour"', 'unit = "week"', "clocks.unit"),
        ('regime = "market"', 'regime = "sea"', "clocks.regime"),
        ("amount = 4", "amount = 0", "clocks.amount"),
        ("amount = 4", 'amount = "4"', "edition.field"),
        ('starts = "notice"', 'starts = "rumour"', "clocks.kind"),
        ("verified = true", "verified = true\nnote = 1", "edition.unknown_field"),
        ('source = "中华人民共和国食品安全法（2021年修正）"', 'source = " "', "clocks.source"),
    ],
)
def test_a_text_that_cannot_be_used_says_where_and_why(old: str, new: str, code: str) -> None:
    text = ROW.split("\n\n")[0].replace(old, new)
    with pytest.raises(Invalid) as refused:
        clocks.read(text, KINDS)
    assert [(problem.code, problem.where) for problem in refused.value.problems] == [
        (code, "rapid_objection")
    ]


def test_two_editions_of_one_clock_on_one_day_are_refused() -> None:
    row = ROW.split("\n\n")[0]
    later = row.replace("2021-04-29", "2026-01-01").replace("amount = 4", "amount = 6")
    with pytest.raises(Invalid) as refused:
        clocks.read(f"{row}\n\n{later}", KINDS)
    assert [problem.code for problem in refused.value.problems] == ["clocks.overlap"]
    ended = row.replace("effective_from", "effective_to = 2025-12-31\neffective_from")
    both = clocks.read(f"{ended}\n\n{later}", KINDS)
    assert [one.amount for one in both if one.in_force(date(2026, 1, 1))] == [6]


@pytest.mark.parametrize("text", ["", "[[clock", "clock = 1"])
def test_no_clocks_at_all_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        clocks.read(text, KINDS)


TEN_YEARS = [date(2019, 1, 1) + timedelta(days=n) for n in range(3653)]
KNOWN = {one.day: one.works for one in workdays.read(workdays.shipped())}
EVERY = Calendar(ZONE, KNOWN, frozenset(range(2018, 2032)))


def recounted(start: date, amount: int, unit: str) -> date:
    """Count a clock's last day a day at a time, as one would on a wall calendar."""
    if unit == "month":
        year, month = start.year, start.month
        for _ in range(amount):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        fits = (n for n in range(start.day, 0, -1) if n <= calendar.monthrange(year, month)[1])
        return date(year, month, next(fits))
    day, left = start, amount
    while left:
        day = date.fromordinal(day.toordinal() + 1)
        if unit == "day" or KNOWN.get(day, day.isoweekday() <= 5):
            left -= 1
    return day


@pytest.mark.parametrize("id_", sorted(SHIPPED))
def test_every_clock_agrees_with_a_plain_recount_on_every_day_of_ten_years(id_: str) -> None:
    rule = SHIPPED[id_]
    for number, day in enumerate(TEN_YEARS):
        start = datetime(day.year, day.month, day.day, number % 24, number * 7 % 60, tzinfo=ZONE)
        due = rule.due(start.astimezone(UTC), EVERY)
        if rule.unit == "hour":
            assert (due - start).total_seconds() == 3600 * rule.amount
        else:
            last = recounted(day, rule.amount, rule.unit)
            midnight = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)
            assert due == midnight, f"{id_} from {day}"
