"""Statistics of a period: batches and items never mixed, every rate with its own denominator, by any dimensions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from lims.door import question
from lims.errors import Invalid
from lims.queries import disputes, figures, methods, places, tested
from lims.queries.figures import UNCOUNTED
from lims.queries.sites import answered_for, once
from lims.queries.tested import DIMENSIONS, Item
from lims.records.cases import Case
from lims.records.places import Site
from lims.records.samples import Sample
from lims.rules.clocks import Standing
from lims.storage.unit import View

FORMULAS: dict[str, tuple[str, str]] = {
    "batches": ("批次 = 有有效检测的样品数，一个抽样编号计一次", "samples with a test, each number once"),
    "items": ("项次 = 样品×项目", "samples times items"),
    "positive_rate": (
        "快检阳性率 = 初检阳性（含可疑）项次 ÷（项次 − 无效项次）",
        "first positives, suspects among them / (items - invalid)",
    ),
    "agreement": (
        "确证符合率 = 确证不合格 ÷ 已出检验报告的案件",
        "confirmed / cases with a laboratory report",
    ),
    "handled_rate": ("处置完成率 = 已结案件 ÷ 全部案件", "closed cases / cases"),
    "on_time_rate": ("按时率 = 按时完成 ÷（按时 + 逾期 + 届满）", "met / (met + met late + lapsed)"),
    "per_thousand": ("千人批次 = 批次 ÷（人口 ÷ 1000）", "batches / (people / 1000)"),
}
"""How each figure is worked out, in both languages; conventional formulas, to be confirmed by the laboratory."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its key, batches, items, and of the items the invalid and the first positives."""

    key: tuple[str, ...]
    batches: int
    items: int
    invalid: int
    positives: int

    @property
    def rate(self) -> Decimal | None:
        """First positives among what is valid, or None where nothing is."""
        return ratio(self.positives, self.items - self.invalid)


def ratio(part: int, whole: int) -> Decimal | None:
    """Return a share to four decimals, or None without a whole."""
    return None if whole <= 0 else (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Statistics:
    """A period's figures; what cannot be said is None.

    Attributes:
        laboratory: its name.
        first: first day.
        last: last day.
        by: the dimensions of the lines.
        lines: by their keys.
        total: all of them together.
        drawn: valid samples, tested or not.
        cases: first positives that opened a case in the period.
        reported: of these, with a laboratory's report.
        confirmed: of these, confirmed.
        closed: of the cases, closed.
        on_time: deadlines met in time, of `deadlines` that ended.
        deadlines: that were met, met late or ran out.
        people: of the townships for the period's year, or None while one of them has none.
        towns: the name of each township by its code, those that the laboratory added too.
        titles: (Chinese, English) of each method by its id, the laboratory's own too.
    """

    laboratory: str
    first: date
    last: date
    by: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line
    drawn: int
    cases: int
    reported: int
    confirmed: int
    closed: int
    on_time: int
    deadlines: int
    people: int | None
    towns: Mapping[str, str]
    titles: Mapping[str, tuple[str, str]]

    @property
    def rates(self) -> dict[str, Decimal | None]:
        """Every rate of `FORMULAS` by its name."""
        thousand = None if not self.people else (Decimal(self.total.batches) * 1000 / self.people)
        return {
            "positive_rate": self.total.rate,
            "agreement": ratio(self.confirmed, self.reported),
            "handled_rate": ratio(self.closed, self.cases),
            "on_time_rate": ratio(self.on_time, self.deadlines),
            "per_thousand": None if thousand is None else thousand.quantize(Decimal("0.01")),
        }


@question()
def statistics(view: View, first: date, last: date, by: Sequence[str] = ("group",)) -> Statistics:
    """Return the statistics of a period by some dimensions.

    Raises:
        Invalid: the days are turned round, or a dimension is not known.
    """
    if last < first:
        raise Invalid("statistics.days", first=first.isoformat(), last=last.isoformat())
    if not by or set(by) - set(DIMENSIONS) or len(set(by)) < len(by):
        raise Invalid("quota.by", by=",".join(by), known=",".join(DIMENSIONS))
    items = list(tested.items(view, first, last))
    drawn = view.all(
        select(func.count())
        .select_from(Sample)
        .where(
            once(view), Sample.drawn_on >= first, Sample.drawn_on <= last,
            Sample.state.not_in(UNCOUNTED),
        )
    )[0]  # fmt: skip
    reported, confirmed, closed, cases = _cases(view, first, last)
    on_time, ended = _deadlines(view, cases)
    site = view.find(Site)
    return Statistics(
        site.name if site else view.site,
        first, last, tuple(by), _lines(items, by), _line((), items), drawn, len(cases), reported, confirmed, closed,
        on_time, ended, _people(view, first.year), places.names(view), methods.book(view).titles,
    )  # fmt: skip


def _line(key: tuple[str, ...], items: Sequence[Item]) -> Line:
    return Line(
        key,
        len({one.sample for one in items}),
        len(items),
        sum(one.word == "invalid" for one in items),
        sum(one.word in tested.POSITIVE for one in items),
    )


def _lines(items: Sequence[Item], by: Sequence[str]) -> tuple[Line, ...]:
    found: dict[tuple[str, ...], list[Item]] = {}
    for one in items:
        found.setdefault(tuple(str(getattr(one, name)) for name in by), []).append(one)
    return tuple(_line(key, rows) for key, rows in sorted(found.items()))


def _cases(view: View, first: date, last: date) -> tuple[int, int, int, list[Case]]:
    cases = list(
        view.all(
            select(Case)
            .join(Sample, (Sample.site == Case.site) & (Sample.id == Case.sample))
            .where(Case.site.in_(answered_for(view)), Sample.drawn_on >= first, Sample.drawn_on <= last)
        )
    )
    reports = {
        one.id: [said.get("conclusion") for kind, said in disputes.told(view, one.id) if kind == "lab_report"]
        for one in cases
    }
    confirmed = sum("fails" in said for said in reports.values())
    return sum(map(bool, reports.values())), confirmed, sum(one.state == "closed" for one in cases), cases


def _deadlines(view: View, cases: Sequence[Case]) -> tuple[int, int]:
    standings = [one.standing for case in cases for one in disputes.of_case(view, case).deadlines]
    ended = [one for one in standings if one in {Standing.MET, Standing.MET_LATE, Standing.LAPSED}]
    return ended.count(Standing.MET), len(ended)


def _people(view: View, year: int) -> int | None:
    found = figures.quota(view, year)
    return None if found.without_basis else sum(town.line.people or 0 for town in found.towns)
