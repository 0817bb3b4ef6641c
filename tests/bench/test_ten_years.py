"""Rows 6a to 6g: a page, a text that is not there, a far page, monthly rates, a quota, growth, samples with results.

Ten years of a county (600,000 samples, 3 million verdicts; fewer by KUAIJIAN_BENCH_SAMPLES). Each reference is the
usual way on the same file: an index a column, LIKE, OFFSET, a scan, lazy loading; both sides must answer the same.
Where the way to the database costs more than the answer, a line "sql" has both sides' statements without it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import case, func, or_, select

from lims.door import question
from lims.queries import figures, samples, trend
from lims.queries.samples import Row, Said, row
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.storage.unit import View
from tests.bench.county import FIRST, SAMPLES, county
from tests.bench.harness import Book, Goal, in_turns, shown, taken
from tests.bench.statements import alone
from tests.laboratory import Lab

TOWN, GROUP, STATE, PAGE = "350122104", "aquatic", "testing", 50
LAST = FIRST.year + 9


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = county(tmp_path_factory.mktemp("ten"), 10)
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = county(tmp_path_factory.mktemp("one"), 1)
    yield lab
    lab.close()


_OURS = (
    "ix_sample_site_township_product_group_state_id",
    "ix_sample_site_state_id",
    "ix_sample_site_drawn_on",
)


@contextmanager
def an_index_a_column(lab: Lab) -> Iterator[None]:
    """Give the file one index a column in place of ours, as usual, for the length of a `with` block."""
    engine = lab.station.store.engine.execution_options(writes=True)
    with engine.begin() as connection:
        kept = [
            connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{n}'").scalar_one()
            for n in _OURS
        ]
        for name in (*_OURS, "ix_sample_site_township_drawn_on"):
            connection.exec_driver_sql(f"DROP INDEX {name}")
        for column in ("township", "product_group", "state", "drawn_at"):
            connection.exec_driver_sql(f"CREATE INDEX usual_{column} ON sample ({column})")
        connection.exec_driver_sql("ANALYZE")
    yield
    with engine.begin() as connection:
        for column in ("township", "product_group", "state", "drawn_at"):
            connection.exec_driver_sql(f"DROP INDEX usual_{column}")
        for sql in kept:
            connection.exec_driver_sql(sql)
        connection.exec_driver_sql(
            "CREATE INDEX ix_sample_site_township_drawn_on ON sample (site, township, drawn_on)"
        )
        connection.exec_driver_sql("ANALYZE")


@question()
def usual_filters(view: View) -> list[str]:
    query = select(Sample).where(
        Sample.township == TOWN, Sample.product_group == GROUP, Sample.state == STATE
    )
    return [one.id for one in view.all(query.order_by(Sample.drawn_at.desc(), Sample.id.desc()).limit(PAGE))]


@question()
def usual_text(view: View, text: str) -> list[str]:
    columns = (Sample.id, Sample.food, Sample.business_name, Sample.seal)
    query = select(Sample).where(or_(*(column.like(f"%{text}%") for column in columns)))
    return [one.id for one in view.all(query.order_by(Sample.id.desc()).limit(200))]


@question()
def usual_page(view: View, skip: int) -> list[str]:
    return [one.id for one in view.all(select(Sample).order_by(Sample.id.desc()).offset(skip).limit(PAGE))]


@question()
def usual_months(view: View) -> list[tuple[str, int, int]]:
    month = func.substr(Verdict.at, 1, 7)
    positive = func.sum(case((Verdict.word == "positive", 1), else_=0))
    query = (
        select(month, func.count(), positive)
        .where(Verdict.state != "rejected")
        .group_by(month)
        .order_by(month)
    )
    return [(name, count, int(of)) for name, count, of in view.rows(query)]


@question()
def usual_quota(view: View, year: int) -> int:
    query = select(Sample.township, Sample.kind, func.count()).where(
        Sample.site == view.site, Sample.drawn_on >= date(year, 1, 1), Sample.drawn_on <= date(year, 12, 31),
        Sample.state.not_in(figures.UNCOUNTED),
    )  # fmt: skip
    return sum(count for _, _, count in view.rows(query.group_by(Sample.township, Sample.kind)))


@question()
def lazily(view: View) -> dict[str, list[Said]]:
    """Return 50 samples with their results one by one, as a relation that loads when it is touched does."""
    found: dict[str, list[Said]] = {}
    for sample in view.all(select(Sample).order_by(Sample.id.desc()).limit(PAGE)):
        verdicts = view.all(select(Verdict).where(Verdict.site == view.site, Verdict.sample == sample.id))
        found[row(sample).number] = [
            Said(v.item, v.word, f"{v.value} {v.unit}", v.state) for v in sorted(verdicts, key=lambda v: v.id)
        ]
    return found


@question()
def newest(view: View) -> dict[str, list[Said]]:
    return samples.verdicts(view, [one.number for one in samples.page(view, count=PAGE)])


Side = Callable[[], object]


def compared(book: Book, name: str, what: str, sides: tuple[Side, Side], goal: Goal, rounds: int = 5) -> None:
    ours, reference = sides
    assert ours() == reference(), "both must answer the same"
    found = in_turns(ours, reference, rounds)
    note = "both through the door: connection, snapshot and rows are in both figures"
    line = book.note(name, f"{what}, {SAMPLES:,} samples", found.times(), found.faster, goal, note)
    assert not line.missed


def compared_twice(book: Book, lab: Lab, name: str, what: str, sides: tuple[Side, Side], goal: Goal) -> None:
    """Note a row as people meet it, and once more by the statements alone, as the peers of the row were measured."""
    compared(book, name, what, sides, goal)
    ours, reference = (alone(lab.station.store.engine, side) for side in sides)
    found = in_turns(ours, reference, 7)
    what = f"{what}, {SAMPLES:,} samples, statements alone"
    assert not book.note(f"{name} sql", what, found.times(), found.faster, goal).missed


def numbers(rows: list[Row]) -> list[str]:
    return [each.number for each in rows]


def test_6a_newest_fifty_by_three_filters(book: Book, ten: Lab) -> None:
    door = ten.station
    filters = {"township": TOWN, "product_group": GROUP, "states": (STATE,), "count": PAGE}
    ours = numbers(door.ask(samples.page, **filters))  # type: ignore[arg-type]

    def page() -> object:
        return door.ask(samples.page, **filters)  # type: ignore[arg-type]

    def usual() -> object:
        return door.ask(usual_filters)

    engine = door.store.engine
    mine = [taken_often(way) for way in (page, alone(engine, page))]
    with an_index_a_column(ten):
        assert usual() == ours
        theirs = [taken_often(way) for way in (usual, alone(engine, usual))]
    what = f"newest 50, three filters, {SAMPLES:,} samples"
    note = "an index a column stands in place of ours for the reference"
    goal = Goal(least=300, asserted=False)
    for name, told, own, other in zip(
        ("6a", "6a sql"), (what, f"{what}, statements alone"), mine, theirs, strict=True
    ):
        book.note(name, told, (shown(own), shown(other)), other / own, goal, note)
    assert mine[1] < theirs[1]


def taken_often(work: Side, times: int = 7) -> float:
    work()
    return sorted(taken(work) for _ in range(times))[times // 2]


@pytest.mark.parametrize("text", ["稻花鲤鱼", "鳜鱼"])
def test_6b_a_text_that_is_not_there(book: Book, ten: Lab, text: str) -> None:
    door = ten.station
    sides = (lambda: numbers(door.ask(samples.page, text=text)), lambda: door.ask(usual_text, text))
    name = "6b" if len(text) > 2 else "6b+"
    compared_twice(book, ten, name, f"text of {len(text)} not there", sides, Goal(least=500, asserted=False))


def test_6c_page_eight_thousand(book: Book, ten: Lab) -> None:
    door, skip = ten.station, min(8000, SAMPLES // PAGE - 2) * PAGE
    after = door.ask(samples.by_number, door.ask(usual_page, skip - 1)[0])
    sides = (
        lambda: numbers(door.ask(samples.page, order=samples.Order(after=after), count=PAGE)),
        lambda: door.ask(usual_page, skip),
    )
    compared(book, "6c", f"page {skip // PAGE:,}", sides, Goal(least=50, asserted=False))


def test_6d_monthly_positive_rate_of_ten_years(book: Book, ten: Lab) -> None:
    door = ten.station

    def ours() -> list[tuple[str, int, int]]:
        found = door.ask(trend.monthly, FIRST.year, LAST)
        return [(each.month, each.verdicts, each.positives) for each in found]

    compared(
        book,
        "6d",
        "monthly positive rate",
        (ours, lambda: door.ask(usual_months)),
        Goal(least=50, asserted=SAMPLES >= 600_000),
        3,
    )


@question()
def tallied(view: View, year: int) -> int:
    return sum(figures.done(view, year).values())


def test_6e_the_quota_of_a_year(book: Book, ten: Lab) -> None:
    door = ten.station
    sides = (lambda: door.ask(tallied, LAST - 1), lambda: door.ask(usual_quota, LAST - 1))
    compared_twice(book, ten, "6e", "counts of a year, all townships", sides, Goal(least=20, asserted=False))


@pytest.mark.parametrize("name", ["page", "text", "quota", "trend"])
def test_6f_ten_years_against_one(book: Book, ten: Lab, one: Lab, name: str) -> None:
    def works(lab: Lab, year: int) -> dict[str, Side]:
        door = lab.station
        return {
            "page": lambda: door.ask(
                samples.page, township=TOWN, product_group=GROUP, states=(STATE,), count=PAGE
            ),
            "text": lambda: door.ask(samples.page, text="鳜鱼"),
            "quota": lambda: door.ask(figures.quota, year),
            "trend": lambda: door.ask(trend.monthly, year, year),
        }

    found = in_turns(works(ten, LAST - 1)[name], works(one, FIRST.year)[name], 9)
    growth = found.ours / found.reference
    goal = Goal(most=1.5, asserted=False)
    book.note(f"6f {name}", f"{name}: ten years against one", found.times(), growth, goal)
    assert growth < 5


def test_6g_fifty_samples_with_their_results(book: Book, ten: Lab) -> None:
    door = ten.station
    sides = (lambda: door.ask(newest), lambda: door.ask(lazily))
    compared(book, "6g", "50 samples with results", sides, Goal(least=20, asserted=False), 9)
