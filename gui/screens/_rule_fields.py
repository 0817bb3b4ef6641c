"""What a change of a rule asks, and the answers as the laboratory takes them."""

import re
from collections.abc import Mapping
from datetime import date

from gui.widgets.field import Field, Value
from lims import clock, text
from lims.queries.rules import Spread, Timed
from lims.rules import regulation
from lims.rules.clocks import UNITS
from lims.text import mark, t

Answers = Mapping[str, Value]


def _source() -> Field:
    return Field("source", mark("Where it is written"), required=True, slash=False,
                 hint=mark("document, number, page"))  # fmt: skip


def clock_fields() -> tuple[Field, ...]:
    """Return what another length of a clock asks."""
    return (
        Field("amount", mark("Length"), required=True, slash=False, check=_whole),
        Field("unit", mark("Counted in"), "choice", tuple((one, text.words(f"clock_unit.{one}")) for one in UNITS),
              required=True),
        _source(),
        Field("clause", mark("Clause"), required=True),
        Field("from", mark("First day it counts"), "date", required=True, slash=False),
        Field("reason", mark("Reason"), required=True, slash=False),
    )  # fmt: skip


def clock_filled(one: Timed | None) -> Mapping[str, str]:
    """Return what the form of a clock begins with."""
    if one is None:
        return {}
    rule = one.clock
    return {"amount": str(rule.amount), "unit": rule.unit, "source": rule.source, "clause": rule.clause}


def _whole(value: Value) -> str:
    written = str(value).strip()
    return "" if re.fullmatch(r"[1-9]\d{0,2}", written) else t("Write a whole number from 1 to 999.")


def holiday_fields() -> tuple[Field, ...]:
    """Return what a holiday asks."""
    return (
        Field("name", mark("Holiday"), required=True, slash=False),
        Field("first", mark("First resting day"), "date", required=True, slash=False),
        Field("last", mark("Last resting day"), "date", required=True, slash=False),
        Field("worked", mark("Days worked instead"), required=True, hint=mark("2027-09-26 2027-10-09, or /"),
              check=_dates),
        _source(),
    )  # fmt: skip


def days_of(written: str) -> tuple[date, ...]:
    """Return the days that somebody wrote one after another; nothing and "/" are none."""
    return tuple(date.fromisoformat(one) for one in re.split(r"[\s,，、;；]+", written.strip("/ ")) if one)


def _dates(value: Value) -> str:
    try:
        days_of(str(value))
    except ValueError:
        return t("Write every day as 2027-10-09, with a space between, or / for none.")
    return ""


def share_fields() -> tuple[Field, ...]:
    """Return what other weights of the plan ask: one for each group, twelve for the months."""
    groups = tuple(
        Field(
            one.code,
            one.zh if text.current() == "zh_CN" else one.en,
            required=True,
            slash=False,
            check=_weight,
        )
        for one in regulation.vocabulary("product_group")
    )
    return (
        *groups,
        Field("months", mark("Weights of the twelve months"), required=True, slash=False, check=_months),
        Field("year", mark("First year"), required=True, slash=False, check=_year),
        _source(),
    )


def share_filled(found: Spread | None) -> Mapping[str, str]:
    """Return what the form of the weights begins with."""
    if found is None:
        return {}
    groups = {one.code: str(one.weight) for one in found.shares.groups}
    following = str(clock.local(clock.now()).year + 1)
    return {**groups, "months": " ".join(map(str, found.shares.months)), "year": following}


def weights_of(answers: Answers) -> tuple[dict[str, int], tuple[int, ...]]:
    """Return the weights of groups and months."""
    groups = {one.code: int(str(answers[one.code])) for one in regulation.vocabulary("product_group")}
    return groups, tuple(int(one) for one in str(answers["months"]).split())


def _weight(value: Value) -> str:
    return "" if re.fullmatch(r"\d{1,3}", str(value).strip()) else t("Write a whole number from 0 to 999.")


def _months(value: Value) -> str:
    found = str(value).split()
    right = len(found) == 12 and not any(_weight(one) for one in found)
    return "" if right else t("Write twelve whole numbers with a space between.")


def _year(value: Value) -> str:
    return "" if re.fullmatch(r"20\d\d", str(value).strip()) else t("Write a year such as 2027.")


def path_fields() -> tuple[Field, ...]:
    """Return where a text is saved."""
    return (Field("file", mark("New file"), required=True, slash=False),)


def paper_fields() -> tuple[Field, ...]:
    """Return what an edited text of a paper asks."""
    return (
        Field("file", mark("File with the edited text"), "file", required=True, slash=False),
        Field("from", mark("First day it counts"), "date", required=True, slash=False),
        Field("reason", mark("Reason"), required=True, slash=False),
    )
