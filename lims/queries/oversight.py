"""What a quality manager must look at in the trail, found by rule, and what was made of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from lims import clock
from lims.door import question
from lims.errors import Invalid
from lims.evidence.entry import Change, Entry, from_bytes
from lims.queries.people import names
from lims.records.log import LogEntry
from lims.records.oversight import LogCheck, TrailReview
from lims.records.results import Verdict
from lims.records.types import parse_time, time_text
from lims.storage.unit import View

KINDS = (
    "changed_after_judgement",
    "retested",
    "overridden",
    "late_entry",
    "clock_jump",
    "run_gap",
    "access_changed",
    "log_mended",
    "unreadable",
)
"""Kinds of findings, what needs thought first."""

LATE = timedelta(hours=24)
"""A form saved so long after the sample was drawn is a late entry."""
LATE_READING = timedelta(minutes=10)
"""A reading taken in so long after it arrived is a late entry."""
STEP = 2.0
"""Seconds by which the wall clock may drift against the steady one."""
NO_OVERRIDE = {"unverified_rule", "sets_over"}
"""Doubts that go with every result of a time, so that who approves one overrides nothing."""

_FACTS = ("form", "food", "seal", "drawn_at", "township", "business_name", "kind", "product_group", "stage")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        kind: one of `KINDS`.
        station: whose log.
        seq: place of the entry.
        at: when, as the entry says.
        who: name of the actor.
        verb: the act.
        subject: sample, instrument, account or nothing.
        detail: what the rule saw, name to text.
        outcome: `accepted` or `followed_up`; empty while nobody looked.
        remarks: of whoever looked.
        reviewer: his name.
    """

    kind: str
    station: str
    seq: int
    at: str
    who: str
    verb: str
    subject: str
    detail: Mapping[str, str]
    outcome: str = ""
    remarks: str = ""
    reviewer: str = ""


_Hit = tuple[str, str, dict[str, str]]


@dataclass
class _Known:
    """What the rules remember while they walk along the logs."""

    judged: Mapping[str, datetime]
    forms: dict[str, dict[str, object]] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    def judged_before(self, sample: str, at: datetime) -> bool:
        first = self.judged.get(sample)
        return first is not None and first < at


@question(needs="manager reviewer signatory administrator")
def queue(view: View, *, days: int = 30, settled: bool = False) -> list[Finding]:
    """Return what must be looked at in the entries of the last days, what needs thought first at the top.

    Args:
        view: the snapshot.
        days: how far back.
        settled: whether what was looked at is returned too.
    """
    reviews = {(row.station, row.seq, row.kind): row for row in view.all(_reviews(view))}
    known = names(view)
    found = []
    for station, seq, entry, (kind, subject, detail) in _hits(view, view.now - timedelta(days=days)):
        looked = reviews.get((station, seq, kind))
        if looked is not None and not settled:
            continue
        told = (entry.at, known(entry.actor), entry.verb) if entry else ("", "", "")
        ended = (looked.outcome, looked.remarks, known(looked.by)) if looked else ("", "", "")
        found.append(Finding(kind, station, seq, *told, subject, detail, *ended))
    return sorted(found, key=lambda one: (bool(one.outcome), KINDS.index(one.kind), -one.seq))


def _reviews(view: View) -> Any:  # noqa: ANN401 - a select
    return select(TrailReview).where(TrailReview.site == view.site).order_by(TrailReview.id)


def _hits(view: View, since: datetime) -> Iterator[tuple[str, int, Entry | None, _Hit]]:
    first = select(Verdict.sample, func.min(Verdict.at)).where(Verdict.site == view.site)
    judged: dict[str, datetime] = dict(map(tuple, view.rows(first.group_by(Verdict.sample))))
    known, edge = _Known(judged), time_text(since)
    query = (
        select(LogEntry.station, LogEntry.seq, LogEntry.data)
        .where(LogEntry.site == view.site)
        .order_by(LogEntry.arrival)
        .execution_options(yield_per=1000)
    )
    with view.session.execute(query) as rows:
        for station, seq, data in rows:
            try:
                entry = from_bytes(bytes(data))
            except Invalid as fault:
                yield station, seq, None, ("unreadable", "", {"fault": fault.code})
                continue
            for hit in _judge(entry, station, known):
                if entry.at >= edge:
                    yield station, seq, entry, hit


def _judge(entry: Entry, station: str, known: _Known) -> Iterator[_Hit]:
    yield from _clock(entry, station, known)
    at = parse_time(entry.at)
    for change in entry.changes:
        rule = _RULES.get(change.table)
        if rule is not None:
            yield from rule(entry, change, at, known)
    if entry.verb in _ACTS:
        kind, table, name = _ACTS[entry.verb]
        subject = next((str(one.row.get(name) or "") for one in entry.changes if one.table == table), "")
        yield kind, subject, {"why": entry.why} if entry.why else {}


_ACTS: Mapping[str, tuple[str, str, str]] = {
    "sample.void": ("changed_after_judgement", "sample", "id"),
    "review.repeat": ("retested", "sample", "id"),
    "review.reject": ("retested", "sample", "id"),
    "measure.assign": ("overridden", "result", "sample"),
    "measure.dismiss": ("overridden", "stray", "id"),
    "enrol.set_roles": ("access_changed", "role_grant", "account"),
    "seal.recover": ("log_mended", "recovery", "station"),
    "keeping.restored": ("log_mended", "restore", "file"),
    "passwords.set_policy": ("access_changed", "setting", "name"),
    "sign.require": ("access_changed", "setting", "name"),
    "erase.person": ("access_changed", "erasure", "id"),
}
"""Acts that are findings by themselves: kind, table and column of what they are about."""


