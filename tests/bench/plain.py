"""The usual way without the program: rows by plain sqlite3 and SQLAlchemy's ORM, and a plain hash chain."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

TABLES = """
CREATE TABLE IF NOT EXISTS result (id INTEGER PRIMARY KEY, sample TEXT, item TEXT, value TEXT, unit TEXT);
CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, what TEXT, hash BLOB);
"""


def connect(path: Path, journal: str = "WAL") -> sqlite3.Connection:
    """Return a connection that keeps what it commits; made for one thread, usable in another."""
    connection = sqlite3.connect(path, timeout=120, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(TABLES)
    return connection


def keep(connection: sqlite3.Connection, sample: str, value: str) -> None:
    """Keep one result with its audit row in a transaction of its own."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO result (sample, item, value, unit) VALUES (?, 'inhibition', ?, '%')", (sample, value)
    )
    digest = hashlib.sha256(f"{sample} {value}".encode()).digest()
    connection.execute("INSERT INTO audit (what, hash) VALUES (?, ?)", (f"result {sample}", digest))
    connection.execute("COMMIT")


def count(path: Path) -> int:
    """Return how many results were kept."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM result").fetchone()[0])


def chain(path: Path) -> sqlite3.Connection:
    """Return a connection to an empty hash chain, as Python opens a file where nobody chose a journal."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE chain (id INTEGER PRIMARY KEY, what TEXT, prev TEXT, hash TEXT)")
    return connection


def link(connection: sqlite3.Connection, what: str) -> None:
    """Read the last row, chain a record to it and commit it, as simple chains do for each record."""
    connection.execute("BEGIN IMMEDIATE")
    last = connection.execute("SELECT hash FROM chain ORDER BY id DESC LIMIT 1").fetchone()
    prev = last[0] if last else ""
    digest = hashlib.sha256(f"{prev}{what}".encode()).hexdigest()
    connection.execute("INSERT INTO chain (what, prev, hash) VALUES (?, ?, ?)", (what, prev, digest))
    connection.execute("COMMIT")


class Table(DeclarativeBase):
    """The tables of the ORM's way."""


class Result(Table):
    """A result."""

    __tablename__ = "result"
    id: Mapped[int] = mapped_column(primary_key=True)
    sample: Mapped[str]
    item: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]


class Audit(Table):
    """What stands beside each result."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    hash: Mapped[bytes]


@contextmanager
def orm(path: Path) -> Iterator[Session]:
    """Open a session on a file with the same durability."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _durable)
    Table.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def keep_message(session: Session, message: bytes) -> int:
    """Split a message as simple programs do and commit each of its results by itself; return how many."""
    sample, kept = "", 0
    for line in message.decode().split("\r"):
        fields = line.split("|")
        if fields[0] == "O":
            sample = fields[2]
        if fields[0] == "R":
            session.add(Result(sample=sample, item=fields[2], value=fields[3], unit=fields[4]))
            digest = hashlib.sha256(line.encode()).digest()
            session.add(Audit(what=f"result {sample}", hash=digest))
            session.commit()
            kept += 1
    return kept
