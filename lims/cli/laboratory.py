"""Commands about a laboratory: found it, its people, its samples, its quota, its bench without a desktop."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lims import app as laboratories
from lims import text
from lims.app import Founding
from lims.bench.lines import Bench
from lims.cli.options import AsJson, Database, Dir, Password, Year, opened, show, show_json
from lims.errors import Invalid
from lims.queries import figures, ledger, samples
from lims.rules import counting
from lims.rules.quota import Line, elapsed
from lims.rules.workflow import MOVES
from lims.services import enrol, passwords, watch

QUICK = (0.3, 0.5, 1.0)
"""Seconds between tries to reconnect where nobody wants to wait."""


def add(app: typer.Typer) -> None:
    """Add the commands."""
    for name, command in (
        ("found", found),
        ("person", person),
        ("samples", listing),
        ("trace", trail),
        ("quota", quota),
        ("bench", bench),
    ):
        app.command(name)(command)


def found(
    name: Annotated[str, typer.Option(help="实验室名称 / the laboratory's name")],
    site: Annotated[str, typer.Option(help="站点代码 / code of the site")] = "LJ",
    station: Annotated[str, typer.Option(help="工作站代码 / two letters and two digits")] = "LJ01",
    county: Annotated[str, typer.Option(help="县代码 / code of the county")] = "350122",
    algorithm: Annotated[str, typer.Option(help="sha256 或 sm3 / hash of the log")] = "sha256",
    root: Dir = None,
    database: Database = "",
) -> None:
    """建立实验室 / found a laboratory."""
    founding = Founding(site, station, name, county, algorithm=algorithm)
    laboratory = laboratories.found(founding, root, database)
    show(str(laboratory.folder.root))
    laboratory.close()


By = Annotated[str, typer.Option("--as", help="管理员登录名；首次登录前可省 / the administrator's login")]


def person(
    *,
    login: Annotated[str, typer.Option(help="登录名 / login")],
    name: Annotated[str, typer.Option(help="姓名 / name")],
    roles: Annotated[str, typer.Option(help="角色 / roles, separated by spaces")],
    password: Password,
    by: By = "",
    root: Dir = None,
    database: Database = "",
) -> None:
    """添加人员 / give a person an account; before anybody signed in, the station itself may do it."""
    with opened(root, database) as laboratory:
        lims = laboratory.sign_in(by, _own_password()) if by else laboratory.lims
        hashed = passwords.hash_password(password)
        show(lims.do(enrol.person, login=login, name=name, roles=roles, password_hash=hashed))


def _own_password() -> str:
    """Return the administrator's password, from the environment or asked for."""
    return os.environ.get("KUAIJIAN_ADMIN_PASSWORD") or str(
        typer.prompt("管理员密码 / the administrator's password", hide_input=True)
    )


