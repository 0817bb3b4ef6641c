"""What goes between a van and its county at this computer: sticks, the net, keys and sets; every call may block."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lims.app import Laboratory
from lims.door import Lims, Notice
from lims.errors import NotFound
from lims.sync import members, outbox, pruning, sets, sticks
from lims.sync.freshness import Freshness
from lims.sync.identity import fingerprint, identity
from lims.sync.members import Wanted
from lims.sync.outbox import Made, Waiting
from lims.sync.pruning import Freed
from lims.sync.sets import Issue
from lims.sync.sticks import Taken

if TYPE_CHECKING:
    from lims.sync.courier import Courier, Report

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Here:
    """What this site is and what waits in it.

    Attributes:
        county: origin of the county that founded it; empty at a county.
        station: code of this computer's station.
        url: where the county is reached on the net; `/` by stick alone.
        fingerprint: of this station's key, read to the county when it is admitted.
        waiting: what is not yet at the county.
        left: files that left this disk for the county so far.
        places: sticks that are put in now.
    """

    county: str
    station: str
    url: str
    fingerprint: str
    waiting: Waiting
    left: Freed
    places: tuple[str, ...]


@dataclass
class Traffic:
    """The traffic of one laboratory; the station's own door carries it, people only decide."""

    laboratory: Laboratory
    _courier: "list[Courier]" = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stops: list[Callable[[], None]] = field(default_factory=list)

    # In the background -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Hear what other desks do and, on a van, visit the county again and again; both in threads of their own."""
        lims = self.laboratory.lims
        home, fresh = lims.ask(members.home), Freshness(lims)
        fresh.start()
        self._stops = [fresh.stop]
        if home is not None:
            self._stops += [lims.listen(self._noticed), self._end]
            threading.Thread(target=lambda: self.courier().start(), name="courier-start", daemon=True).start()

    def stop(self) -> None:
        """Hear and visit no more; what was under way goes on there the next time."""
        while self._stops:
            self._stops.pop()()

    def _noticed(self, notice: Notice) -> None:
        if notice.verb == "members.address":
            self.courier().hurry()

    def _end(self) -> None:
        self.courier().stop()

    # Asked ------------------------------------------------------------------------------------------------------

    def here(self) -> Here:
        """Return what this site is and what waits in it."""
        lims = self.laboratory.lims
        home = lims.ask(members.home)
        own = identity(self.laboratory.sealing) if home else None
        return Here(
            home.origin if home else "",
            lims.store.place.station,
            home.url if home else lims.ask(members.own_url),
            fingerprint(own.key) if own else "",
            lims.ask(outbox.waiting),
            lims.ask(pruning.left),
            tuple(str(place) for place in sticks.places()),
        )

    def standing(self) -> tuple[Waiting, tuple[str, ...]]:
        """Return what is not yet at the county, and the kinds of its sets whose time is over."""
        lims = self.laboratory.lims
        over = tuple(one.kind for one in lims.ask(sets.in_force) if one.expired)
        return lims.ask(outbox.waiting), over

    def write(self, _: Lims, folder: str) -> list[Made]:
        """Write what waits to a folder that is there.

        Raises:
            NotFound: no such folder, or this site has no county.
            StorageUnfit: the medium is full, read-only or gone.
        """
        if not Path(folder).is_dir():
            raise NotFound("sync.no_folder", folder=folder)
        return sticks.write(self.laboratory.lims, self.laboratory.sealing, Path(folder))

    def take(self, place: str, step: Step = lambda _done, _total: None) -> Taken:
        """Take a file, or what lies in a folder for this station; see `lims.sync.sticks.take`."""
        return sticks.take(self.laboratory.lims, self.laboratory.sealing, Path(place), step)

    def free(self, manager: Lims, place: str) -> Freed:
        """Free the disk of what the county's reply in a folder, or that file, says is safe there.

        Raises:
            NotFound: no reply for this station lies there.
            LimsError: it cannot be taken, or `lims.sync.pruning.prune` refuses.
        """
        found = self.take(place)
        if found.accepted is None:
            raise found.refused[0].error if found.refused else NotFound("sync.nothing_there", folder=place)
        return pruning.prune(manager, self.laboratory.sealing, found.accepted)

    def send(self, step: Step) -> "Report":
        """Carry what waits to the county over the net; see `lims.sync.courier.Courier.visit`."""
        return self.courier().visit(step)

    def courier(self) -> "Courier":
        """Return this computer's one courier; the net's library is imported here."""
        from lims.sync.courier import Courier  # noqa: PLC0415 - it is slow to import, most desks send nothing

        with self._lock:
            if not self._courier:
                self._courier.append(Courier(self.laboratory.lims, self.laboratory.sealing))
            return self._courier[0]

    # At the county ---------------------------------------------------------------------------------------------

    def found(self, manager: Lims, wanted: Wanted, folder: str) -> tuple[Path, str]:
        """Found a station on paper; return its charter and the code that opens it, which is shown once.

        Raises:
            LimsError: as `lims.sync.members.give_charter` does.
            NotFound: no such folder.
        """
        if not Path(folder).is_dir():
            raise NotFound("sync.no_folder", folder=folder)
        out = Path(folder) / f"{wanted.station}.kjcharter"
        return out, members.give_charter(manager, self.laboratory.sealing, wanted, out)

    def admit(self, manager: Lims, file: str, read: str) -> str:
        """Take a station's key on record after its fingerprint was read to us; see `lims.sync.members.admit`."""
        return manager.do(members.admit, members.read_answer(Path(file)), read=read)

    def issue(self, manager: Lims, kind: str, days: int) -> int:
        """Issue the next version of a set; see `lims.sync.sets.issue`."""
        signer = identity(self.laboratory.sealing).signer
        return manager.do(sets.issue, Issue(kind, signer, days))
