"""A real laboratory for tests: founded in a folder, with one person for each role and forms to fill in."""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path

from drivers.reading import Reading
from lims import clock
from lims.actor import Actor
from lims.app import Founding, Laboratory, found, open_laboratory
from lims.door import Lims
from lims.rules import methods
from lims.services import enrol, equip, measure, override, passwords, quality, sample, supply
from lims.services.equip import Device
from lims.services.measure import Binding, Source
from lims.services.quality import Calibrating, Learning
from lims.services.sample import Seen
from lims.services.supply import Product

PASSWORD = "Kuai-jian-2026"
PEOPLE = {
    "chen": ("陈抽样", "sampler"),
    "lin": ("林检测", "technician"),
    "wang": ("王复核", "reviewer"),
    "zhao": ("赵签字", "signatory"),
    "zheng": ("郑质量", "manager"),
    "admin": ("系统管理员", "administrator"),
}


@cache
def hashed() -> str:
    """Return the one password's hash, made once since it is slow by design."""
    return passwords.hash_password(PASSWORD)


def filled(**other: str) -> dict[str, str]:
    """Return a sampling form without a fault; `other` replaces fields."""
    form = {
        "task_source": "连江县市场监督管理局",
        "task_kind": "rapid",
        "kind": "rapid",
        "business_name": "凤城农贸市场陈记蔬菜",
        "credit_code": "/",
        "township": "350122100",
        "business_address": "连江县凤城镇",
        "stall": "A12",
        "contact": "陈某",
        "phone": "13800000000",
        "area_kind": "rural",
        "stage": "distribution",
        "place_kind": "农贸市场",
        "drawn_at": clock.now().isoformat(),
        "food": "豇豆",
        "product_group": "crops",
        "sample_source": "bought",
        "attribute": "ordinary",
        "sample_type": "farm",
        "brand": "/",
        "specification": "/",
        "batch": "/",
        "date_kind": "/",
        "dated_on": "/",
        "shelf_life": "/",
        "standard": "/",
        "price": "/",
        "base_quantity": "20 kg",
        "quantity": "2 kg",
        "retained_quantity": "/",
        "storage": "ambient",
        "packing": "/",
        "trace_code": "/",
        "producer_name": "/",
        "producer_address": "/",
        "origin": "/",
        "seal": "F0001",
        "second_sampler": "李抽样",
        "opinion": "none",
        "remarks": "/",
    }
    return {**form, **other}


TESTERS = ("lin",)
"""Who is trained, examined and authorised for every method."""


def calibrating(*, passed: bool = True, due_in: int = 300, kind: str = "calibration") -> Calibrating:
    """Return a calibration of a month ago that counts for so many days more."""
    done = today() - timedelta(days=30)
    return Calibrating(kind, done, today() + timedelta(days=due_in), passed, "县计量所", "JZ-1")


def today() -> date:
    """Return the day by the laboratory's clock."""
    return clock.local(clock.now()).date()