def _clock(entry: Entry, station: str, known: _Known) -> Iterator[_Hit]:
    before = known.last.get(station)
    known.last[station] = entry
    if before is None:
        return
    moved = parse_time(entry.at) - parse_time(before.at)
    if before.boot == entry.boot:
        moved -= timedelta(milliseconds=entry.mono - before.mono)
        jumped = abs(moved.total_seconds()) > STEP
    else:
        jumped = moved.total_seconds() < -STEP
    if jumped:
        yield "clock_jump", station, {"seconds": f"{moved.total_seconds():+.1f}", "before": before.at}


def _sample(entry: Entry, change: Change, at: datetime, known: _Known) -> Iterator[_Hit]:
    number = str(change.row["id"])
    facts: dict[str, object] = {name: change.row.get(name) for name in _FACTS}
    earlier = known.forms.get(number)
    known.forms[number] = facts
    if earlier is None:
        late = at - parse_time(str(change.row["drawn_at"]))
        if entry.verb == "sample.draw" and late > LATE:
            yield "late_entry", number, {"drawn_at": str(change.row["drawn_at"])}
    elif earlier != facts and known.judged_before(number, at):
        names_ = " ".join(name for name in _FACTS if earlier[name] != facts[name])
        yield "changed_after_judgement", number, {"columns": names_}


def _reading(_: Entry, change: Change, at: datetime, known: _Known) -> Iterator[_Hit]:
    row = change.row
    late = at - parse_time(str(row["received_at"]))
    if late > LATE_READING:
        yield "late_entry", str(row["instrument"]), {"received_at": str(row["received_at"])}
    record, instrument = str(row.get("device_record") or ""), str(row["instrument"])
    if record.isdecimal() and record.isascii():
        number, last = int(record), known.numbers.get(instrument)
        known.numbers[instrument] = max(number, last or 0)
        if last is not None and number > last + 1:
            yield "run_gap", instrument, {"missing": f"{last + 1}-{number - 1}"}


def _receipt(_: Entry, change: Change, __: datetime, ___: _Known) -> Iterator[_Hit]:
    if change.row["accepted"] and str(change.row["reason"]).strip():
        yield "overridden", str(change.row["sample"]), {"reason": str(change.row["reason"])}


def _verdict(entry: Entry, change: Change, _: datetime, __: _Known) -> Iterator[_Hit]:
    doubts = [one for one in str(change.row["doubts"]).split() if one not in NO_OVERRIDE]
    if entry.verb == "review.approve" and doubts:
        yield "overridden", str(change.row["sample"]), {"doubts": " ".join(doubts)}


def _certificate(_: Entry, change: Change, __: datetime, ___: _Known) -> Iterator[_Hit]:
    if str(change.row["reason"]).strip():
        told = {"version": str(change.row["number"]), "reason": str(change.row["reason"])}
        yield "changed_after_judgement", str(change.row["sample"]), told


def _position(entry: Entry, change: Change, at: datetime, known: _Known) -> Iterator[_Hit]:
    number = str(change.row.get("sample") or "")
    if number and entry.verb == "measure.start_run" and known.judged_before(number, at):
        yield "retested", number, {"run": str(change.row["run"])}


def _sign_in(_: Entry, change: Change, __: datetime, known: _Known) -> Iterator[_Hit]:
    login = str(change.row["login"])
    known.failed[login] = 0 if change.row["good"] else known.failed.get(login, 0) + 1
    if known.failed[login] and known.failed[login] % 5 == 0:
        yield "access_changed", login, {"failures": str(known.failed[login])}


def _person_key(_: Entry, change: Change, __: datetime, ___: _Known) -> Iterator[_Hit]:
    if change.row.get("second"):
        yield "access_changed", str(change.row["account"]), {"key": str(change.row["id"])}


def _password(_: Entry, change: Change, __: datetime, ___: _Known) -> Iterator[_Hit]:
    if change.row["temporary"]:
        yield "access_changed", str(change.row["account"]), {"password": "reset"}


def _log_check(_: Entry, change: Change, __: datetime, ___: _Known) -> Iterator[_Hit]:
    if not change.row["ok"]:
        yield "log_mended", str(change.row["station"]), {"fault": str(change.row["fault"])}


_Rule = Callable[[Entry, Change, datetime, _Known], Iterator[_Hit]]
_RULES: Mapping[str, _Rule] = {
    "sample": _sample,
    "reading": _reading,
    "receipt": _receipt,
    "verdict": _verdict,
    "certificate": _certificate,
    "position": _position,
    "sign_in": _sign_in,
    "person_key": _person_key,
    "password_set": _password,
    "log_check": _log_check,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The last check of the whole log: when, whether it was whole, how far it reached, and the first thing wrong."""

    at: datetime
    ok: bool
    size: int
    fault: str


@question()
def last_check(view: View) -> Checked | None:
    """Return the last check of the whole log at this station, or None."""
    query = (
        select(LogCheck)
        .where(LogCheck.site == view.site, LogCheck.station == view.place.station)
        .order_by(LogCheck.id.desc())
        .limit(1)
    )
    row = next(iter(view.all(query)), None)
    return Checked(row.at, row.ok, row.size, row.fault) if row else None


@question()
def check_due(view: View) -> bool:
    """Tell whether the whole log was not checked yet today, by the laboratory's clock."""
    last = last_check(view)
    return last is None or clock.local(last.at).date() < clock.local(view.now).date()
