"""How long a retained portion is kept: rules as data, the day it ends, and how sure that is."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lims.errors import Invalid, NotFound
from lims.rules import regulation

UNITS = ("day", "month")
_LONGEST = {"day": 36500, "month": 1200}


@dataclass(frozen=True, slots=True)
class Keeping:
    """A rule that says how long something is kept.

    Attributes:
        id: its name.
        amount: how many `unit`s.
        unit: `day` or `month`.
        source: where the figure comes from.
        verified: whether it was checked there; an unverified one is shown as such.
        words: screening words of the conclusions it is for; empty for records.
        shelf_life: whether the end of the shelf life ends it sooner.
        own: whether the laboratory set it itself.
    """

    id: str
    amount: int
    unit: str
    source: str
    verified: bool
    words: tuple[str, ...] = ()
    shelf_life: bool = False
    own: bool = False


def shipped(kind: str) -> tuple[Keeping, ...]:
    """Return the rules as shipped, for `portion` or `record`."""
    rows = regulation.table("retention")[kind]
    return tuple(Keeping(**{**row, "words": tuple(row.get("words", ()))}) for row in rows)


def spelled(rule: Keeping) -> str:
    """Return what a setting holds of a laboratory's own figure: `4 month`."""
    return f"{rule.amount} {rule.unit}"


def own(rule: Keeping, text: str, source: str) -> Keeping:
    """Return a rule with the laboratory's own figure.

    Raises:
        Invalid: the text is not a whole number of days or months above zero.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,4}) (day|month)", text)
    if found is None or int(found[1]) > _LONGEST[found[2]]:
        raise Invalid("retention.amount", text=text)
    return replace(rule, amount=int(found[1]), unit=found[2], source=source, verified=False, own=True)


def rules(kind: str, settings: Mapping[str, str]) -> tuple[Keeping, ...]:
    """Return the rules in force: as shipped, or as the laboratory set them.

    Args:
        kind: `portion` or `record`.
        settings: `retention.<id>` to `<amount> <unit>`, and `retention.<id>.source` to its source.
    """
    return tuple(
        own(rule, settings[name], settings.get(f"{name}.source", "")) if name in settings else rule
        for rule in shipped(kind)
        for name in (f"retention.{rule.id}",)
    )


def rule_for(known: Sequence[Keeping], words: Sequence[str]) -> Keeping | None:
    """Return the rule of a conclusion: the longest of those whose words occur in it, or None."""
    fitting = [rule for rule in known if not set(rule.words).isdisjoint(words)]
    return max(fitting, key=lambda rule: after(date(2000, 1, 1), rule.amount, rule.unit), default=None)


def after(day: date, amount: int, unit: str) -> date:
    """Return the day so many days or calendar months later; a month too short ends it on its last day.

    Raises:
        NotFound: for another unit.
    """
    if unit == "day":
        return day + timedelta(days=amount)
    if unit != "month":
        raise NotFound("retention.unit", unit=unit)
    months = day.year * 12 + day.month - 1 + amount
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_LIFE = re.compile(r"\s*([0-9]{1,4})\s*(个月|月|months?|天|日|days?|年|years?)\s*")
_SPANS = {"个月": "month", "月": "month", "m": "month", "天": "day", "日": "day", "d": "day"}


def shelf_end(made_on: str, life: str) -> date | None:
    """Return the last day of a shelf life as the form tells it, or None where that cannot be told.

    Args:
        made_on: the form's date, ISO, or "/".
        life: the form's shelf life, such as `6个月` or `180 days`; a date is taken as the last day itself.
    """
    try:
        return date.fromisoformat(life.strip())
    except ValueError:
        pass
    found = _LIFE.fullmatch(life)
    try:
        start = date.fromisoformat(made_on)
        if found is None:
            return None
        amount, word = int(found[1]), found[2]
        if word in {"年", "year", "years"}:
            return after(start, amount * 12, "month")
        return after(start, amount, _SPANS[word if word in _SPANS else word[0]])
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Clock:
    """When a retained portion may go.

    Attributes:
        rule: the rule, None while there is no conclusion.
        until: the last day it must be kept, None while there is no conclusion.
        by: what ends it: `rule`, `shelf_life`, or `no_conclusion`.
        shelf_life_unknown: the rule looks at the shelf life, and the form does not tell it.
    """

    rule: Keeping | None
    until: date | None
    by: str
    shelf_life_unknown: bool = False

    def over(self, today: date) -> bool:
        """Tell whether the portion need be kept no longer."""
        return self.until is not None and today > self.until


def clock(
    known: Sequence[Keeping], words: Sequence[str], concluded: date | None, shelf: date | None
) -> Clock:
    """Return the retention clock of a portion.

    Args:
        known: the rules in force.
        words: the words of the sample's approved verdicts.
        concluded: the day of the conclusion by the laboratory's clock; None while there is none.
        shelf: last day of the shelf life, None where the form does not tell it.
    """
    rule = rule_for(known, words)
    if rule is None or concluded is None:
        return Clock(None, None, "no_conclusion")
    until = after(concluded, rule.amount, rule.unit)
    if rule.shelf_life and shelf is not None and shelf < until:
        return Clock(rule, shelf, "shelf_life")
    return Clock(rule, until, "rule", rule.shelf_life and shelf is None)
