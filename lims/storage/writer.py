"""The one writer: a thread that drains a queue of acts into few transactions, each caller waiting for its own."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from lims.errors import Conflict, LimsError, StorageUnfit
from lims.storage.log import lock

T = TypeVar("T")

AT_ONCE = 64
"""At most so many acts share one commit."""
_AWAY = ("08", "57P0")
"""How the states of a server begin that cannot be talked to: no connection, ended by its administrator, starting."""


@dataclass(frozen=True)
class _Job(Generic[T]):
    work: Callable[[Connection], T]
    future: "Future[T]"


def storage_fault(fault: Exception) -> LimsError:
    """Return what a person is told of a database's fault: full, failing, unreadable, gone, or a clash of keys."""
    text = str(getattr(fault, "orig", None) or fault)
    if isinstance(fault, IntegrityError):
        return Conflict("storage.clash", fault=text)
    low = text.lower()
    if "disk is full" in low or "no space left" in low:
        return StorageUnfit("storage.full_now", fault=text)
    if "disk i/o error" in low:
        return StorageUnfit("storage.disk_failed", fault=text)
    if "readonly" in low or "read-only" in low:
        return StorageUnfit("storage.readonly_now", fault=text)
    return StorageUnfit("storage.away" if _lost(fault) else "storage.failed", fault=text)


def _lost(fault: Exception) -> bool:
    """Tell whether the server went away: the driver has no word of the server's, or it is that it ends or starts."""
    orig = getattr(fault, "orig", None)
    return isinstance(orig, psycopg.OperationalError) and (orig.sqlstate or "08").startswith(_AWAY)


class Writer:
    """Owns the write connection of one site; `submit` may be called from any thread but the window's."""

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine.execution_options(writes=True)
        self._site = site
        self._jobs: queue.Queue[_Job[Any] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._closed = False
        self._barred: LimsError | None = None
        self._gate = threading.Lock()
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the next transaction and return its value once that is committed.

        Raises:
            LimsError: what `work` refused, or why the commit failed; then nothing of it was kept.
        """
        job = _Job(work, Future())
        with self._gate:  # nothing may enter the queue behind the word that ends it
            if self._closed:
                raise StorageUnfit("storage.closed")
            if self._barred is not None:
                raise type(self._barred)(self._barred.code, **self._barred.values)
            self._jobs.put(job)
        return job.future.result()

    def bar(self, fault: LimsError | None) -> None:
        """Refuse every act with this fault from now on; None lets acts in again."""
        with self._gate:
            self._barred = fault

    @property
    def barred(self) -> LimsError | None:
        """Why acts are refused now, or None."""
        return self._barred

    def close(self) -> None:
        """Finish what is queued and stop."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _batch(self) -> "list[_Job[Any]] | None":
        first = self._jobs.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < AT_ONCE:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch

    def _loop(self) -> None:
        while (batch := self._batch()) is not None:
            try:
                done = self._transact(batch)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the callers wait and must be told
                told = storage_fault(fault) if isinstance(fault, DBAPIError | sqlcipher.Error) else fault
                if isinstance(told, StorageUnfit) and told.code == "storage.disk_failed":
                    self.bar(told)  # what a failed sync left in the file is known only after a restart
                for job in batch:
                    if not job.future.done():
                        job.future.set_exception(told)
                continue
            for job, value in done:
                job.future.set_result(value)

    def _transact(self, batch: "list[_Job[Any]]") -> "list[tuple[_Job[Any], Any]]":
        done: list[tuple[_Job[Any], Any]] = []
        with self._engine.connect() as connection, connection.begin():
            lock(connection, self._site)
            for job in batch:
                nested = connection.begin_nested()
                try:
                    value = job.work(connection)
                    nested.commit()
                except (IntegrityError, DataError) as fault:
                    nested.rollback()
                    job.future.set_exception(storage_fault(fault))
                except DBAPIError:
                    raise
                except Exception as fault:  # noqa: BLE001 - one act's refusal must reach its caller, not the others
                    nested.rollback()
                    job.future.set_exception(fault)
                else:
                    done.append((job, value))
        return done
