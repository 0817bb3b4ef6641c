"""A laboratory day from an empty folder to the last slip, with a crash in its middle."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.dayuan_cards import strip_curve
from lims import app, clock
from lims.app import Founding, Laboratory
from lims.demo import script, stock
from lims.demo.script import Wired
from lims.demo.world import BenchProcess, next_run, plug, registered
from lims.door import Lims
from lims.errors import RuleBroken
from lims.queries import audit, bench, counts, disputes, figures, register, reviews, samples, slips
from lims.reports import register as sheet
from lims.reports import slip as paper
from lims.rules import regulation
from lims.services import certify, dispute, enrol, equip, measure, passwords, plan, review, sample
from lims.services.measure import Binding
from lims.services.sample import Handover, Seen

PATIENCE = 45.0
LEFT_TO_REVIEW = 3
"""Results that nobody reviews on the day: a person who looks around finds some to review."""
"""Seconds that one run may take before the demonstration says that it stalled."""

Progress = Callable[[str], None]


@dataclass
class Day:
    """The laboratory of the demonstration while its day is played."""

    laboratory: Laboratory
    folder: Path
    database: str
    dice: random.Random
    tell: Progress
    doors: dict[str, Lims] = field(default_factory=dict)
    sent: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def __getitem__(self, login: str) -> Lims:
        return self.doors[login]


def play(
    folder: Path, *, seed: int = 1, database: str = "", tell: Progress = lambda _: None
) -> dict[str, Any]:
    """Play the day and return its summary.

    Args:
        folder: an empty folder; papers are left in its `reports`.
        seed: of the samples and values; the same seed plays the same day.
        database: address of an empty PostgreSQL database; empty for the SQLite file in the folder.
        tell: told of each step, in both languages.

    Raises:
        LimsError: a step was refused or did not come to its end.
    """
    founding = Founding("LJ", "LJ01", "连江县食品安全快速检测室（演示）", station_name="检测台 1")
    laboratory = app.found(founding, folder, database)
    try:
        day = Day(laboratory, folder, database, random.Random(seed), tell)  # noqa: S311 - it shall be the same again
        _people(day)
        stock.stocked(day["zheng"], day["lin"])
        stock.trained(day["zheng"], day["li"].actor.account)
        numbers = _samples(day)
        with ExitStack() as stack:
            _measure(day, stack, script.instruments(seed), numbers)
        _finish(day)
        return _summary(day)
    finally:
        laboratory.close()


def _people(day: Day) -> None:
    day.tell("人员与人口 / people and populations")
    hashed = passwords.hash_password(script.PASSWORD)
    station = day.laboratory.lims
    for login, name, roles in script.PEOPLE:
        station.do(enrol.person, login=login, name=name, roles=roles, password_hash=hashed)
    for login, _, _ in script.PEOPLE:
        day.doors[login] = day.laboratory.sign_in(login, script.PASSWORD)
    year = clock.local(clock.now()).year
    for town in _counted():
        people = day.dice.randint(8, 90) * 1000
        day["zheng"].do(plan.population, township=town, year=year, people=people, source=script.SOURCE)


def _counted() -> list[str]:
    return [town.code for town in regulation.townships() if town.counted]


def _samples(day: Day) -> dict[str, str]:
    """Draw and receive; return what may be measured, each sample's number with its product group."""
    day.tell(f"抽样与收样 {script.SAMPLES} 份 / drawing and receiving {script.SAMPLES} samples")
    begun = clock.now() - timedelta(hours=2)
    numbers = []
    for place in range(script.SAMPLES):
        moment = (begun + timedelta(minutes=2 * place)).isoformat()
        numbers.append(day["chen"].do(sample.draw, script.form(day.dice, place, moment)))
    for place, number in enumerate(numbers[:-2]):
        _receive(day, place, number)
    return {number: script.group(place) for place, number in enumerate(numbers[:-2]) if place != 5}


def _receive(day: Day, place: int, number: str) -> None:
    seal = f"F{place + 1:05d}"
    seen = Seen("good", "intact", seal, "6 ℃", "2 kg")
    if place == 5:
        spoiled = Seen("spoiled", "intact", seal, "21 ℃", "2 kg")
        day["lin"].do(sample.receive, number, spoiled, accept=False, reason="样品变质，拒收")
        return
    handover = Handover("陈抽样", "林检测", "连江县快检室", seal, "intact", "good")
    if place == 7:
        day["chen"].do(
            sample.hand_over, number, handover, accepted=False, reason="封条号看不清，现场核对后再交"
        )
    day["chen"].do(sample.hand_over, number, handover)
    day["lin"].do(sample.receive, number, seen)


@dataclass
class _Bench:
    """The devices that play and the process that reads them."""

    process: BenchProcess
    players: dict[str, Player]
    wired: dict[str, Wired]


