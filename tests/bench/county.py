"""Ten years of a county on disk: samples and verdicts as plain rows, made once for all rows of the table."""

import json
import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lims.rules import regulation
from lims.storage import tally
from tests.laboratory import Lab, found_lab

SAMPLES = int(os.environ.get("KUAIJIAN_BENCH_SAMPLES", "600000"))
"""Samples of ten years; five times as many verdicts."""
ITEMS = 5
FIRST = date(2016, 1, 1)
FOODS = tuple(
    f"{kind}{n}号" for kind in ("豇豆", "上海青", "鲫鱼", "鸡蛋", "韭菜", "猪肉") for n in range(30)
)
STATES = ("drawn", "received", "testing", "reviewed", *["certified"] * 16)
BUSINESSES = 3000


def fill(lab: Lab, years: int, whole: int = SAMPLES, *, verdicts: bool = True) -> Lab:
    """Put so many of the ten years into a laboratory's tables; they stand in the tables alone, not in the log."""
    engine = lab.station.store.engine
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute("PRAGMA synchronous = OFF")
    amount = whole * years // 10
    site, account = lab.station.store.place.site, lab.accounts["chen"]
    driver.executemany(
        "INSERT INTO business (site, id, name, pinyin, township, address, stall, credit_code, no_code_reason, "
        "contact, phone) VALUES (?, ?, ?, 'xx', '350122100', '/', '/', '/', '', '/', '/')",
        ((site, f"B{n:05d}", f"凤城市场{n}号陈记") for n in range(BUSINESSES)),
    )
    driver.executemany(
        "INSERT INTO sample (site, id, kind, food, product_group, stage, township, business, business_name, drawn_at, "
        "drawn_on, drawn_by, seal, form, state, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        _samples(site, account, amount, years),
    )
    driver.executemany(
        "INSERT INTO verdict (site, id, result, sample, tester, method, item, value, unit, word, rule, basis, doubts, "
        "state, at, version) VALUES (?, ?, ?, ?, ?, 'M', ?, '12.5', '%', ?, 'M', '{}', '', 'approved', ?, 1)",
        _verdicts(site, account, amount if verdicts else 0, years),
    )
    raw.commit()
    raw.close()
    with engine.execution_options(writes=True).begin() as connection:
        tally.recount(connection)
        connection.exec_driver_sql("ANALYZE")
    return lab


def _day(number: int, amount: int, years: int) -> date:
    return FIRST + timedelta(days=number * 365 * years // amount)


def _id(number: int, amount: int, years: int) -> str:
    return f"LJ01{_day(number, amount, years):%y%m%d}{number:07d}"


def _samples(site: str, account: str, amount: int, years: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random(6)
    towns = [place.code for place in regulation.townships()]
    groups = sorted(regulation.codes("product_group"))
    form = json.dumps({"batch": "/"}, separators=(",", ":"))
    for number in range(amount):
        day = _day(number, amount, years)
        shop = dice.randrange(BUSINESSES)
        yield (
            site, _id(number, amount, years), "rapid" if number % 6 else "laboratory", dice.choice(FOODS),
            dice.choice(groups), "distribution", dice.choice(towns), f"B{shop:05d}", f"凤城市场{shop}号陈记",
            f"{day.isoformat()}T02:00:00.000Z", day.isoformat(), account, f"F{number:07d}", form,
            dice.choice(STATES),
        )  # fmt: skip


def _verdicts(site: str, account: str, amount: int, years: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random(7)
    for number in range(amount):
        sample, at = _id(number, amount, years), f"{_day(number, amount, years).isoformat()}T03:00:00.000Z"
        for item in range(ITEMS):
            word = "positive" if dice.random() < 0.02 else "negative"
            yield site, f"{number:08d}{item}", f"R{number}-{item}", sample, account, f"项目{item}", word, at


def county(folder: Path, years: int) -> Lab:
    """Return a laboratory that holds so many years."""
    return fill(found_lab(folder / "lab"), years)
