"""What stands behind the demonstration's runs: trained people, calibrated instruments, accepted lots, the room."""

from datetime import date, timedelta
from decimal import Decimal

from lims import clock
from lims.door import Lims
from lims.rules import methods
from lims.rules.acceptance import Table
from lims.services import quality, supply
from lims.services.quality import Calibrating, Learning
from lims.services.supply import Product

_SOURCE = "演示数据（虚构）/ made up"
_KITS = (
    Product("PEST", "农药残留速测试剂盒（酶抑制率）", "enzyme", "演示厂", "GBT5009.199-2003 NYT448-2001", "次",
            _SOURCE, opened_days=30, reorder_at=Decimal(50)),
    Product("ENR", "恩诺沙星荧光检测卡", "strip", "演示厂", "KIT-ENR-FLUOR", "条", _SOURCE,
            detection=Decimal(5), detection_unit="ug/kg"),
    Product("CAP", "氯霉素胶体金检测卡", "strip", "演示厂", "KIT-CAP-STRIP", "条", _SOURCE,
            detection=Decimal("0.1"), detection_unit="ug/kg"),
)  # fmt: skip
_LOTS = {
    "PEST": ("LOT-TL310-1", "LOT-TTNJ-1", "LOT-MODBUS-1", "LOT-BX1-1"),
    "ENR": ("LOT-FLUOR-1",),
    "CAP": ("LOT-STRIP",),
}
_YEAR = timedelta(days=365)


def calibrated(manager: Lims, instrument: str) -> None:
    """File the calibration of an instrument of half a year ago."""
    done = _today() - _YEAR / 2
    manager.do(
        quality.calibrate,
        instrument,
        Calibrating("calibration", done, done + _YEAR, True, "演示计量所", "YS-001"),
    )


def room(door: Lims) -> None:
    """Note the temperature of the room."""
    door.do(quality.climate, room="检测室（演示）", temperature="23.4", humidity="58")


def trained(manager: Lims, account: str) -> None:
    """Train, examine and authorise a technician for every method."""
    done = _today() - timedelta(days=40)
    for method in sorted(methods.shipped().in_force(_today())):
        for kind in ("training", "examination", "authorisation"):
            step = Learning(
                kind, method, done, done + _YEAR, True, "郑质量", "/" if kind == "training" else "92"
            )
            manager.do(quality.train, account, step)


def stocked(manager: Lims, technician: Lims) -> None:
    """Train and authorise the technician, and receive, accept and open the lots of the day."""
    trained(manager, technician.actor.account)
    room(technician)
    for product in _KITS:
        manager.do(supply.kit, product)
        for number in _LOTS[product.id]:
            ends = _today() + timedelta(days=240)
            lot = technician.do(supply.receive, product.id, number, ends, Decimal(100))
            technician.do(supply.evaluate, lot, Table(20, 0, 1, 9), levels="1, 2 LOD")
            technician.do(supply.open_pack, lot, label="1")


def _today() -> date:
    return clock.local(clock.now()).date()
