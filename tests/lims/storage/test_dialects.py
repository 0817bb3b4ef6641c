"""A statement is compiled once for all files, and once for all servers of a version."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, select

from lims.storage import engine
from lims.storage.dialects import COMPILED, POSTGRESQL
from lims.storage.server_dialect import Postgresql


def kept(opened: Engine) -> int:
    with opened.connect() as connection:
        connection.execute(select(1).where(select(1).exists()))
    opened.dispose()
    return len(COMPILED)


def test_a_second_file_compiles_nothing_anew(tmp_path: Path) -> None:
    first = kept(engine.sqlite(tmp_path / "one.db"))
    assert first
    assert kept(engine.sqlite(tmp_path / "two.db")) == first


def test_servers_are_alike_when_their_versions_are() -> None:
    one, other = (create_engine(f"{POSTGRESQL}://nowhere").dialect for _ in range(2))
    assert isinstance(one, Postgresql)
    assert one == other
    one.server_version_info, other.server_version_info = (15, 1), (16, 0)
    assert one != other
    assert hash(one) == hash(other)
