"""What is missing in one sample's custody, found by the rules from its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from lims.queries import sites
from lims.queries.people import Names, names
from lims.records.custody import Custody, Outsider, SealFact
from lims.records.portions import Disposal, Portion
from lims.records.samples import Receipt, Sample
from lims.records.storerooms import Move, StorePlace, Temperature
from lims.rules import climate, custody, regulation
from lims.rules.climate import Span
from lims.rules.custody import NO_SEAL, Gap, Holder, Sighting, Step
from lims.storage.unit import View

_SEEN = {"applied": "fixed", "intact": "intact", "found_broken": "broken", "cut": "cut"}
_ORDER = {"drawn": 0, "handed": 1, "received": 2}


@dataclass(frozen=True)
class Rows:
    """Everything on record about one sample's custody, each the earliest first."""

    sample: Sample
    handovers: Sequence[Custody]
    receipts: Sequence[Receipt]
    seals: Sequence[SealFact]
    moves: Sequence[Move]
    portions: Sequence[Portion]


def rows(view: View, sample: Sample) -> Rows:
    """Read them, with what the site says that handed the sample over."""
    tell = sites.telling(view, sample.id)
    return Rows(
        sample,
        view.all(
            select(Custody)
            .where(Custody.site.in_(tell), Custody.sample == sample.id)
            .order_by(Custody.at, Custody.id)
        ),
        view.all(
            select(Receipt)
            .where(Receipt.site.in_(tell), Receipt.sample == sample.id)
            .order_by(Receipt.at, Receipt.id)
        ),
        view.all(
            select(SealFact)
            .where(SealFact.site.in_(tell), SealFact.sample == sample.id)
            .order_by(SealFact.at, SealFact.id)
        ),
        view.all(
            select(Move).where(Move.site.in_(tell), Move.sample == sample.id).order_by(Move.at, Move.id)
        ),
        view.all(
            select(Portion)
            .where(Portion.site == view.site, Portion.sample == sample.id)
            .order_by(Portion.divided_at, Portion.id)
        ),
    )


def holder(view: View, row: Custody, side: str, known: Names) -> Holder:
    """Return who gave (`giver`) or took (`taker`) in a handover; outsiders with their full name."""
    account, outsider = getattr(row, f"{side}_account"), getattr(row, f"{side}_outsider")
    view = view.at(row.site)
    if account:
        return Holder(account, known(account), True)
    if outsider:
        person = view.find(Outsider, outsider)
        return Holder(outsider, view.personal(person.name) if person else outsider, False)
    return Holder("", getattr(row, side), None)


def of_sample(view: View, sample: Sample) -> list[Gap]:
    """Return every gap in a sample's custody, the earliest first."""
    found = rows(view, sample)
    known = names(view)
    whole = list(_of(view, found, known, ""))
    for part in found.portions:
        whole += [
            replace(gap, portion=part.id) for gap in _of(view, found, known, part.id) if gap not in whole
        ]
    return sorted(whole, key=lambda gap: (gap.start, gap.kind, gap.portion))


def _of(view: View, found: Rows, known: Names, part: str) -> Iterator[Gap]:
    within = timedelta(hours=regulation.table("custody")["receipt"]["within_hours"])
    waiting = found.sample.state == "drawn" and not part
    steps = _steps(view, found, known, part)
    yield from custody.hands(steps, now=view.now, waiting=waiting, receipt_within=within)
    yield from custody.seals(_sightings(found, part))
    yield from _stored(view, found, part)
    yield from _felt(found, part)


def _steps(view: View, found: Rows, known: Names, part: str) -> list[Step]:
    drawn = Holder(found.sample.drawn_by, known(found.sample.drawn_by), True)
    handed = [row for row in found.handovers if row.accepted]
    own = [row for row in handed if part and row.portion == part]
    steps = [_step(view, row, known) for row in handed if row.portion is None]
    steps += [
        Step(row.at, "received", Holder(row.by, known(row.by), True))
        for row in found.receipts
        if row.accepted
    ]
    if own:
        steps = [step for step in steps if step.at < own[0].at] + [_step(view, row, known) for row in own]
    steps.sort(key=lambda step: (step.at, _ORDER[step.what]))
    return [Step(found.sample.drawn_at, "drawn", drawn), *steps]


def _step(view: View, row: Custody, known: Names) -> Step:
    taker, giver = holder(view, row, "taker", known), holder(view, row, "giver", known)
    return Step(row.at, "handed", taker, giver)


def _sightings(found: Rows, part: str) -> list[Sighting]:
    wanted = part or None
    seen = [
        Sighting(row.at, _SEEN[row.what], row.seal)
        for row in found.seals
        if row.portion == wanted and row.what in _SEEN
    ]
    seen += [
        Sighting(row.at, _state(row.seal_state), row.seal) for row in found.handovers if row.portion == wanted
    ]
    if not part:
        seen += [Sighting(row.at, _state(row.seal_state), row.seal) for row in found.receipts]
        if found.sample.seal not in NO_SEAL:
            seen.append(Sighting(found.sample.drawn_at, "fixed", found.sample.seal))
    return sorted(seen, key=lambda one: one.at)


def _state(word: str) -> str:
    return "intact" if word == "intact" else "broken"


def _stored(view: View, found: Rows, part: str) -> Iterator[Gap]:
    moves = [row for row in found.moves if (row.portion or "") == part]
    end = _end(view, part)
    for place, move in enumerate(moves):
        until = min(moves[place + 1].at if place + 1 < len(moves) else end, end)
        where = _climate(view, move.place)
        if where is None or until <= move.at:
            continue
        every = timedelta(minutes=where.every_minutes) if where.every_minutes else None
        span = Span(where.name, move.at, until, where.low, where.high, every)
        readings = _readings(view, where.id, span)
        yield from climate.temperatures(span, readings)
        yield from climate.silences(span, readings)


def _end(view: View, part: str) -> datetime:
    query = select(Disposal.at).where(Disposal.site == view.site, Disposal.portion == part)
    return next(iter(view.all(query)), view.now)


def _climate(view: View, place: str | None) -> StorePlace | None:
    """Return the nearest place around one that has limits or a logger."""
    row = view.find(StorePlace, place) if place else None
    while row is not None and row.low is None and row.high is None and row.every_minutes is None:
        row = view.find(StorePlace, row.parent) if row.parent else None
    return row


def _readings(view: View, place: str, span: Span) -> list[climate.Reading]:
    query = (
        select(Temperature.at, Temperature.value)
        .where(Temperature.site == view.site, Temperature.place == place)
        .where(Temperature.at >= span.start, Temperature.at <= span.end)
        .order_by(Temperature.at)
    )
    return [(at, value) for at, value in view.rows(query)]


def _felt(found: Rows, part: str) -> Iterator[Gap]:
    storage = str(found.sample.form.get("storage", ""))
    limits = climate.storage_limits(storage)
    taken = [(row.at, row.temperature) for row in found.handovers if (row.portion or "") == part]
    if not part:
        taken += [(row.at, climate.degrees(row.temperature)) for row in found.receipts]
    for at, value in taken:
        if gap := climate.felt(at, value, limits, storage):
            yield gap
