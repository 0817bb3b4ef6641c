"""The register of a year: one line for each approved or waiting verdict, and for each sample without one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import not_, or_, select

from lims.door import question
from lims.queries import methods, places
from lims.queries.people import names
from lims.queries.sites import answered_for, taken_over
from lims.records.readings import Reading
from lims.records.results import Result, Review, Verdict
from lims.records.samples import Sample
from lims.rules import regulation
from lims.rules.methods import titled
from lims.storage.unit import View
from lims.text import tongue


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register; what is not there yet is None or empty."""

    number: str
    drawn_at: datetime
    township: str
    business: str
    food: str
    group: str
    stage: str
    kind: str
    state: str
    item: str
    method: str
    title: str
    value: Decimal | None
    unit: str
    word: str
    review: str
    instrument: str
    tested_at: datetime | None
    tester: str
    reviewer: str


@question()
def lines(view: View, year: int) -> list[Line]:
    """Return the register of a year by number; a sample with several verdicts has several lines."""
    known = names(view)
    towns = places.names(view)
    query = (
        select(Sample, Verdict, Reading, Review)
        .outerjoin(Verdict, (Verdict.site == Sample.site) & (Verdict.sample == Sample.id))
        .outerjoin(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .outerjoin(Reading, (Reading.site == Result.site) & (Reading.id == Result.reading))
        .outerjoin(Review, (Review.site == Verdict.site) & (Review.verdict == Verdict.id))
        .where(
            Sample.site.in_(answered_for(view)),
            or_(not_(taken_over(view)), Verdict.id.is_not(None)),
            Sample.drawn_on >= date(year, 1, 1),
            Sample.drawn_on <= date(year, 12, 31),
        )
        .order_by(Sample.id, Verdict.id)
    )

    spoken, titles = tongue("zh_CN"), methods.titles(view)

    def made() -> Iterator[Line]:
        for sample, verdict, reading, review in view.rows(query):
            yield Line(
                sample.id,
                sample.drawn_at,
                towns.get(sample.township, sample.township),
                sample.business_name,
                sample.food,
                regulation.term("product_group", sample.product_group).zh,
                regulation.term("stage", sample.stage).zh,
                regulation.term("kind", sample.kind).zh,
                regulation.term("state", sample.state).zh,
                verdict.item if verdict else "",
                verdict.method if verdict else "",
                titled(verdict.method, titles)[0] if verdict else "",
                verdict.value if verdict else None,
                (verdict.unit or "") if verdict else "",
                regulation.term("word", verdict.word).zh if verdict else "",
                spoken.words(f"verdict_state.{verdict.state}") if verdict else "",
                reading.instrument if reading else "",
                reading.received_at if reading else None,
                known(verdict.tester) if verdict else "",
                known(review.reviewer) if review else "",
            )

    return list(made())
