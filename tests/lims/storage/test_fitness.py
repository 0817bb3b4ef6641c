"""Which libraries, settings, folders and servers are trusted with a commit, and what is said of the others."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from lims.errors import StorageUnfit
from lims.storage.engine import open_engine
from lims.storage.fitness import check_folder, check_postgres, check_sqlite, filesystem, sqlite_keeps_commits
from lims.storage.writer import storage_fault
from tests.laboratory import Lab
from tests.servers import Servers


@pytest.mark.parametrize(
    ("version", "keeps"),
    [
        ("3.7.0", False), ("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.44.10", True), ("3.45.0", False),
        ("3.49.2", False), ("3.50.6", False), ("3.50.7", True), ("3.51.0", False), ("3.51.2", False), ("3.51.3", True),
        ("3.52.0", True), ("3.53.4", True), ("4.0.0", True),
    ],
)  # fmt: skip
def test_only_libraries_with_the_repair_keep_commits(version: str, keeps: bool) -> None:
    assert sqlite_keeps_commits(version) == keeps


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("synchronous", "NORMAL", "1"), ("synchronous", "OFF", "0"), ("foreign_keys", "OFF", "0"),
     ("trusted_schema", "ON", "1"), ("journal_mode", "DELETE", "delete"), ("mmap_size", "65536", "65536")],
)  # fmt: skip
def test_a_setting_that_can_lose_rows_is_named(tmp_path: Path, name: str, value: str, shown: str) -> None:
    engine = open_engine(tmp_path / "lab.db")
    with engine.connect() as connection:
        check_sqlite(connection)
        connection.connection.dbapi_connection.rollback()  # type: ignore[union-attr] # outside a transaction
        connection.connection.dbapi_connection.execute(f"PRAGMA {name} = {value}")  # type: ignore[union-attr] # it is there
        with pytest.raises(StorageUnfit, match=rf"storage\.sqlite_setting.*name={name}.*value={shown}"):
            check_sqlite(connection)
    engine.dispose()


MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/share /mnt/share nfs4 rw 0 0
//pc/lab /mnt/the\040lab cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
pan /home/lin/cloud fuse.rclone rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"), ("/srv/lab", "ext4"), ("/tmp", "tmpfs"), ("/tmp/x", "tmpfs"), ("/tmpx", "ext4"),
        ("/mnt/share", "nfs4"), ("/mnt/share/a/b", "nfs4"), ("/mnt/share/local/a", "ext4"), ("/mnt/shared", "ext4"),
        ("/mnt/the lab", "cifs"), ("/mnt/the lab/x", "cifs"), ("/home/lin/cloud/k", "fuse.rclone"),
    ],
)  # fmt: skip
def test_the_file_system_of_a_folder_is_found(folder: str, kind: str) -> None:
    assert filesystem(Path(folder), MOUNTS) == kind
    assert filesystem(Path(folder), "") == ""


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.rclone"])
def test_a_folder_of_another_computer_is_refused_with_its_kind(kind: str, tmp_path: Path) -> None:
    told = tmp_path / "mounts"
    told.write_text(f"/dev/sda1 / ext4 rw 0 0\nshare {tmp_path.resolve()} {kind} rw 0 0\n", "utf-8")
    with pytest.raises(StorageUnfit, match=rf"storage\.remote.*{kind}"):
        check_folder(tmp_path, told)


def test_this_folder_will_do(tmp_path: Path) -> None:
    check_folder(tmp_path)
    assert filesystem(tmp_path.resolve(), Path("/proc/self/mounts").read_text("utf-8"))


def test_the_servers_settings_are_asked(servers: Servers) -> None:
    engine = open_engine(servers.fresh())
    with engine.connect() as connection:
        check_postgres(connection)
        connection.execute(text("SET synchronous_commit = off"))
        with pytest.raises(StorageUnfit, match=r"postgres_setting.*synchronous_commit.*off"):
            check_postgres(connection)
    engine.dispose()


def test_a_server_that_cannot_hold_chinese_is_refused(servers: Servers) -> None:
    address = servers.fresh()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    other = make_url(address).set(database="ascii").render_as_string(hide_password=False)
    with pytest.raises(StorageUnfit, match=r"postgres_setting.*server_encoding.*SQL_ASCII"):
        open_engine(other)


def test_what_is_no_address_and_what_does_not_answer_is_said_without_the_password() -> None:
    with pytest.raises(StorageUnfit, match=r"storage\.address"):
        open_engine("not an address")
    with pytest.raises(StorageUnfit, match=r"storage\.unreached") as found:
        open_engine("postgresql://lab:open-sesame@127.0.0.1:1/lab?connect_timeout=2")
    assert "open-sesame" not in str(found.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "lab.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(StorageUnfit, match=r"storage\.(key|open)"):
        open_engine(tmp_path / "lab.db")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("database or disk is full", "storage.full_now"),
        ('could not extend file "base/1": No space left on device', "storage.full_now"),
        ("attempt to write a readonly database", "storage.readonly_now"),
        ("cannot execute INSERT in a read-only transaction", "storage.readonly_now"),
        ("disk I/O error", "storage.disk_failed"),
    ],
)
def test_a_databases_fault_becomes_a_sentence(said: str, code: str) -> None:
    assert storage_fault(OSError(said)).code == code


def test_an_open_laboratory_stands_on_these_settings(lab: Lab) -> None:
    with lab.station.store.engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        (check_postgres if postgres else check_sqlite)(connection)
        assert connection.scalar(text("SELECT count(*) FROM log_head")) == 1
