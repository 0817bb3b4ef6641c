"""What is played: the people, the samples and the instruments of a made-up laboratory day, by a seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drivers.faults import Faults
from drivers.profile import Record
from lims.rules import regulation

PASSWORD = "demo-2026"  # noqa: S105 - the demonstration says it aloud
PEOPLE = (
    ("chen", "陈抽样", "sampler"),
    ("lin", "林检测", "technician"),
    ("li", "李检测", "technician"),
    ("wang", "王复核", "reviewer"),
    ("zhao", "赵签字", "signatory"),
    ("zheng", "郑质量", "manager"),
    ("admin", "系统管理员", "administrator"),
)
SOURCE = "演示数据（虚构），不得用于考核 / made up for the demonstration"
SAMPLES = 42

_FOODS = {
    "crops": ("豇豆", "韭菜", "普通白菜", "芹菜", "空心菜", "菠菜"),
    "aquatic": ("大黄鱼", "鳗鲡", "罗非鱼", "鲈鱼"),
    "livestock": ("猪肉", "鸡肉", "鸭肉"),
}
_SHOPS = ("陈记蔬菜", "阿妹水产", "老林肉铺", "山里人家", "依伯菜摊")


@dataclass(frozen=True)
class Wired:
    """One instrument of the demonstration and how its wire misbehaves.

    Attributes:
        id: of the instrument.
        profile: what it is.
        method: by which its runs are judged.
        command: what its host asks it for; empty where it sends by itself.
        settings: of the laboratory.
        faults: of the wire.
        tcp: on a TCP port instead of a pseudo terminal.
        calls: True where the device calls its host.
        times: how often it is asked, since some wires need two equal downloads.
    """

    id: str
    profile: str
    method: str
    command: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    tcp: bool = False
    calls: bool = False
    times: int = 1


_INHIBITION = {"meaning": "inhibition", "item": "pesticide inhibition"}
_ENROFLOXACIN = {"ENR": {"item": "enrofloxacin", "unit": "ug/kg"}}


PESTICIDES = "GBT5009.199-2003"
"""The method for crops; samples of animals go to the analyzers of veterinary drugs."""
LOWEST_RATE = -3.0
"""An inhibition rate a little below 0, as a sample without residue may show."""


def instruments(seed: int) -> tuple[Wired, ...]:
    """Return the five instruments: one garbles, one is unplugged, one answers late, one repeats its frames."""
    return (
        Wired("TL310-1", "dayuan_tl310", PESTICIDES, "all",
              faults=Faults(seed=seed, garble=2), times=2),
        Wired("TTNJ-1", "taiyang_ttnj", PESTICIDES, "download",
              settings={"meanings": {"*": {"1": _INHIBITION}}},
              faults=Faults(seed=seed, unplug=(40,), absence=1.5), times=2),
        Wired("MODBUS-1", "modbus_reader", PESTICIDES,
              settings={"map": "inhibition12"}, faults=Faults(seed=seed, late=(3, 9), delay=0.8), tcp=True),
        Wired("FLUOR-1", "astm_lis2", "KIT-ENR-FLUOR",
              settings={"items": _ENROFLOXACIN, "position": "O.4.1"},
              faults=Faults(seed=seed, repeat=3), tcp=True, calls=True),
        Wired("STRIP-1", "dayuan_cards", "KIT-CAP-STRIP", "in_and_scan",
              settings={"generation": 2, "scan_wait": "1.0"}),
    )  # fmt: skip


LIVE = Wired("BX1-1", "dayuan_bx1", PESTICIDES, settings={"assay.detect": 40})
"""A bare board beside the desktop, for assays that the visitor runs; it takes part in no day of its own."""


def form(dice: random.Random, place: int, moment: str) -> dict[str, str]:
    """Return one sampling form; every field of it is made up."""
    towns = [town for town in regulation.townships() if town.counted]
    town = towns[place % len(towns)]
    shop = f"{town.name}{dice.choice(_SHOPS)}"
    return {
        "task_source": "连江县市场监督管理局（演示）",
        "task_kind": "supervision" if place % 6 == 0 else "rapid",
        "kind": "laboratory" if place % 6 == 0 else "rapid",
        "business_name": shop,
        "credit_code": "/",
        "township": town.code,
        "business_address": f"连江县{town.name}",
        "stall": f"A{dice.randint(1, 60):02d}",
        "contact": f"演示{dice.randint(1, 99):02d}",
        "phone": "/",
        "area_kind": "rural",
        "stage": ("distribution", "production", "catering")[place % 3],
        "place_kind": "农贸市场",
        "drawn_at": moment,
        "food": dice.choice(_FOODS[group(place)]),
        "product_group": group(place),
        "sample_source": "bought",
        "attribute": "ordinary",
        "sample_type": "farm",
        **dict.fromkeys(
            ("brand", "specification", "batch", "date_kind", "dated_on", "shelf_life", "standard", "price"),
            "/",
        ),
        "base_quantity": f"{dice.randint(5, 40)} kg",
        "quantity": "2 kg",
        "retained_quantity": "1 kg",
        "storage": "ambient",
        **dict.fromkeys(
            ("packing", "trace_code", "producer_name", "producer_address", "origin", "remarks"), "/"
        ),
        "seal": f"F{place + 1:05d}",
        "second_sampler": "李抽样",
        "opinion": "none",
    }


def rates(dice: random.Random, count: int, positives: Sequence[int], least: float = LOWEST_RATE) -> list[str]:
    """Return inhibition rates with one decimal, none below `least`; those at `positives` are over the threshold."""
    figures = [
        dice.uniform(55, 95) if place in positives else dice.uniform(LOWEST_RATE, 42)
        for place in range(count)
    ]
    return [figure(one, least) for one in figures]


def figure(value: float, least: float) -> str:
    """Write a figure as a device shows it: one decimal, not below `least`, and 0.0 rather than -0.0."""
    return f"{round(max(value, least), 1) + 0.0:.1f}"


def least(profile: str) -> float:
    """Return the lowest rate that the wire of an instrument can say; the TL-310's has no sign."""
    return 0.0 if profile == "dayuan_tl310" else LOWEST_RATE


