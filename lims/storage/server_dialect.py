"""PostgreSQL's dialect, equal for servers of one version: see `lims.storage.dialects`."""

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class Postgresql(PGDialect_psycopg):
    """PostgreSQL's dialect; servers of one version are spoken to alike."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Postgresql) and self.server_version_info == other.server_version_info

    def __hash__(self) -> int:
        return hash(Postgresql)
