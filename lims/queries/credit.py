"""The credit file of a food business: samples, first positives, cases and measures over the years, and its grade."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import NotFound
from lims.queries import disputes, tested
from lims.records.cases import Case
from lims.records.places import Business
from lims.records.samples import Sample
from lims.rules import credit
from lims.rules.credit import CodeState
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a business: samples drawn, items tested, first positives, cases confirmed."""

    year: int
    samples: int
    items: int
    positives: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Past:
    """One case of a business: its sample, food, item, state and outcome, and the measures that were taken."""

    number: str
    food: str
    item: str
    state: str
    outcome: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreditFile:
    """Everything that the laboratory holds of a business; the telephone is masked, the grade is by unverified rules."""

    id: str
    name: str
    township: str
    address: str
    stall: str
    credit_code: str
    code_state: CodeState
    no_code_reason: str
    phone: str
    years: tuple[Year, ...]
    cases: tuple[Past, ...]
    grade: str


@question()
def of_business(view: View, id_: str) -> CreditFile:
    """Return the credit file of one business.

    Raises:
        NotFound: no such business.
    """
    row = view.find(Business, id_)
    if row is None:
        raise NotFound("business.unknown", id=id_)
    cases = view.all(
        select(Case)
        .join(Sample, (Sample.site == Case.site) & (Sample.id == Case.sample))
        .where(Case.site == view.site, Sample.business == id_)
        .order_by(Case.id.desc())
    )
    years = _years(view, id_, cases)
    first = clock.local(view.now).year - credit.years() + 1
    lately = [one for one in years if one.year >= first]
    grade = credit.grade(
        sum(one.items for one in lately),
        sum(one.positives for one in lately),
        sum(one.confirmed for one in lately),
    )
    return CreditFile(
        id_, row.name, row.township, row.address, row.stall, row.credit_code, credit.code_state(row.credit_code),
        row.no_code_reason, credit.masked(view.personal(row.phone)), years,
        tuple(_past(view, one) for one in cases), grade,
    )  # fmt: skip


def _years(view: View, business: str, cases: Sequence[Case]) -> tuple[Year, ...]:
    drawn = view.all(
        select(Sample.drawn_on).where(
            Sample.site == view.site, Sample.business == business, Sample.state.not_in(("void", "rejected"))
        )
    )
    samples = Counter(day.year for day in drawn)
    items: Counter[int] = Counter()
    positives: Counter[int] = Counter()
    for one in tested.items(view, date(2000, 1, 1), date(9999, 12, 31), business):
        items[one.drawn_on.year] += one.word != "invalid"
        positives[one.drawn_on.year] += one.word in tested.POSITIVE
    confirmed = Counter(clock.local(one.opened_at).year for one in cases if one.outcome == "confirmed")
    return tuple(
        Year(year, samples[year], items[year], positives[year], confirmed[year])
        for year in sorted(samples.keys() | items.keys() | confirmed.keys())
    )


def _past(view: View, one: Case) -> Past:
    sample = view.find(Sample, one.sample)
    measures = tuple(
        f"{detail.get('measure', detail.get('method', ''))} {detail.get('amount', '')}".strip()
        for kind, detail in disputes.told(view, one.id)
        if kind in {"measure", "disposed", "released"}
    )
    return Past(one.sample, sample.food if sample else "", one.item, one.state, one.outcome, measures)