def group(place: int) -> str:
    """Return the product group of the sample at a place in the day's order."""
    return "aquatic" if place % 5 == 1 else "livestock" if place % 7 == 3 else "crops"


def tl310(values: Sequence[str], moment: str) -> list[Record]:
    """Return what the TL-310 holds: its blank, the samples' channels, and an old result of channel 12."""
    said = [*values, "8.8"]
    channels = [*(str(n) for n in range(1, len(values) + 1)), "12"]
    return [
        Record(channel, str(number), value=value, measured_at=moment, fields={"standard": "00"})
        for number, (channel, value) in enumerate(zip(channels, said, strict=True), 101)
    ]


def ttnj(values: Sequence[str], moment: str) -> list[Record]:
    """Return one group of eight slots."""
    return [
        Record(f"A{slot}", value=value, measured_at=moment, fields={"sample_type_code": "1"})
        for slot, value in enumerate(values, 1)
    ]


def modbus(values: Sequence[str], moment: str, number: int) -> list[Record]:
    """Return one finished run of the twelve-channel reader."""
    return [
        Record(str(channel), str(number), value=value, measured_at=moment)
        for channel, value in enumerate(values, 1)
    ]


def fluor(values: Sequence[str], samples: Sequence[str], moment: str) -> list[Record]:
    """Return the analyser's results, each with the number that was scanned into it."""
    return [
        Record(str(place), sample=sample, item="enrofloxacin", value=value, measured_at=moment)
        for place, (sample, value) in enumerate(zip(samples, values, strict=True), 1)
    ]


def strips(depths: Sequence[tuple[int, int]]) -> list[Record]:
    """Return strips with these depths of C and T."""
    return [Record("1", fields={"c": str(c), "t": str(t), "points": "90"}) for c, t in depths]
