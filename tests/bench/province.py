"""A province on one server, in small: a tenth of a county-year so many times over, and the plan of each query.

    python -m tests.bench.province 100

Prints rows and sizes, then for each of the program's own questions its statements' plans: time, rows, buffers, and
whether each statement names the site, which Citus would distribute by. Rows stand in the tables alone, not in the log.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from lims.door import Lims
from lims.queries import bench, figures, register, reviews, samples, statistics, trace, trend, worklist
from lims.storage.log import place_of
from tests.laboratory import found_lab
from tests.servers import Servers

SAMPLES, ITEMS, YEAR = 6_000, 5, 2026
"""A tenth of a county-year: samples, and results of each."""
SITE = "P00001"

_TOWNS = """INSERT INTO township SELECT 'P' || lpad(n::text, 5, '0'), code, name, counted, since, until
FROM township, generate_series(1, :times) n WHERE site = 'LJ'"""
_SAMPLES = """INSERT INTO sample (site, id, kind, food, product_group, stage, township, business, business_name,
drawn_at, drawn_on, drawn_by, seal, form, state, version)
SELECT 'P' || lpad(n::text, 5, '0'), 'PA01' || to_char(d, 'YYMMDD') || lpad((i % 10000)::text, 4, '0') || 'X',
CASE WHEN i % 6 = 0 THEN 'laboratory' ELSE 'rapid' END, (ARRAY['豇豆','上海青','鲫鱼','鸡蛋','韭菜','猪肉'])[1 + i % 6],
'crops', 'distribution', (SELECT code FROM township WHERE site = 'LJ' AND counted ORDER BY code OFFSET i % 20 LIMIT 1),
NULL, '凤城市场' || (i % 300) || '号陈记', to_char(d, 'YYYY-MM-DD') || 'T02:00:00.000Z', d, 'A', 'F' || i,
'{"batch":"/","drawn_at":"' || to_char(d, 'YYYY-MM-DD') || 'T02:00:00+00:00"}',
CASE WHEN i % 20 = 0 THEN 'received' WHEN i % 20 = 1 THEN 'reviewed' ELSE 'certified' END, 1
FROM generate_series(1, :times) n, generate_series(0, :samples - 1) i,
LATERAL (SELECT date '2026-01-01' + i * 365 / :samples AS d) day"""
_VERDICTS = """INSERT INTO verdict (site, id, result, sample, tester, method, item, value, unit, word, rule, basis,
doubts, state, at, version)
SELECT site, id || '-' || k, id || '-' || k, id, 'A', 'M', '项目' || k, '12.5', '%',
CASE WHEN hashtext(id || k) % 100 = 0 THEN 'positive' ELSE 'negative' END, 'M', '{}', '', 'approved', drawn_at, 1
FROM sample, generate_series(1, :items) k WHERE site LIKE 'P%'"""
_TALLIES = (
    """INSERT INTO sample_tally (site, township, month, product_group, stage, kind, samples)
    SELECT site, township, to_char(drawn_on, 'YYYY-MM'), product_group, stage, kind, count(*) FROM sample
    WHERE site LIKE 'P%' GROUP BY 1, 2, 3, 4, 5, 6""",
    """INSERT INTO verdict_tally (site, month, item, word, verdicts)
    SELECT site, left(at, 7), item, word, count(*) FROM verdict WHERE site LIKE 'P%' GROUP BY 1, 2, 3, 4""",
)
ACROSS = {
    "all sites: samples by month": "SELECT month, sum(samples) FROM sample_tally GROUP BY month",
    "all sites: rate of positives by item": "SELECT item, word, sum(verdicts) FROM verdict_tally GROUP BY item, word",
    "all sites: samples by month, from the rows":
        "SELECT to_char(drawn_on, 'YYYY-MM'), count(*) FROM sample GROUP BY 1",
    "all sites: positives of an item, from the rows":
        "SELECT site, count(*) FROM verdict WHERE item = '项目1' AND word = 'positive' GROUP BY site",
}  # fmt: skip


def fill(engine: Engine, times: int) -> None:
    """Load it, each table by one statement, and tell what it came to."""
    said = {"times": times, "samples": SAMPLES, "items": ITEMS}
    for words in (_TOWNS, _SAMPLES, _VERDICTS, *_TALLIES):
        began = time.monotonic()
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "SET session_replication_role = replica"
            )  # no row is checked against others
            named = {name: value for name, value in said.items() if f":{name}" in words}
            count = connection.execute(text(words), named).rowcount
        print(
            f"{count:>9,} rows {time.monotonic() - began:7.1f} s  {words.split('(')[0].split()[2]}",
            flush=True,
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        for table in ("sample", "verdict", "sample_tally", "verdict_tally"):
            size = connection.exec_driver_sql(
                f"SELECT pg_size_pretty(pg_total_relation_size('{table}'))"
            ).scalar()
            print(f"{size:>9} {table}")


def spoken(lims: Lims, ask: Callable[..., Any], *values: Any, **more: Any) -> list[tuple[str, Any]]:
    """Return the statements, with their values, that a question puts to the server."""
    found: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: Any, statement: str, told: Any, _context: Any, _many: bool) -> None:
        found.append((statement, told))

    event.listen(lims.store.engine, "before_cursor_execute", note)
    try:
        lims.ask(ask, *values, **more)
    finally:
        event.remove(lims.store.engine, "before_cursor_execute", note)
    return found


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if "Scan" in plan["Node Type"]:
        yield f"{plan['Node Type']} {plan.get('Index Name') or plan.get('Relation Name') or ''}".strip()
    for one in plan.get("Plans", ()):
        yield from _scans(one)


def explained(connection: Connection, statement: str, told: Any) -> str:
    """Return what the server says of one statement, run once more: milliseconds, rows, buffers, and how it looked."""
    rows: Any = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", told
    ).scalar()
    found = (json.loads(rows) if isinstance(rows, str) else rows)[0]
    plan = found["Plan"]
    ways = ", ".join(dict.fromkeys(_scans(plan)))
    read = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    site = "site" if re.search(r"\bsite (=|IN)", statement) else "ALL "
    return (
        f"  {site} {found['Execution Time']:9.2f} ms {plan['Actual Rows']:>7.0f} rows {read:>7} pages  {ways}"
    )


def main(times: int) -> None:
    """Found, fill, ask, tell."""
    with Servers() as servers, tempfile.TemporaryDirectory() as folder:
        lab = found_lab(Path(folder) / "lab", servers.fresh())
        engine = lab.station.store.engine
        fill(engine, times)
        lims = replace(lab.station, store=replace(lab.station.store, place=place_of(SITE, "PA01", "sha256")))
        number = lims.ask(samples.page, count=1)[0].number
        day = date(YEAR, 6, 1)
        asked: dict[str, list[tuple[str, Any]]] = {
            "a page of samples": spoken(lims, samples.page, count=50),
            "a text in samples": spoken(lims, samples.page, text="韭菜", count=50),
            "one sample's trail": spoken(lims, trace.sample, number),
            "what waits today": spoken(lims, worklist.today),
            "results to review": spoken(lims, reviews.waiting),
            "runs": spoken(lims, bench.runs, count=50),
            "the quota": spoken(lims, figures.quota, YEAR),
            "rate of positives by month": spoken(lims, trend.monthly, YEAR, YEAR),
            "statistics of a month": spoken(lims, statistics.statistics, day, date(YEAR, 6, 30)),
            "the register of a year": spoken(lims, register.lines, YEAR),
            **{name: [(statement, ())] for name, statement in ACROSS.items()},
        }
        with engine.connect() as connection:
            for name, statements in asked.items():
                print(name)
                for statement, told in statements:
                    print(explained(connection, statement, told), flush=True)
        lab.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
