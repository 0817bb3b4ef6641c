"""A question's own statements, again on a bare connection: the time of the database alone, without the way there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Said = tuple[str, Any]


def alone(engine: Engine, work: Callable[[], object]) -> Callable[[], object]:
    """Run `work` once, hear its statements, and return what runs the same ones bare and fetches all their rows.

    What it leaves out is the same for every question: permission, session, snapshot, statements put together, rows
    made into objects.
    """
    with heard(engine) as said:
        work()
    assert said, "a question that asks the database nothing has no time of its own"

    def again() -> list[list[tuple[Any, ...]]]:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            return [cursor.execute(statement, values).fetchall() for statement, values in said]
        finally:
            connection.close()

    return again


@contextmanager
def heard(engine: Engine) -> Iterator[list[Said]]:
    """Give the list to which each statement and its values are added for the length of a `with` block."""
    said: list[Said] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append((statement, values))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)