@dataclass
class Lab:
    """A founded laboratory and the door of each of its people."""

    laboratory: Laboratory
    accounts: dict[str, str] = field(default_factory=dict)
    entries: "count[int]" = field(default_factory=count)

    @property
    def station(self) -> Lims:
        """The station's own door."""
        return self.laboratory.lims

    def as_(self, login: str) -> Lims:
        """Return the door of one person without the slow check of a password."""
        name, roles = PEOPLE[login]
        return self.station.acting(Actor(self.accounts[login], name, frozenset(roles.split())))

    def close(self) -> None:
        self.laboratory.close()

    def draw(self, **other: str) -> str:
        return self.as_("chen").do(sample.draw, filled(**other))

    def received(self, amount: int = 1, **other: str) -> list[str]:
        numbers = [self.draw(**other) for _ in range(amount)]
        for number in numbers:
            seal = other.get("seal", "F0001")
            self.as_("lin").do(sample.receive, number, Seen("good", "intact", seal, "5 ℃", "2 kg"))
        return numbers

    def instrument(
        self, name: str = "TL310-1", profile: str = "dayuan_tl310", evidence: str = "CAPTURE"
    ) -> str:
        device = Device(name, name, profile, "SN1", "127.0.0.1:1", evidence)
        return self.device(device)

    def device(self, device: Device) -> str:
        """Add an instrument and file its calibration."""
        added = self.station.do(equip.instrument, device)
        self.as_("zheng").do(quality.calibrate, added, calibrating())
        return added

    def allowed(self, instrument: str, samples: Sequence[str], roles: Sequence[str]) -> None:
        """Have an override asked for and granted."""
        asked = self.as_("lin").do(override.ask, instrument=instrument, method="GBT5009.199-2003", lot="LOT-1",
                                   samples=samples, roles=roles)  # fmt: skip
        self.as_("zheng").do(override.decide, asked, grant=True, reason="试验")

    def ready(self) -> None:
        """Let everything stand behind a run: the testers' competence, the room, a kit that serves every method."""
        manager, known = self.as_("zheng"), sorted(methods.shipped().in_force(today()))
        for login in TESTERS:
            self.trained(login)
        manager.do(quality.climate, room="检测室", temperature="23.5", humidity="55")
        kit = Product("KIT", "快检试剂盒", "kit", "某厂", " ".join(known), "box", "说明书",
                      detection=Decimal("0.3"), detection_unit="ug/kg")  # fmt: skip
        manager.do(supply.kit, kit)
        self.lot("LOT-1")

    def trained(self, login: str) -> None:
        """Train, examine and authorise a person for every method."""
        done, ends = today() - timedelta(days=30), today() + timedelta(days=300)
        for method in sorted(methods.shipped().in_force(today())):
            for kind in ("training", "examination", "authorisation"):
                step = Learning(kind, method, done, ends, True, "郑质量")
                self.as_("zheng").do(quality.train, self.accounts[login], step)

    def lot(self, number: str, kit: str = "KIT", days: int = 200) -> str:
        """Receive and accept a lot."""
        lot = self.as_("lin").do(supply.receive, kit, number, today() + timedelta(days=days), Decimal(1000))
        self.as_("zheng").do(supply.accept, lot, reason="凭证书验收")
        return lot

    def run(
        self, instrument: str, samples: Sequence[str], method: str = "GBT5009.199-2003", role: str = "blank"
    ) -> str:
        bindings = [Binding("1", role), *(Binding(str(n), "sample", one) for n, one in enumerate(samples, 2))]
        return self.as_("lin").do(
            measure.start_run, instrument=instrument, method=method, lot="LOT-1", bindings=bindings
        )

    def reads(self, instrument: str, reading: Reading) -> str:
        source = Source(instrument, next(self.entries), 0, datetime.now(UTC))
        return self.station.do(measure.take_in, source, reading)

    def value(self, instrument: str, position: str, value: str, **other: object) -> str:
        reading = Reading(
            position=position,
            item="pesticide inhibition",
            value=Decimal(value),
            unit="%",
            record=f"{position}-{value}-{next(self.entries)}",
            **other,  # type: ignore[arg-type]
        )
        return self.reads(instrument, reading)


def found_lab(folder: Path, database: str = "", algorithm: str = "sha256") -> Lab:
    """Return a laboratory with one person for each role: founded, or a copy of one that was founded before.

    Founding migrates and enrols; most tests want its outcome, so a process does it once and copies the file.
    """
    if database or algorithm != "sha256":
        return _founded(folder, database, algorithm)
    model, accounts = _model()
    shutil.copytree(model, folder, dirs_exist_ok=True)
    return Lab(open_laboratory(folder), dict(accounts))


@cache
def _model() -> tuple[Path, dict[str, str]]:
    """Found a laboratory, close it, and return where it lies and its accounts."""
    folder = Path(tempfile.mkdtemp(prefix="kuaijian-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    lab = _founded(folder, "", "sha256")
    accounts = dict(lab.accounts)
    lab.close()
    return folder, accounts


def _founded(folder: Path, database: str, algorithm: str) -> Lab:
    founding = Founding("LJ", "LJ01", "连江县食品安全快速检测室", station_name="检测台", algorithm=algorithm)
    lab = Lab(found(founding, folder, database))
    for login, (name, roles) in PEOPLE.items():
        lab.accounts[login] = lab.station.do(
            enrol.person, login=login, name=name, roles=roles, password_hash=hashed()
        )
    lab.ready()
    return lab


def found_once(database: str) -> dict[str, str]:
    """Found the laboratory that the databases of further tests are copied from; return its accounts."""
    with tempfile.TemporaryDirectory(prefix="kuaijian-pg-lab-") as folder:
        lab = _founded(Path(folder), database, "sha256")
        accounts = dict(lab.accounts)
        lab.close()
    return accounts


def opened_lab(folder: Path, database: str, accounts: dict[str, str]) -> Lab:
    """Open a laboratory that was founded before, with its accounts."""
    return Lab(open_laboratory(folder, database), dict(accounts))


def account(lab: Lab, role: str) -> Lims:
    """Enrol a person of a department and return the laboratory as he sees it."""
    id_ = lab.as_("admin").do(enrol.person, login=role, name="科员", roles=role, password_hash=hashed())
    return lab.laboratory.lims.acting(Actor(id_, "科员", frozenset({role})))
