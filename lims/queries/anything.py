"""One text, looked for in everything that has a name: samples, businesses, lots, people, instruments."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select

from lims.door import question
from lims.queries import samples
from lims.queries.samples import like
from lims.records.equipment import Instrument
from lims.records.people import Account
from lims.records.places import Business
from lims.records.supplies import Kit, Lot
from lims.rules import numbering, spelling
from lims.storage.unit import View

EACH = 8
"""Hits of one kind at most: more are no longer read, and a longer text finds fewer."""
_SAMPLE_OF_SOMETHING = 5
"""The rank of a sample that is found by its food or business: after those that are named so themselves."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    Attributes:
        kind: `sample`, `business`, `lot`, `person` or `instrument`.
        key: its number or id.
        title: its name.
        detail: what tells it from others of the name.
        rank: how well it fits, the best first (`lims.rules.spelling.rank`).
    """

    kind: str
    key: str
    title: str
    detail: str
    rank: int


@question()
def anything(view: View, text: str, *, each: int = EACH) -> list[Hit]:
    """Return what a text may mean, the best first; a blank text means nothing.

    Args:
        view: the snapshot.
        text: a number or its last figures, a part of a name, or pinyin initials.
        each: hits of one kind at most.
    """
    sought = text.strip()[:100]
    if not sought:
        return []
    found: list[Hit] = []
    for kind in (_samples, _businesses, _instruments, _lots, _people):
        hits = sorted(kind(view, sought), key=lambda hit: hit.rank)
        found += [hit for hit in hits if hit.rank < spelling.NOT_FOUND][:each]
    return sorted(found, key=lambda hit: hit.rank)


def _samples(view: View, sought: str) -> Iterator[Hit]:
    plain = "".join(sought.split()).upper()
    for row in samples.page(view, text=sought, count=EACH):
        at = row.number.find(plain)
        named = 0 if at == 0 or row.seal == sought else 1 if row.number.endswith(plain) else 2
        rank = named if at >= 0 or row.seal == sought else _SAMPLE_OF_SOMETHING
        yield Hit("sample", row.number, f"{numbering.spell(row.number)} {row.food}", row.business, rank)


def _businesses(view: View, sought: str) -> Iterator[Hit]:
    pattern = like(sought)
    query = select(Business).where(
        Business.site == view.site,
        or_(
            Business.name.like(pattern, escape="\\"),
            Business.pinyin.like(like(sought.lower()), escape="\\"),
            Business.credit_code.like(pattern, escape="\\"),
            Business.stall == sought,
        ),
    )
    for row in view.all(query.order_by(Business.pinyin, Business.name).limit(10 * EACH)):
        rank = min(spelling.rank(row.name, sought), 2 if sought in {row.stall, row.credit_code} else 4)
        yield Hit("business", row.id, row.name, row.stall.strip("/"), rank)


def _instruments(view: View, sought: str) -> Iterator[Hit]:
    for row in view.all(select(Instrument).where(Instrument.site == view.site, Instrument.active)):
        rank = spelling.best((row.name, row.id, row.serial, row.profile), sought)
        yield Hit("instrument", row.id, row.name, row.serial, rank)


def _lots(view: View, sought: str) -> Iterator[Hit]:
    kits = {row.id: row.name for row in view.all(select(Kit).where(Kit.site == view.site))}
    named = {kit: spelling.rank(name, sought) for kit, name in kits.items()}
    wanted = [kit for kit, rank in named.items() if rank < spelling.NOT_FOUND]
    query = select(Lot).where(
        Lot.site == view.site, or_(Lot.number.like(like(sought), escape="\\"), Lot.kit.in_(wanted))
    )
    for row in view.all(query.order_by(Lot.received_at.desc()).limit(10 * EACH)):
        rank = min(spelling.rank(row.number, sought), named[row.kit])
        yield Hit("lot", row.id, row.number, kits[row.kit], rank)


def _people(view: View, sought: str) -> Iterator[Hit]:
    for row in view.all(select(Account).where(Account.site == view.site, Account.active)):
        yield Hit("person", row.id, row.name, row.login, spelling.best((row.name, row.login), sought))