def _measure(day: Day, stack: ExitStack, wired: Sequence[Wired], groups: dict[str, str]) -> None:
    day.tell("五台仪器接入真实端口 / five analyzers on real ports")
    moment = clock.local(clock.now()).replace(tzinfo=None, microsecond=0).isoformat()
    shares = {"TL310-1": 9, "TTNJ-1": 7, "MODBUS-1": 8, "FLUOR-1": 7, "STRIP-1": 3}
    bound: dict[str, list[str]] = {}
    crops = [number for number, group in groups.items() if group == "crops"]
    animals = [number for number, group in groups.items() if group != "crops"]
    for one in wired:
        fit = crops if one.method == script.PESTICIDES else animals
        bound[one.id] = [fit.pop(0) for _ in range(shares[one.id])]
    players: dict[str, Player] = {}
    for one in wired:
        records = _records(day, one, bound[one.id], moment)
        players[one.id], address = plug(stack, one, records)
        day["zheng"].do(equip.instrument, registered(one, address))
        stock.calibrated(day["zheng"], one.id)
        if one.id != "STRIP-1":
            _start(day, one, bound[one.id])
        _note(day, one, records)
    running = _Bench(BenchProcess(day.folder, day.database), players, {one.id: one for one in wired})
    try:
        _crash(day, running)
        for one in wired[:4]:
            _await_run(day, running, one.id)
            validity = day["lin"].do(measure.close_run, _current(day, one.id).id)
            day.tell(f"{one.id}: {validity}")
        _again(day, running, bound["MODBUS-1"], moment)
        _strips(day, running, bound["STRIP-1"])
    finally:
        running.process.stop()


def _records(day: Day, one: Wired, bound: Sequence[str], moment: str) -> list[Record]:
    blank, values = "1.5", script.rates(day.dice, len(bound), (2,), script.least(one.profile))
    match one.id:
        case "TL310-1":
            return script.tl310([blank, *values], moment)
        case "TTNJ-1":
            return script.ttnj([blank, *values], moment)
        case "MODBUS-1":
            return script.modbus(["45.0", *values], moment, 7)
        case "FLUOR-1":
            amounts = [f"{day.dice.uniform(1, 80):.2f}" for _ in bound]
            amounts[1] = "182.50"
            return script.fluor(["0.40", *amounts], ["BLANK", *bound], moment)
        case _:
            return script.strips([(6000, 300), (6000, 5900), (5800, 4600), (6100, 900), (6050, 860)])


def _note(day: Day, one: Wired, records: Sequence[Record]) -> None:
    """Remember what a device has to say, to count later what was lost or doubled."""
    for record in records:
        day.sent[(one.id, record.position, _said_value(record))] += 1


def _plain(value: str) -> str:
    """Spell a number one way, since a float of four bytes says 25 where its record says 25.0."""
    return f"{Decimal(value).normalize():f}" if value else ""


def _said_value(record: Record) -> str:
    if record.value:
        return _plain(record.value)
    fields = record.fields
    return " ".join(
        str(n) for n in strip_curve(float(fields["c"]), float(fields["t"]), int(fields["points"]))
    )


def _start(day: Day, one: Wired, bound: Sequence[str]) -> str:
    row = "A" if one.profile == "taiyang_ttnj" else ""
    bindings = [Binding(f"{row}1", "blank")]
    bindings += [Binding(f"{row}{place}", "sample", number) for place, number in enumerate(bound, 2)]
    return day["lin"].do(
        measure.start_run, instrument=one.id, method=one.method, lot=f"LOT-{one.id}", bindings=bindings
    )


def _current(day: Day, instrument: str) -> bench.RunView:
    found = day["lin"].ask(bench.current, instrument)
    if found is None:
        raise RuleBroken("demo.stalled", step=instrument)
    return found


def _until(day: Day, step: str, true: Callable[[], bool], again: Callable[[], None] = lambda: None) -> None:
    """Wait until something is true, doing `again` every three seconds; the patience begins anew with each reading.

    Raises:
        RuleBroken: no reading came for as long as the patience lasts.
    """
    before, begun, next_again = -1, time.monotonic(), 0.0
    while not true():
        now, seen = time.monotonic(), day["lin"].ask(counts.counts).readings
        if seen != before:
            before, begun = seen, now
        if now > begun + PATIENCE:
            raise RuleBroken("demo.stalled", step=step)
        if now >= next_again:
            again()
            next_again = now + 3.0
        time.sleep(0.15)


def _ask(running: _Bench, instrument: str) -> None:
    command = running.wired[instrument].command
    if command:
        running.process.ask(instrument, command)


def _crash(day: Day, running: _Bench) -> None:
    for one in ("TL310-1", "TTNJ-1"):
        _ask(running, one)
    _until(day, "crash", lambda: day["lin"].ask(counts.counts).readings >= 8)
    day.tell("检测中途强制结束采集进程，再启动 / the capture is killed in the middle and started again")
    running.process.kill()
    running.process = BenchProcess(day.folder, day.database)


