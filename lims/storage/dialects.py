"""Our databases' dialects, equal for equal databases, so that a statement is compiled once in a process.

A laboratory opens several databases: its own, the one a replay is compared in, a copy on its way. The library keeps
what it compiled by the dialect's identity, and every engine has one of its own.
"""

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

SQLITE = "sqlite+alike"
POSTGRESQL = "postgresql+alike"

COMPILED: LRUCache[object, object] = LRUCache(2000)
"""What was compiled so far, for the engines' option `compiled_cache`; room for every statement we have, twice."""


class Sqlite(SQLiteDialect_pysqlite):
    """SQLite's dialect; every file is spoken to alike."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sqlite)

    def __hash__(self) -> int:
        return hash(Sqlite)


registry.register("sqlite.alike", __name__, Sqlite.__name__)
registry.register(
    "postgresql.alike", "lims.storage.server_dialect", "Postgresql"
)  # read when there is a server
