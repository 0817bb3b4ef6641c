"""A county and its vans, founded as people found them: charter, answer, fingerprint."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lims.app import Laboratory, open_laboratory
from lims.door import Lims
from lims.services import plan
from lims.sync import inbox, members, outbox, receipts, sets
from lims.sync.identity import fingerprint, identity
from lims.sync.inbox import Outcome
from lims.sync.members import Wanted
from lims.sync.outbox import Made
from lims.sync.receipts import Accepted
from lims.sync.sets import Issue
from tests.laboratory import Lab, found_lab


@dataclass
class Van:
    """A van's laboratory and its way to the county."""

    laboratory: Laboratory
    county: Lab
    out: Path

    @property
    def lims(self) -> Lims:
        return self.laboratory.lims

    @property
    def station(self) -> str:
        return self.lims.store.place.station

    def act(self, people: int, source: str = "测试") -> None:
        self.lims.do(plan.population, township="350122100", year=2026, people=people, source=source)

    def make(self, entries: int = outbox.ENTRIES, photo_bytes: int = 1 << 20) -> Made:
        return outbox.make(
            self.lims, self.laboratory.sealing, self.out, entries=entries, photo_bytes=photo_bytes
        )

    def send(self, made: Made) -> list[Outcome]:
        county = self.county.laboratory
        return inbox.receive(county.lims, county.sealing, made.file.read_bytes(), made.file.name)

    def reply(self, bundle: str = "") -> bytes:
        county = self.county.laboratory
        return receipts.reply(county.lims, county.sealing, self.station, bundle)

    def accept(self, data: bytes) -> Accepted:
        return receipts.accept(self.lims, self.laboratory.sealing, data, "reply")

    def sync(self) -> Accepted:
        self.send(self.make())
        return self.accept(self.reply())


def issue(county: Lab, *kinds: str, days: int = 30) -> None:
    signer = identity(county.laboratory.sealing).signer
    for kind in kinds:
        county.as_("zheng").do(sets.issue, Issue(kind, signer, days))


def found_van(county: Lab, folder: Path, site: str = "LV", station: str = "LV01") -> Van:
    sealing = county.laboratory.sealing
    manager = county.as_("zheng")
    charter = folder / f"{station}.kjcharter"
    code = members.give_charter(manager, sealing, Wanted(site, station, f"快检车 {station}"), charter)
    laboratory = members.join(charter, code, folder / station)
    answer = members.read_answer(folder / station / f"{station}.kjanswer")
    manager.do(members.admit, answer, read=fingerprint(identity(laboratory.sealing).key))
    return Van(laboratory, county, folder / f"{station}-out")


@cache
def _model() -> tuple[Path, dict[str, str]]:
    """Found a county and a van once, close them, and return where they lie and the county's accounts."""
    folder = Path(tempfile.mkdtemp(prefix="kuaijian-van-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    county = found_lab(folder / "county")
    issue(county, "people", "plan")
    found_van(county, folder).laboratory.close()
    accounts = dict(county.accounts)
    county.close()
    return folder, accounts


def county_and_van(folder: Path) -> Van:
    """Return a copy of a county and its van."""
    model, accounts = _model()
    for name in ("county", "LV01"):
        shutil.copytree(model / name, folder / name)
    county = Lab(open_laboratory(folder / "county"), dict(accounts))
    return Van(open_laboratory(folder / "LV01"), county, folder / "LV01-out")
