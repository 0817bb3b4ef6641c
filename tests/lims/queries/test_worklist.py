"""What waits is found without a look at what is done: both databases take the small index of waiting verdicts."""

from sqlalchemy import Connection, event, text

from lims.queries import reviews, worklist
from tests.laboratory import Lab


def test_what_waits_is_read_by_an_index_of_its_own(lab: Lab) -> None:
    engine, found = lab.station.store.engine, list[tuple[str, object]]()

    def note(*told: object) -> None:
        if "to_review" in str(told[2]):
            found.append((str(told[2]), told[3]))

    event.listen(engine, "before_cursor_execute", note)
    lab.station.ask(worklist.today)
    lab.as_("wang").ask(reviews.waiting)
    event.remove(engine, "before_cursor_execute", note)
    assert len(found) == 2
    with engine.connect() as connection:
        plans = [_plan(connection, *one) for one in found]
    assert all("ix_verdict_waiting" in plan for plan in plans), plans


def _plan(connection: Connection, statement: str, told: object) -> str:
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    if word == "EXPLAIN":
        connection.execute(text("SET enable_seqscan = off"))  # an empty table would be read whole
    rows = connection.exec_driver_sql(f"{word} {statement}", told)  # type: ignore[arg-type] # as the driver had them
    return " ".join(str(row) for row in rows)
