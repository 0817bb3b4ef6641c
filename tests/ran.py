"""Which databases the tests really spoke to, from every process that ran some, for the closing line of the check."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

_RAN: dict[str, str] = {}
"""Version of each kind of database, by its name."""


class Told:
    """Collects what the workers say at their ends, and says it where the summary stands."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Have a worker tell the process that started it."""
        told = getattr(session.config, "workeroutput", None)
        if told is not None:
            told["servers"] = dict(_RAN)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker told; one that was killed tells nothing."""
        _RAN.update(getattr(node, "workeroutput", {}).get("servers", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which servers ran."""
        if _RAN:
            terminalreporter.write_line(
                "servers: " + ", ".join(f"{kind} {_RAN[kind]}" for kind in sorted(_RAN))
            )


def _opened(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        return  # Python's own library, which keeps no laboratory
    kind = "postgresql" if hasattr(connection, "pgconn") else "sqlite"
    if kind not in _RAN:
        question = "SHOW server_version" if kind == "postgresql" else "SELECT sqlite_version()"
        cursor = connection.cursor()
        cursor.execute(question)
        _RAN[kind] = str(cursor.fetchone()[0]).split(" ", 1)[0]
        cursor.close()
        if kind == "postgresql":
            connection.rollback()


def listen(config: pytest.Config) -> None:
    """Note from now on every kind of database that is opened."""
    event.listen(Pool, "connect", _opened)
    config.pluginmanager.register(Told(), "which servers ran")
