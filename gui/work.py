"""Runs work off the GUI thread and brings the answer back to it."""

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

log = logging.getLogger(__name__)

ASKERS = 3
"""Questions run side by side; acts run one after another, in the order in which they were asked for."""


class Cancelled(Exception):  # noqa: N818 - read aloud where it is raised
    """The person no longer wants this work; raised inside it by `Job.step`."""


class Job(QObject):
    """One piece of work under way, held in the GUI thread.

    Signals:
        progressed: done, total (0 when unknown) and the words, for a bar.
        ended: always the last, whether it succeeded or not.
    """

    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._stop = Event()

    def cancel(self) -> None:
        """Ask the work to end early; it ends at its next `step`, and neither callback is called."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for the end."""
        return self._stop.is_set()

    def step(self, done: int, total: int = 0, words: str = "") -> None:
        """Tell how far the work is; called by the work, in its own thread.

        Raises:
            Cancelled: the person asked for the end.
        """
        if self.cancelled:
            raise Cancelled
        self.progressed.emit(done, total, words)


class Work(QObject):
    """The pool of workers of one window; made in the GUI thread, closed with the window.

    Signals:
        busy: how many pieces of work are under way.
        settling: whoever keeps something for later keeps it now: the window is left or closed.
        unheard: an exception that nobody else tells a person of.
    """

    settling = Signal()
    unheard = Signal(object)
    _finished = Signal(object, object, object)
    busy = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._acts = ThreadPoolExecutor(1, "act")
        self._asks = ThreadPoolExecutor(ASKERS, "ask")
        self._latest: dict[str, Job] = {}
        self._running = 0
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the function takes
        then: Callable[[Any], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        owner: QObject | None = None,
        latest: str = "",
        in_order: bool = False,
        steps: bool = False,
    ) -> Job:
        """Call a function in a worker thread; `then` or `failed` is called later in the GUI thread.

        Args:
            function: what to call. With `steps` it also gets `job=`, on which it calls `step`.
            args: its arguments.
            then: takes what the function returned.
            failed: takes the exception.
            owner: when this object is gone, nobody is called.
            latest: of several works under this name only the answer to the newest is delivered.
            in_order: run after every other work that is `in_order`, for acts that change something.
            steps: the work reports its progress and can be cancelled.

        Returns:
            The work under way; after `close` one that was cancelled before it began, and nobody is called.
        """
        job = Job()
        if self._closed:
            job.cancel()
            return job
        if latest:
            if latest in self._latest:
                self._latest[latest].cancel()
            self._latest[latest] = job
        pool = self._acts if in_order else self._asks
        self._running += 1
        self.busy.emit(self._running)
        words: dict[str, Any] = {"job": job} if steps else {}
        future: Future[Any] = pool.submit(function, *args, **words)
        call = (then, failed, owner, owner is not None)
        future.add_done_callback(lambda done: self._tell(job, done, call))
        return job

    def _tell(self, job: Job, done: "Future[Any]", call: object) -> None:
        if shiboken6.isValid(self):
            self._finished.emit(job, done, call)

    def _deliver(self, job: Job, done: "Future[Any]", call: tuple[Any, Any, QObject | None, bool]) -> None:
        then, failed, owner, owned = call
        self._running -= 1
        self.busy.emit(self._running)
        self._latest = {name: each for name, each in self._latest.items() if each is not job}
        job.ended.emit()
        gone = owned and not (owner is not None and shiboken6.isValid(owner))
        if job.cancelled or gone or done.cancelled():
            return
        error = done.exception()
        if error is None:
            if then is not None:
                then(done.result())
        elif not isinstance(error, Cancelled | CancelledError):
            refused = hasattr(error, "code")  # a sentence that the person is shown; the rest is for us
            log.warning("work failed: %s", error, exc_info=None if refused else error)
            if failed is not None:
                failed(error)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and every answer was delivered."""
        return self._running == 0

    def close(self) -> None:
        """Let acts that were asked for finish, drop questions that have not begun, end the threads."""
        if self._closed:
            return
        self.settling.emit()
        self._closed = True
        self._asks.shutdown(wait=True, cancel_futures=True)
        self._acts.shutdown(wait=True)