def listing(
    text: Annotated[
        str, typer.Argument(help="编号、品名、单位、拼音 / number, food, business, initials")
    ] = "",
    state: Annotated[
        list[str] | None, typer.Option(help="状态，如 received / state, such as received")
    ] = None,
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """样品列表 / list samples, the newest first."""
    for unknown in sorted(set(state or ()) - MOVES.keys()):
        raise Invalid("usage.choice", name="--state", value=unknown, known=" ".join(MOVES))
    with opened(root, database) as laboratory:
        rows = laboratory.lims.ask(samples.page, text=text, states=state or ())
        said = laboratory.lims.ask(samples.verdicts, [row.number for row in rows])
    if as_json:
        show_json([{**asdict(row), "verdicts": said[row.number]} for row in rows])
        return
    for row in rows:
        words = " ".join(one.word for one in said[row.number])
        show(f"{row.number}  {row.state:<10} {row.food}  {row.business}  {words}  {row.van}".rstrip())


def trail(
    number: Annotated[str, typer.Argument(help="样品编号 / number of the sample")],
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """一份样品的全过程 / everything that happened to one sample."""
    with opened(root, database) as laboratory:
        found_ = watch.trail(laboratory.lims, number)
    if as_json:
        show_json(found_)
        return
    if found_.van:
        show(f"保存于 / kept by: {found_.van}")
    for fact in found_.facts:
        said = " ".join(text for text in fact.detail.values() if text)
        show(f"{fact.at:%Y-%m-%d %H:%M:%S}Z  {fact.what:<16} {fact.who}  {fact.where}  {said}")


def quota(
    year: Year,
    by: Annotated[
        str,
        typer.Option(help="对照计划分组合计 / sums against the plan: township,group,stage,month,department"),
    ] = "",
    root: Dir = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """抽检任务进度 / the year's quota by township; without a population it says "no basis"."""
    if by:
        _ledger(year, tuple(one.strip() for one in by.split(",")), root, database, as_json)
        return
    with opened(root, database) as laboratory:
        found_ = laboratory.lims.ask(figures.quota, year)
    if as_json:
        show_json(_quota(found_))
        return
    for town in found_.towns:
        line = town.line
        owed = f"{line.target:>6} {line.due:>6} {line.missing:>6}" if line.basis else "  无人口数 / no basis"
        show(f"{town.code} {town.name:<8} {line.laboratory:>5} {line.rapid:>5} {line.counted:>5} {owed}")


def _ledger(year: int, by: tuple[str, ...], root: Path | None, database: str, as_json: bool) -> None:
    with opened(root, database) as laboratory:
        lines = laboratory.lims.ask(ledger.ledger, year, by)
    if as_json:
        show_json({"year": year, "by": by, "lines": lines})
        return
    if not lines:
        show(text.t("Nothing was drawn and nothing is planned in {year}.", year=year))
    for line in lines:
        known = (line.laboratory, line.rapid, line.counted, line.target, line.due, line.missing)
        figures_ = " ".join(f"{'—' if one is None else one:>6}" for one in known)
        forecast = line.forecast and f"{line.forecast.expected} ({line.forecast.low}–{line.forecast.high})"
        show(f"{figures_}  {' '.join(line.key)}  {forecast or ''}".rstrip())


def _quota(found_: figures.Quota) -> dict[str, object]:
    share = elapsed(found_.year, found_.today)

    def line(of: Line) -> dict[str, object]:
        return {
            "basis": of.people if of.basis else "no basis",
            "target": of.target,
            "laboratory": of.laboratory,
            "rapid": of.rapid,
            "counted": of.counted,
            "due": of.due,
            "missing": of.missing,
            "forecast": counting.forecast(of.counted, share),
        }

    return {
        "year": found_.year,
        "today": found_.today,
        "per_thousand": found_.per_thousand,
        "counts": found_.counts,
        "total": line(found_.total),
        "without_basis": found_.without_basis,
        "townships": [
            {"code": town.code, "name": town.name, "source": town.source, **line(town.line)}
            for town in found_.towns
        ],
    }


def bench(
    root: Dir = None,
    database: Database = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="断线后尽快重连 / reconnect without long pauses")
    ] = False,
) -> None:
    """不开桌面，运行全部仪器；标准输入每行一个 JSON 请求 / run all lines; one JSON request a line on standard input."""
    with opened(root, database) as laboratory:
        running = Bench(laboratory, QUICK) if quick else Bench(laboratory)
        running.start()
        show_json({"ready": [line.id for line in running.lines()]})
        sys.stdout.flush()
        try:
            for line in sys.stdin:
                _request(running, line)
        except KeyboardInterrupt:
            pass
        finally:
            running.stop()


def _request(running: Bench, line: str) -> None:
    try:
        request = json.loads(line)
        if request.get("do") == "ask":
            running.ask(request["instrument"], request["command"])
        show_json({"lines": running.lines()})
    except (ValueError, KeyError, AttributeError):
        show_json({"error": "request", "line": line.strip()[:200]})
    sys.stdout.flush()
