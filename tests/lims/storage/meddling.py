"""What somebody with the database's password can do: change it past the door, the guards dropped or not."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from lims.queries import audit
from lims.queries.audit import Audit
from tests.laboratory import Lab


def is_postgres(lab: Lab) -> bool:
    return lab.station.store.engine.dialect.name == "postgresql"


def run(lab: Lab, *statements: str, values: Mapping[str, Any] | None = None) -> None:
    """Run SQL in one transaction of its own."""
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values or {})


def told(lab: Lab, query: str) -> list[tuple[Any, ...]]:
    with lab.station.store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def guards(lab: Lab) -> list[str]:
    acts = ("update", "delete", "truncate") if is_postgres(lab) else ("update", "delete", "replace")
    return [f"log_entry_no_{act}" for act in acts]


def drop_guards(lab: Lab) -> None:
    of = " ON log_entry" if is_postgres(lab) else ""
    run(lab, *(f"DROP TRIGGER {name}{of}" for name in guards(lab)))


def verified(lab: Lab) -> Audit:
    return lab.as_("zheng").ask(audit.verify)


def first_bad(lab: Lab) -> tuple[int | None, str]:
    found = verified(lab)
    (log,) = found.logs
    assert not found.ok
    assert not log.ok
    return log.first_bad, log.reason


def differences(lab: Lab) -> list[tuple[str, str, str]]:
    found = verified(lab)
    assert all(log.ok for log in found.logs)
    assert found.ok == (not found.differences)
    return [(one.table, one.key, one.how) for one in found.differences]
