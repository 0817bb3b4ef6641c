"""Draws: who and what may be drawn, what was drawn, and whether it falls the same once more."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from lims import clock
from lims.door import question
from lims.errors import NotFound
from lims.evidence.canonical import encode
from lims.queries.people import names
from lims.records.people import Account, Grant
from lims.records.places import Business
from lims.records.plans import Draw, DrawSubstitution
from lims.records.samples import Sample
from lims.rules import lots
from lims.rules.lots import Drawn, Entry
from lims.storage.unit import View


def candidates(view: View, recent_days: int) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the objects and people of a draw as they stand now, exclusions with their reason."""
    since = clock.local(view.now).date() - timedelta(days=recent_days)
    recent = dict(
        view.rows(
            select(Sample.business, func.max(Sample.drawn_on))
            .where(Sample.site == view.site, Sample.drawn_on > since, Sample.state != "void")
            .group_by(Sample.business)
        )
    )
    businesses = view.all(select(Business).where(Business.site == view.site).order_by(Business.id))
    objects = tuple(
        Entry(
            one.id,
            f"{one.name} {one.stall}".strip(" /"),
            one.township,
            1,
            f"{recent[one.id].isoformat()} 已抽样" if one.id in recent else "",
        )
        for one in businesses
    )
    return objects, _samplers(view)


def _samplers(view: View) -> tuple[Entry, ...]:
    query = (
        select(Account)
        .join(Grant, (Grant.site == Account.site) & (Grant.account == Account.id))
        .where(Account.site == view.site, Account.active, Grant.active, Grant.role == "sampler")
        .order_by(Account.id)
    )
    return tuple(Entry(one.id, one.name) for one in view.all(query))


@dataclass(frozen=True, slots=True)
class Substituted:
    """One replacement, with names."""

    kind: str
    drawn: str
    instead: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """A draw as it was kept, and whether drawing again gives the same.

    Attributes:
        id: of the draw.
        purpose: what for.
        rule: version of the rule.
        seed: as written down.
        frozen_hash: of the lists.
        count: of objects on the list, excluded ones too.
        excluded: (name, reason) of each that was left out.
        drawn: (object, its people), with names, in the order drawn.
        witness: who watched.
        by: who drew.
        at: when.
        substitutions: what was replaced afterwards.
        same: whether the kept lists have their hash and give the kept outcome again.
    """

    id: str
    purpose: str
    rule: str
    seed: str
    frozen_hash: str
    count: int
    excluded: tuple[tuple[str, str], ...]
    drawn: tuple[tuple[str, tuple[str, ...]], ...]
    witness: str
    by: str
    at: datetime
    substitutions: tuple[Substituted, ...]
    same: bool


@question()
def replay(view: View, id_: str) -> Whole:
    """Draw once more from what was kept, and return both the outcome and whether it is the same.

    Raises:
        NotFound: no such draw.
    """
    row = view.find(Draw, id_)
    if row is None:
        raise NotFound("draw.unknown", id=id_)
    lists = lots.thawed(row.frozen)
    again = lots.draw(lists, row.frozen_hash, row.seed) if row.rule == lots.RULE else ()
    objects = {one.id: one.name for one in lists.objects}
    people = {one.id: one.name for one in lists.people}
    known = names(view)
    called = {**objects, **people}
    query = select(DrawSubstitution).where(DrawSubstitution.site == view.site, DrawSubstitution.draw == id_)
    return Whole(
        row.id, row.purpose, row.rule, row.seed, row.frozen_hash, len(lists.objects),
        tuple((one.name, one.excluded) for one in (*lists.objects, *lists.people) if one.excluded),
        tuple((objects[one.object], tuple(people[each] for each in one.people)) for one in again),
        row.witness, known(row.by), row.at,
        tuple(
            Substituted(one.kind, called[one.drawn], called[one.instead], one.reason, known(one.by), one.at)
            for one in view.all(query.order_by(DrawSubstitution.id))
        ),
        hashed(row.frozen) == row.frozen_hash and kept(again) == row.result,
    )  # fmt: skip


def hashed(frozen: dict[str, Any]) -> str:
    """Return the SHA-256 of frozen lists' canonical bytes, in hex."""
    return hashlib.sha256(encode(frozen)).hexdigest()


def kept(result: Sequence[Drawn]) -> dict[str, list[str]]:
    """Return an outcome as it is kept: place and object to its people."""
    return {f"{place:04d} {one.object}": list(one.people) for place, one in enumerate(result, 1)}


@dataclass(frozen=True, slots=True)
class Line:
    """A draw in a list."""

    id: str
    purpose: str
    objects: int
    witness: str
    at: datetime


@question()
def listed(view: View) -> list[Line]:
    """Return every draw, the newest first."""
    rows = view.all(select(Draw).where(Draw.site == view.site).order_by(Draw.id.desc()))
    return [Line(one.id, one.purpose, len(one.result), one.witness, one.at) for one in rows]
