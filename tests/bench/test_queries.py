"""Rows 6a to 6c: a page, a text that is not there, a far page, on 20,000 samples against LIKE and OFFSET."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, or_, select

from lims.door import question
from lims.queries import samples
from lims.queries.samples import Row, row
from lims.records.samples import Sample
from lims.rules import regulation
from lims.storage.unit import View
from tests.bench.harness import Book, Goal, in_turns
from tests.laboratory import Lab, found_lab

AMOUNT = 20_000
PAGE = 200
FOODS = ("豇豆", "上海青", "鲫鱼", "鸡蛋", "稻花鱼", "韭菜", "猪肉", "芹菜", "大黄鱼", "草莓")
STATES = ("drawn", "received", "testing", "reviewed", "certified")


def rows(lab: Lab) -> Iterator[dict[str, object]]:
    """Make samples of two years; they stand in the table alone, not in the log, for only questions are asked."""
    dice = random.Random(6)
    towns = [place.code for place in regulation.townships()]
    for number in range(AMOUNT):
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=50 * number)
        yield {
            "site": lab.station.store.place.site,
            "id": f"LJ01{at:%y%m%d}{number:05d}",
            "kind": "rapid",
            "food": dice.choice(FOODS),
            "product_group": "crops",
            "stage": "distribution",
            "township": dice.choice(towns),
            "business": None,
            "business_name": f"凤城农贸市场{dice.randrange(900)}号{dice.choice('陈林王郑黄')}记",
            "drawn_at": at,
            "drawn_on": at.date(),
            "drawn_by": lab.accounts["chen"],
            "seal": f"F{number:06d}",
            "form": {},
            "state": dice.choice(STATES),
            "version": 1,
        }


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = found_lab(tmp_path_factory.mktemp("many") / "lab")
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(Sample), list(rows(lab)))
        connection.exec_driver_sql("ANALYZE")
    yield lab
    lab.close()


@question()
def usual(view: View, *, text: str = "", states: Sequence[str] = (), skip: int = 0) -> list[Row]:
    """Return a page as programs usually ask for it: LIKE on each column, sorted by time, OFFSET."""
    query = select(Sample)
    if text:
        columns = (Sample.id, Sample.food, Sample.business_name, Sample.seal)
        query = query.where(or_(*(column.like(f"%{text}%") for column in columns)))
    if states:
        query = query.where(Sample.state.in_(states))
    query = query.order_by(Sample.drawn_at.desc()).offset(skip).limit(PAGE)
    return [row(sample) for sample in view.all(query)]


def compared(book: Book, name: str, what: str, sides: "tuple[object, object]", goal: Goal) -> None:
    ours, reference = sides
    assert callable(ours)
    assert callable(reference)
    assert [one.number for one in ours()] == [one.number for one in reference()], "both must answer the same"
    found = in_turns(ours, reference, 15)
    note = "both through the door: connection, snapshot and rows are in both figures"
    assert not book.note(name, f"{what}, 20,000 samples", found.times(), found.faster, goal, note).missed


def test_6a_the_newest_page_of_one_state(book: Book, many: Lab) -> None:
    door = many.station
    sides = (
        lambda: door.ask(samples.page, states=("received",), count=PAGE),
        lambda: door.ask(usual, states=("received",)),
    )
    compared(book, "6a", "newest page, one state", sides, Goal(least=300, asserted=False))


@pytest.mark.parametrize("text", ["稻花鲤鱼", "鳜鱼"])
def test_6b_a_text_that_is_not_there(book: Book, many: Lab, text: str) -> None:
    door = many.station
    sides = (lambda: door.ask(samples.page, text=text), lambda: door.ask(usual, text=text))
    row_ = "6b" if len(text) > 2 else "6b+"
    compared(book, row_, f"search, {len(text)} characters not there", sides, Goal(least=500, asserted=False))


def test_6c_page_one_hundred(book: Book, many: Lab) -> None:
    door = many.station
    skip = 99 * PAGE
    after = door.ask(usual, skip=skip - 1)[0]
    sides = (
        lambda: door.ask(samples.page, order=samples.Order(after=after), count=PAGE),
        lambda: door.ask(usual, skip=skip),
    )
    compared(book, "6c", "page 100", sides, Goal(least=50, asserted=False))
