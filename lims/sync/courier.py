"""Carries bundles to the county over the net and brings replies home: by pieces, as often as it takes.

A piece that was lost is sent again and nothing else; after a failure it waits, longer each time, with some chance in it
so that all vans do not come back at once.
"""

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from lims.config import Folder
from lims.door import Lims
from lims.errors import Invalid, LimsError, NotAllowed, NotFound, StorageUnfit
from lims.services.leaving import Sealing
from lims.sync import bundle, members, outbox, receipts, tls
from lims.sync.identity import identity
from lims.sync.outbox import Known
from lims.sync.receipts import Accepted

PIECE = 8 << 10
"""Bytes of one piece: one second on a line of 64 kbit/s, and all that a broken one costs."""
FIRST, MOST = 2.0, 600.0
"""Seconds to wait after the first failure, and at most."""
IDLE = 60.0
"""Seconds between two visits while nothing waits."""
_PATIENCE = httpx.Timeout(60.0, connect=30.0)
Step = Callable[[int, int], None]
"""Told how many bytes of how many of a bundle were sent; may raise to end the visit, which goes on there next time."""


class _Elsewhere(Exception):  # noqa: N818 - no fault: somebody waits, or it is the end
    """The visit in the background makes room."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one visit did: bundles carried, bytes sent, and what the last reply brought."""

    bundles: int
    bytes: int
    accepted: Accepted


def pause(failures: int, chance: float) -> float:
    """Return how many seconds to wait after so many failures in a row; `chance` is between 0 and 1."""
    longest = min(MOST, FIRST * 2.0 ** min(failures - 1, 16))
    return longest * (0.5 + chance / 2)


class Courier:
    """One van's courier.

    Args:
        lims: the station's own door.
        sealing: its seals.
        url: of the county's service; empty for the one on record.
    """

    def __init__(self, lims: Lims, sealing: Sealing, url: str = "") -> None:
        self._lims, self._sealing, self._url = lims, sealing, url
        self._sent = 0
        self.fault: LimsError | None = None
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._busy = threading.Lock()
        self._waits = 0
        self._thread: threading.Thread | None = None

    @property
    def _outgoing(self) -> Path:
        return Folder(self._sealing.folder).root / "outgoing"

    def _client(self) -> httpx.Client:
        home = self._lims.ask(members.home)
        if home is None:
            raise NotFound("sync.no_home")
        url = self._url or home.url
        if url == "/":
            raise NotFound("sync.no_url")
        own = identity(self._sealing)
        context = tls.context(own, self._sealing.folder, [home.certificate], server=False)
        try:
            return httpx.Client(base_url=url, verify=context, timeout=_PATIENCE, trust_env=False)
        except httpx.InvalidURL:
            raise Invalid("sync.url", url=url) from None

    def visit(self, step: Step = lambda _done, _total: None) -> Report:
        """Bring the county everything that waits and return what was done; what was interrupted goes on there.

        A visit in the background makes room for one that a person wants.

        Raises:
            NotFound: this site has no county, or no address of it.
            StorageUnfit: the county cannot be reached now, or cannot keep what comes.
            NotAllowed: the county does not let this station in.
            LimsError: a reply does not hold.
        """
        self._waits += 1
        with self._busy:
            self._waits -= 1
            return self._visit(step)

    def _visit(self, step: Step) -> Report:
        try:
            return self._visited(step)
        except OSError as fault:
            raise StorageUnfit(
                "sync.unwritable", file=str(self._outgoing), reason=fault.strerror or ""
            ) from None

    def _visited(self, step: Step) -> Report:
        self._sent, bundles = 0, 0
        with self._client() as client:
            accepted = self._reply(client)
            while accepted.state == "admitted" and (file := self._next(accepted.held)):
                self._carry(client, file, step)
                bundles += 1
                before, accepted = accepted.held, self._reply(client)
                if accepted.held == before:
                    break
        return Report(bundles, self._sent, accepted)

    def _reply(self, client: httpx.Client) -> Accepted:
        data = self._ask(client, "GET", "/reply").content
        return receipts.accept(self._lims, self._sealing, data, "reply")

    def _next(self, held: Known) -> Path | None:
        """Return the bundle that was begun before, or a new one when something waits."""
        station = self._lims.store.place.station
        for file in sorted(self._outgoing.glob(f"{station}-*{bundle.SUFFIX}")):
            if file.name.startswith(f"{station}-{held.last:08d}-"):
                return file
            file.unlink()
        waits = self._lims.ask(outbox.waiting)
        if not waits.entries and not waits.photos:
            return None
        return outbox.make(self._lims, self._sealing, self._outgoing, photo_bytes=1 << 20).file

    def _carry(self, client: httpx.Client, file: Path, step: Step) -> None:
        data = file.read_bytes()
        name = hashlib.sha256(data).hexdigest()
        told = self._json(client, "GET", f"/bundles/{name}")
        try:
            while "outcomes" not in told:
                # where all of it lies there untaken, the last byte asks again
                at = min(int(told["size"]), len(data) - 1)
                piece = data[at : at + PIECE]
                place = {"offset": str(at), "total": str(len(data))}
                told = self._json(client, "PUT", f"/bundles/{name}", params=place, content=piece)
                self._sent += len(piece)
                step(at + len(piece), len(data))
        except (Invalid, NotAllowed):
            file.unlink()  # what the county refuses is made anew, never sent twice
            raise
        file.unlink()

    def _json(self, client: httpx.Client, method: str, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own
        found: dict[str, Any] = self._ask(client, method, path, **more).json()
        return found

    def _ask(self, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - the library's own
        try:
            answer = client.request(method, path, **more)
        except httpx.HTTPError as fault:
            reason = str(fault) or type(fault).__name__
            raise StorageUnfit("sync.away", url=str(client.base_url), reason=reason) from None
        if answer.status_code == 200:
            return answer
        raise _refusal(answer)

    # In the background -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Visit the county again and again until `stop`."""
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Visit now, whatever pause there was to be."""
        self._wake.set()

    def stop(self) -> None:
        """End the visits; one that is under way goes on where it was the next time."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2)

    def _make_room(self, _done: int, _total: int) -> None:
        if self._waits or self._stop.is_set():
            raise _Elsewhere

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                with self._busy:
                    self._visit(self._make_room)
                self.fault, failures = None, 0
            except _Elsewhere:
                failures = 0
            except LimsError as fault:
                self.fault, failures = fault, failures + 1
            wait = pause(failures, random.random()) if failures else IDLE  # noqa: S311 - spreads visits, no secret
            self._wake.wait(wait)
            self._wake.clear()


def _refusal(answer: httpx.Response) -> LimsError:
    try:
        told = answer.json()
        code, values = str(told["code"]), {str(name): value for name, value in told["values"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return StorageUnfit("sync.away", url=str(answer.url), reason=f"HTTP {answer.status_code}")
    kind = {403: NotAllowed, 503: StorageUnfit}.get(answer.status_code, Invalid)
    return kind(code, **values)