def _await_run(day: Day, running: _Bench, instrument: str) -> None:
    def complete() -> bool:
        return all(place.said is not None for place in _current(day, instrument).places)

    _until(day, instrument, complete, lambda: _ask(running, instrument))


def _again(day: Day, running: _Bench, bound: Sequence[str], moment: str) -> None:
    one = running.wired["MODBUS-1"]
    records = script.modbus(["2.0", *script.rates(day.dice, len(bound), (5,))], moment, 8)
    _start(day, one, bound)
    next_run(running.players[one.id], one, records)
    _note(day, one, records)
    _await_run(day, running, one.id)
    day["lin"].do(measure.close_run, _current(day, one.id).id)


def _strips(day: Day, running: _Bench, bound: Sequence[str]) -> None:
    day.tell("胶体金卡：阳性对照与三份样品 / gold strips: a positive control and three samples")
    one = running.wired["STRIP-1"]
    for number in (None, *bound):
        binding = Binding("1", "control") if number is None else Binding("1", "sample", number)
        run = day["lin"].do(
            measure.start_run, instrument=one.id, method=one.method, lot="LOT-STRIP", bindings=[binding]
        )
        running.process.ask(one.id, one.command)
        _until(day, one.id, lambda: all(place.said for place in _current(day, one.id).places))
        day["lin"].do(measure.close_run, run)
    _positive(day, running, bound[-1])


def _positive(day: Day, running: _Bench, number: str) -> None:
    """Let a second person repeat the positive strip, then deliver the notice: its four hours run from the minute."""
    day.tell(
        "阳性由另一人复测，送达告知书，4 小时时限开始 / a positive repeated, its notice delivered, 4 hours run"
    )
    one = running.wired["STRIP-1"]
    run = day["li"].do(
        measure.start_run, instrument=one.id, method=one.method, lot="LOT-STRIP",
        bindings=[Binding("1", "sample", number)],
    )  # fmt: skip
    running.process.ask(one.id, one.command)
    _until(day, one.id, lambda: all(place.said for place in _current(day, one.id).places))
    day["li"].do(measure.close_run, run)
    case = next(line.id for line in day["wang"].ask(disputes.listed) if line.number == number)
    day["wang"].do(dispute.tell, case, "suspect", {})
    told = {"delivery": "signed", "recipient": "演示收件人", "place": "摊位"}
    day["chen"].do(dispute.tell, case, "notice", told, at=clock.now().replace(second=0, microsecond=0))


def _finish(day: Day) -> None:
    day.tell("复核、出单、台账 / review, slips, register")
    for waiting in day["wang"].ask(reviews.waiting)[:-LEFT_TO_REVIEW]:
        display = waiting.finding.value if waiting.display_needed else ""
        day["wang"].do(review.approve, waiting.finding.verdict, display=display)
    for row in day["zhao"].ask(samples.own, states=["reviewed"]):
        slip = day["zhao"].ask(slips.slip, day["zhao"].do(certify.issue, row.number))
        name = f"{slip.number}-v{slip.version}.pdf"
        (day.laboratory.folder.reports / name).write_bytes(
            paper.render(slip.content, slip.seal, signed=slip.signed)
        )
    year = clock.local(clock.now()).year
    lines = day["zheng"].ask(register.lines, year)
    sheet.write(day.laboratory.folder.reports / f"register-{year}.xlsx", lines)


def _summary(day: Day) -> dict[str, Any]:
    """Count the day. What hangs on the speed of the machine is told aside: the same seed gives the same summary."""
    found = day["zheng"].ask(counts.counts)
    readings = day["zheng"].ask(bench.readings, count=100_000)
    kept = Counter(
        (said.instrument, said.position, _plain(said.value) or said.extra.get("samples", ""))
        for said in readings
    )
    twice = {wired.id for wired in script.instruments(0) if wired.times > 1}
    day.tell(
        f"坏报文 {found.faults} 条，重复 {found.repeats} 次 / {found.faults} broken frames, {found.repeats} repeats"
    )
    quota = day["zheng"].ask(figures.quota, clock.local(clock.now()).year)
    line = quota.total
    return {
        "samples": found.samples,
        "readings": found.readings,
        "results": found.results,
        "positives": found.positives,
        "invalid_runs": found.invalid_runs,
        "strays": found.strays,
        "repeats_ignored": sum(said.repeats > 0 for said in readings if said.instrument in twice),
        "reports": found.slips,
        "quota": {"target": line.target, "counted": line.counted, "missing": line.missing},
        "clocks": sorted({one.deadline.clock.id for one in day["zheng"].ask(disputes.deadlines)}),
        "chain_ok": day["zheng"].ask(audit.verify).ok,
        "lost": sum((day.sent - kept).values()),
        "duplicated": sum((kept - day.sent).values()),
        "folder": str(day.folder),
    }
