"""The quota ledger: every sample of a year with why it counts or not, summed by any dimensions, against the plan."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import Invalid
from lims.queries import figures, sites
from lims.records.places import Township
from lims.records.plans import PlanCell
from lims.records.samples import Sample
from lims.rules import counting, quota
from lims.rules.counting import Counts, Facts, Forecast
from lims.storage.unit import View

DIMENSIONS = ("township", "group", "stage", "month", "department")
"""What the ledger can be summed by; the department is the plan's and has no samples of its own."""
_OF_SAMPLES = frozenset({"township", "group", "stage", "month"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One sample as the ledger sees it."""

    number: str
    township: str
    group: str
    stage: str
    month: str
    kind: str
    why: Counts


@dataclass(frozen=True, slots=True)
class Line:
    """One sum of the ledger.

    Attributes:
        key: the values of the dimensions asked for, in their order.
        laboratory: laboratory samples that are valid.
        rapid: rapid tests that are valid.
        counted: those that count.
        uncounted: samples that do not, by reason.
        target: the plan's samples of the year, or None without a plan.
        due: by today, whole months and today's share of this one, or None.
        missing: what is still owed for the year, or None.
        forecast: what the year will come to at the pace so far, or None where nothing can be said.
    """

    key: tuple[str, ...]
    laboratory: int
    rapid: int
    counted: int
    uncounted: dict[str, int]
    target: int | None
    due: int | None
    missing: int | None
    forecast: Forecast | None


def entries(view: View, year: int) -> Iterator[Entry]:
    """Yield every sample drawn in a year with why it counts or not, by number."""
    towns = {one.code: one for one in view.all(select(Township).where(Township.site == view.site))}
    kinds = figures.counted_kinds(view)
    columns = (
        Sample.id, Sample.township, Sample.product_group, Sample.stage, Sample.drawn_on, Sample.kind, Sample.state,
        Sample.business, Sample.food, Sample.form,
    )  # fmt: skip
    query = select(*columns).where(
        sites.once(view),
        Sample.drawn_on >= date(year, 1, 1),
        Sample.drawn_on <= date(year, 12, 31),
    )
    first: dict[tuple[str, str, str, date], str] = {}
    for row in view.rows(query.order_by(Sample.id)):
        town = towns[row.township]
        facts = Facts(row.state, row.kind, row.drawn_on, town.counted, town.until, _repeat_of(first, row))
        why = counting.counts(facts, kinds)
        yield Entry(row.id, row.township, row.product_group, row.stage, f"{row.drawn_on:%m}", row.kind, why)


def _repeat_of(first: dict[tuple[str, str, str, date], str], row: Sample) -> str:
    """Return the earlier sample of the same batch, food and business on one day; without a batch nothing is said."""
    batch = row.form.get("batch", "/")
    if batch == "/" or row.business is None or row.state in figures.UNCOUNTED:
        return ""
    key = (row.business, row.food, batch, row.drawn_on)
    found = first.setdefault(key, row.id)
    return "" if found == row.id else found


@question()
def ledger(view: View, year: int, by: Sequence[str] = ("township",)) -> list[Line]:
    """Return the sums of a year by some dimensions, by their keys.

    Raises:
        Invalid: a dimension that is not known, or `department` with samples asked for by nothing else.
    """
    unknown = [one for one in by if one not in DIMENSIONS]
    if unknown or not by or len(set(by)) < len(by):
        raise Invalid("quota.by", by=",".join(by), known=",".join(DIMENSIONS))
    today = clock.local(view.now).date()
    share = quota.elapsed(year, today)
    sums: dict[tuple[str, ...], Counter[str]] = {}
    if set(by) <= _OF_SAMPLES:
        for one in entries(view, year):
            counter = sums.setdefault(tuple(getattr(one, name) for name in by), Counter())
            counter[f"why {one.why}"] += 1
            if one.why in {Counts.YES, Counts.KIND}:
                counter[one.kind] += 1
    planned = _planned(view, year, by, today)
    return [
        _line(key, sums.get(key, Counter()), planned.get(key), share, monthly="month" in by)
        for key in sorted(sums.keys() | planned.keys())
    ]


def _planned(
    view: View, year: int, by: Sequence[str], today: date
) -> dict[tuple[str, ...], tuple[int, Decimal]]:
    """Return target and what is due by today, by key."""
    found: dict[tuple[str, ...], tuple[int, Decimal]] = {}
    for cell in view.all(select(PlanCell).where(PlanCell.site == view.site, PlanCell.year == year)):
        values = {
            "township": cell.unit, "group": cell.product_group, "stage": cell.stage, "month": f"{cell.month:02d}",
            "department": cell.department,
        }  # fmt: skip
        key = tuple(values[name] for name in by)
        target, due = found.get(key, (0, Decimal(0)))
        found[key] = target + cell.samples, due + cell.samples * _passed(year, cell.month, today)
    return found


def _passed(year: int, month: int, today: date) -> Decimal:
    """Return the share of a month that has passed by the end of a day, from 0 to 1."""
    if (today.year, today.month) != (year, month):
        return Decimal((today.year, today.month) > (year, month))
    following = date(year + month // 12, month % 12 + 1, 1)
    return Decimal(today.day) / (following - date(year, month, 1)).days


def _line(
    key: tuple[str, ...],
    counter: Counter[str],
    planned: tuple[int, Decimal] | None,
    share: Decimal,
    *,
    monthly: bool,
) -> Line:
    counted = counter["why yes"]
    uncounted = {
        name.removeprefix("why "): count
        for name, count in sorted(counter.items())
        if name.startswith("why ") and name != "why yes"
    }
    target, due = (planned[0], int(planned[1].to_integral_value())) if planned else (None, None)
    missing = None if target is None else max(0, target - counted)
    forecast = None if monthly else counting.forecast(counted, share)
    return Line(
        key, counter["laboratory"], counter["rapid"], counted, uncounted, target, due, missing, forecast
    )


@question()
def why(view: View, number: str) -> Entry:
    """Return one sample of the ledger: what it counts as, or why it counts for nothing.

    Raises:
        NotFound: no sample has this number.
    """
    sample = sites.holding(view, number).get(Sample, number)
    return next(one for one in entries(view, sample.drawn_on.year) if one.number == number)
