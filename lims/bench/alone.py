"""A desk that is started while its server is away: it captures, and takes all in when the server is back.

Nobody can be verified meanwhile, so no act is possible: each is refused with the reason until the server was looked at.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from lims import app, config
from lims.app import Laboratory
from lims.bench import known
from lims.config import Folder
from lims.door import Lims, Notice
from lims.errors import LimsError, StorageUnfit
from lims.storage.store import reach, unreached_store
from lims.sync.freshness import AWAY, BACK

_SHUT = frozenset({"storage.unreached", "storage.server_untrusted", "storage.server_refuses", "storage.away"})
"""How it is said that a server cannot be reached, or lets this computer not in."""
PAUSE = 2.0
"""Seconds between two tries to reach the server."""


def open_alone(root: Path, database: str, why: StorageUnfit) -> Laboratory:
    """Open what this computer knows of its laboratory, for capturing alone.

    Args:
        root: the folder.
        database: address of the server; empty for what the folder's settings say.
        why: the server could not be opened.

    Raises:
        StorageUnfit: `why`, where it is another fault, or where this computer never had that laboratory open.
    """
    folder = Folder(root)
    wanted = database or config.load(folder).database
    found = known.read(folder.journal)
    if why.code not in _SHUT or not wanted or found is None or found.database != known.address(wanted):
        raise why
    return app.sealed_later(folder, Lims(unreached_store(wanted, found.place)))


class Returning:
    """Tries again and again to reach the server, in a thread of its own, until the laboratory is open.

    Args:
        laboratory: opened by `open_alone`.
        why: it could not be opened otherwise.
        then: what is begun once it is open; where that fails it is begun again.

    Attributes:
        fault: why it is not open yet; None once it is.
    """

    def __init__(self, laboratory: Laboratory, why: LimsError, then: Callable[[], None]) -> None:
        self._laboratory, self._then = laboratory, then
        self.fault: LimsError | None = why
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="returning", daemon=True)

    def start(self) -> None:
        """Begin to try."""
        self._thread.start()

    def stop(self) -> None:
        """Try no more."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while self.fault is not None and not self._stop.wait(PAUSE):
            try:
                self._arrive()
            except LimsError as fault:
                self._keep(fault)
            else:
                self.fault = None
                self._tell(BACK)

    def _arrive(self) -> None:
        """Open it as any other is opened; nothing is written before its log was compared."""
        if self._laboratory.away:
            store = self._laboratory.lims.store
            barred = reach(store)
            if barred is not None:
                store.writer.bar(barred)
            else:
                app.seal(self._laboratory)
        self._then()

    def _keep(self, fault: LimsError) -> None:
        former, self.fault = self.fault, fault
        if former is None or former.code != fault.code:
            self._tell(AWAY)

    def _tell(self, verb: str) -> None:
        self._laboratory.lims.listeners.tell(Notice(verb, (), -1, "/"))
