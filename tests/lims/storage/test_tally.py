"""Counts kept beside the rows equal a recount after every act, through rebuild, and no entry may name them."""

from collections import Counter

import pytest
from sqlalchemy import select

from lims.errors import Invalid
from lims.evidence.entry import Change
from lims.queries import reviews, samples, trend
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.records.tally import SampleTally, VerdictTally
from lims.services import review, sample
from lims.services.sample import Seen
from lims.storage import tally
from lims.storage.project import table_of
from lims.storage.rebuild import differences
from tests.laboratory import Lab
from tests.positives import again, positive


def told(lab: Lab) -> tuple[Counter[object], Counter[object]]:
    """Return what the counts say, zeros left out."""
    with lab.station.store.engine.connect() as connection:
        drawn = connection.execute(select(SampleTally.__table__)).all()
        said = connection.execute(select(VerdictTally.__table__)).all()
    return Counter({tuple(row[:-1]): row[-1] for row in drawn if row[-1]}), Counter(
        {tuple(row[:-1]): row[-1] for row in said if row[-1]}
    )


def counted(lab: Lab) -> tuple[int, int]:
    with lab.station.store.engine.connect() as connection:
        states = connection.scalars(select(Sample.state)).all()
        words = connection.scalars(select(Verdict.state)).all()
    return sum(one not in {"void", "rejected"} for one in states), sum(one != "rejected" for one in words)


def test_after_every_act_the_counts_equal_a_recount(lab: Lab) -> None:
    numbers = [lab.draw(township="350122101"), lab.draw(kind="laboratory"), lab.draw()]
    lab.as_("zheng").do(sample.void, numbers[0], reason="重复")
    lab.as_("lin").do(
        sample.receive, numbers[1], Seen("spoiled", "intact", "F0001"), accept=False, reason="变质"
    )
    first = positive(lab)
    again(lab, first, "12.0")
    (waiting, *_) = lab.as_("wang").ask(reviews.waiting)
    lab.as_("wang").do(review.reject, waiting.finding.verdict, reason="试剂污染")
    drawn, said = told(lab)
    assert (drawn.total(), said.total()) == counted(lab) == (2, 1)
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        assert list(differences(connection, lab.station.store.place.site)) == []
        tally.recount(connection)
    assert told(lab) == (drawn, said)
    (month,) = lab.as_("zheng").ask(trend.monthly, 2000, 2100)
    assert (month.verdicts, month.positives) == (1, said.total() - sum("negative" in key for key in said))  # type: ignore[operator]
    with pytest.raises(Invalid):
        lab.as_("zheng").ask(trend.monthly, 2027, 2026)


def test_no_entry_of_the_log_may_name_a_count() -> None:
    with pytest.raises(Invalid, match=r"log\.table"):
        table_of(Change("sample_tally", {}))


def test_a_text_finds_by_food_business_initials_seal_and_number(lab: Lab) -> None:
    number = lab.draw(food="大黄鱼", business_name="琯头阿妹水产", seal="闽A0017")
    lab.draw(food="豇豆")
    lab.draw(food="韭_菜%")

    def found(text: str) -> list[str]:
        return [row.number for row in lab.as_("chen").ask(samples.page, text=text)]

    for text in ("黄鱼", "阿妹", "gtams", "闽A00", number[-6:], number):
        assert found(text) == [number], text
    for text in ("鳜鱼", "ZZZ", "a%b", "A0017x"):
        assert found(text) == [], text
    assert len(found("_菜%")) == 1
    rows = lab.as_("chen").ask(samples.page, township="350122100", product_group="crops")
    assert len(rows) == 3
    assert lab.as_("chen").ask(samples.verdicts, [number]) == {number: []}
