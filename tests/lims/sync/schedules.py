"""A county and five vans under a schedule drawn from a seed: what is lost, doubled, damaged, killed, set back.

The schedule is chance; what must hold at its end is not. Every act of a van that a receipt spoke of is in the county's
log at its place, once; a van that was never set back ends equal to what the county holds, and is never called a fork; a
second history is shown, kept beside the first, and overwrites nothing.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

from lims.app import open_laboratory
from lims.errors import Invalid, Tampered
from lims.evidence.entry import from_bytes
from lims.queries import audit
from lims.storage.incoming import outgoing
from lims.sync import arrivals, inbox, outbox
from lims.sync.inbox import Decision
from tests.laboratory import Lab, found_lab, found_once, opened_lab
from tests.lims.sync.vans import Van, found_van, issue
from tests.wrongclock import shifted

VANS = 5
ALL = 1_000_000
Entries = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Model:
    """A county and its vans as they were founded, closed, to be copied."""

    folder: Path
    database: str
    accounts: dict[str, str]


def codes(at: int) -> tuple[str, str]:
    """Return site and station of one van."""
    return f"LV{at}", f"LV{at:02d}"


@cache
def model(database: str = "") -> Model:
    """Found a county and its vans once in this process; `database` is an empty one on a server, for the county."""
    folder = Path(tempfile.mkdtemp(prefix="kuaijian-schedule-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if database:
        accounts = found_once(database)
        county = opened_lab(folder / "county", database, accounts)
    else:
        county = found_lab(folder / "county")
    issue(county, "people")
    for at in range(VANS):
        found_van(county, folder, *codes(at)).laboratory.close()
    accounts = dict(county.accounts)
    county.close()
    return Model(folder, database, accounts)


@dataclass
class Life:
    """One van through its disks.

    Attributes:
        van: as it is open now.
        old: a copy of its disk, or None.
        dead: the histories of disks that were replaced.
        shift: how wrong its clock is.
        proved: numbers of entries that a receipt spoke of, with those entries.
    """

    van: Van
    at: int
    old: Path | None = None
    dead: list[Entries] = field(default_factory=list)
    shift: timedelta = timedelta(0)
    proved: list[Entries] = field(default_factory=list)

    @property
    def site(self) -> str:
        return codes(self.at)[0]

    def entries(self) -> Entries:
        return outgoing(self.van.lims.store.engine, self.site, 0, ALL)


class Schedule:
    """One seed's run in a folder of its own."""

    def __init__(self, seed: int, folder: Path, made: Model, database: str = "") -> None:
        self.chance, self.folder = Random(seed), folder
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        self.county = Lab(open_laboratory(folder / "county", database), dict(made.accounts))
        self.lives = [self._opened(at) for at in range(VANS)]
        self.up: list[tuple[Life, bytes]] = []
        self.down: list[tuple[Life, bytes]] = []
        self.count = 0
        self.damaged = 0

    def _opened(self, at: int) -> Life:
        station = codes(at)[1]
        laboratory = open_laboratory(self.folder / station)
        return Life(Van(laboratory, self.county, self.folder / f"{station}-out"), at)

    def close(self) -> None:
        for life in self.lives:
            life.van.laboratory.close()
        self.county.close()

    # What happens ---------------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        acts: list[tuple[int, Callable[[], None]]] = [
            (8, self.act), (6, self.make), (8, self.deliver), (4, self.reply), (5, self.accept), (2, self.drop),
            (10, self.exchange),
            (2, self.damage), (2, self.kill), (1, self.clock), (3, self.keep_disk), (2, self.restore_disk),
        ]  # fmt: skip
        weights = [weight for weight, _ in acts]
        for _ in range(steps):
            self.chance.choices([act for _, act in acts], weights)[0]()

    def one(self) -> Life:
        return self.chance.choice(self.lives)

    def act(self, life: Life | None = None) -> None:
        life = life or self.one()
        for _ in range(self.chance.randint(1, 4)):
            self.count += 1
            with shifted(life.shift), barred():
                life.van.act(self.count)

    def make(self) -> None:
        life = self.one()
        with shifted(life.shift), barred():
            made = life.van.make(entries=self.chance.choice([1, 3, 2000]))
            self.up.append((life, made.file.read_bytes()))

    def deliver(self) -> None:
        """Any bundle under way arrives, in any order, sometimes to arrive again."""
        if self.up:
            at = self.chance.randrange(len(self.up))
            life, data = self.up[at] if self.chance.random() < 0.3 else self.up.pop(at)
            self.take(life, data)

    def take(self, life: Life, data: bytes) -> str:
        county = self.county.laboratory
        return inbox.receive(county.lims, county.sealing, data, life.site)[0].word

    def reply(self) -> None:
        life = self.one()
        self.down.append((life, life.van.reply()))

    def accept(self) -> None:
        """Any reply under way arrives, in any order, sometimes to arrive again."""
        if self.down:
            at = self.chance.randrange(len(self.down))
            self.read(*(self.down[at] if self.chance.random() < 0.3 else self.down.pop(at)))

    def read(self, life: Life, data: bytes) -> None:
        with shifted(life.shift), barred():
            accepted = life.van.accept(data)
            life.proved.append(life.entries()[: accepted.held.last])

    def exchange(self) -> None:
        """A good line for once: one bundle there, one reply back."""
        life = self.one()
        with shifted(life.shift), barred():
            self.take(life, life.van.make().file.read_bytes())
        self.read(life, life.van.reply())

    def drop(self) -> None:
        wire = self.chance.choice([self.up, self.down])
        if wire:
            wire.pop(self.chance.randrange(len(wire)))

    def damage(self) -> None:
        """A bundle or a reply is cut or flipped on its way: it is refused whole and changes nothing."""
        wire = self.chance.choice([self.up, self.down])
        if not wire:
            return
        life, data = self.chance.choice(wire)
        at = self.chance.randrange(len(data))
        flipped = data[:at] + bytes([data[at] ^ self.chance.randrange(1, 256)]) + data[at + 1 :]
        spoilt = data[:at] if self.chance.random() < 0.5 else flipped
        before = self.held(life), len(life.entries())
        try:
            self.take(life, spoilt) if wire is self.up else life.van.accept(spoilt)
        except (Invalid, Tampered):
            self.damaged += 1
        else:
            raise AssertionError("damage was taken")
        assert (self.held(life), len(life.entries())) == before

    def kill(self) -> None:
        """The van's disk is what a power cut leaves: database and write-ahead log as they lie there."""
        life = self.one()
        root = life.van.laboratory.folder.root
        cut = root.with_name(f"{root.name}-cut")
        shutil.copytree(root, cut)
        self.change_disk(life, cut)

    def change_disk(self, life: Life, other: Path) -> None:
        root = life.van.laboratory.folder.root
        life.van.laboratory.close()
        shutil.rmtree(root)
        other.rename(root)
        life.van.laboratory = open_laboratory(root)

    def clock(self) -> None:
        self.one().shift = timedelta(days=self.chance.choice([-6000, -1, 0, 2, 400]))

    def keep_disk(self) -> None:
        life = self.one()
        root = life.van.laboratory.folder.root
        life.old = root.with_name(f"{root.name}-old{self.chance.random()}")
        shutil.copytree(root, life.old)

    def restore_disk(self) -> None:
        kept = [life for life in self.lives if life.old is not None]
        if kept:
            life = self.chance.choice(kept)
            life.dead.append(life.entries())
            old, life.old = life.old, None
            self.change_disk(life, old or Path())
            self.act(life)

    # What must hold -------------------------------------------------------------------------------------------

    def held(self, life: Life) -> Entries:
        return outgoing(self.county.station.store.engine, life.site, 0, ALL)

    def settle(self) -> dict[str, int]:
        """Let everything under way arrive, decide forks, send until nothing waits; return what was seen."""
        for life, data in self.up:
            self.take(life, data)
        seen = {"forks": 0, "converged": 0, "set back": 0, "damaged": self.damaged}
        for life in self.lives:
            self._settle(life, seen)
        assert self.county.station.ask(audit.verify).ok
        return seen

    def _settle(self, life: Life, seen: dict[str, int]) -> None:
        life.shift = timedelta(0)
        self.send_all(life)
        held, present = self.held(life), life.entries()
        forks = [one for one in self.county.station.ask(arrivals.forks) if one.of == life.site]
        histories = [*life.dead, present]
        assert len(set(held)) == len(held)
        assert any(held == one[: len(held)] for one in histories), "the county holds what no van ever wrote"
        for proved in life.proved:
            assert held[: len(proved)] == proved, "a receipt spoke of what the county does not hold"
        seen["forks"] += len(forks)
        if held == present[: len(held)] and bookkeeping(present[len(held) :]):
            seen["converged"] += 1
            return
        assert life.dead, "a van that was never set back did not converge"
        seen["set back"] += 1
        shown = bool(forks) or life.van.lims.store.writer.barred is not None
        assert shown, "a second history was shown neither at the county nor on the van"
        incoming = self.county.laboratory.folder.root / "incoming"
        assert all(list(incoming.glob(f"{one.bundle}*")) for one in forks if one.decision == "held")

    def send_all(self, life: Life) -> None:
        manager = self.county.as_("zheng")
        for _ in range(40):
            for fork in self.county.station.ask(arrivals.forks):
                if fork.of == life.site and fork.state == "open":
                    manager.do(inbox.decide, fork.id, Decision("held", "旧硬盘已封存"))
            try:
                self.read_plainly(life)
                if not life.van.lims.ask(outbox.waiting).entries:
                    return
                if self.take(life, life.van.make().file.read_bytes()) == "fork":
                    return
            except Tampered:
                return  # this disk is behind the county or beside it, and says so
        raise AssertionError("it goes on for ever")

    def read_plainly(self, life: Life) -> None:
        accepted = life.van.accept(life.van.reply())
        life.proved.append(life.entries()[: accepted.held.last])


def bookkeeping(entries: Entries) -> bool:
    """Tell whether entries are only those that sending and receipts themselves make."""
    return {from_bytes(data).verb for _, data in entries} <= {
        "seal.left",
        "receipts.keep",
        "receipts.set_back",
    }


@contextmanager
def barred() -> Iterator[None]:
    """Let a van refuse to go on once it knows that it was set back; every other fault is one."""
    try:
        yield
    except Tampered as fault:
        if fault.code not in {"sync.ahead", "sync.other_history"}:
            raise
