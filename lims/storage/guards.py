"""Triggers that refuse to change or delete what the log holds: a speed bump, the chain is the proof."""

from sqlalchemy import Connection, text

from lims.errors import StorageUnfit

_SQLITE = {
    "update": "BEFORE UPDATE ON log_entry",
    "delete": "BEFORE DELETE ON log_entry",
    # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE
    "replace": "BEFORE INSERT ON log_entry WHEN EXISTS (SELECT 1 FROM log_entry WHERE site = NEW.site "
    "AND ((station = NEW.station AND seq = NEW.seq) OR arrival = NEW.arrival))",
}
_POSTGRES = {
    "update": "BEFORE UPDATE ON log_entry FOR EACH ROW",
    "delete": "BEFORE DELETE ON log_entry FOR EACH ROW",
    "truncate": "BEFORE TRUNCATE ON log_entry FOR EACH STATEMENT",
}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION log_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the log is never changed'; END $$"
)
_STANDING_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entry'"
_STANDING_POSTGRES = (
    "SELECT tgname FROM pg_trigger "
    "WHERE tgrelid = 'log_entry'::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
)


def _statements(*, postgres: bool) -> list[str]:
    if not postgres:
        return [
            f"CREATE TRIGGER IF NOT EXISTS log_entry_no_{act} {when} "
            "BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END"
            for act, when in _SQLITE.items()
        ]
    found = [_FUNCTION]
    for act, when in _POSTGRES.items():
        found += [
            f"DROP TRIGGER IF EXISTS log_entry_no_{act} ON log_entry",
            f"CREATE TRIGGER log_entry_no_{act} {when} EXECUTE FUNCTION log_entry_refuse()",
        ]
    return found


def raise_guards(connection: Connection) -> None:
    """Make the triggers anew; called after each migration, since a rebuilt table loses them silently."""
    for statement in _statements(postgres=connection.dialect.name == "postgresql"):
        connection.execute(text(statement))


def check_guards(connection: Connection) -> None:
    """Make sure that the triggers stand on the log and are not switched off.

    Raises:
        StorageUnfit: when one is missing.
    """
    postgres = connection.dialect.name == "postgresql"
    found = set(connection.scalars(text(_STANDING_POSTGRES if postgres else _STANDING_SQLITE)))
    missing = {f"log_entry_no_{act}" for act in (_POSTGRES if postgres else _SQLITE)} - found
    if missing:
        raise StorageUnfit("storage.guards", missing=", ".join(sorted(missing)))
