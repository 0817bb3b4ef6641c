"""Drawing lots for inspections: the lists are frozen and hashed, the seed written down, the outcome kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from lims.door import verb
from lims.errors import Invalid, RuleBroken
from lims.queries import draws
from lims.records.plans import Draw, DrawSubstitution
from lims.rules import lots
from lims.rules.lots import Lists
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person who must not go to an object, and why."""

    object: str
    person: str
    reason: str


@verb(needs="manager")
def make(
    unit: Unit,
    *,
    purpose: str,
    count: int,
    witness: str,
    seed: str = "",
    recent_days: int = 60,
    conflicts: Sequence[Conflict] = (),
) -> str:
    """Draw businesses and samplers at random and return the draw's id.

    The objects are the laboratory's food businesses in strata by township, the people its active samplers;
    businesses sampled within `recent_days` are excluded, with that reason.

    Args:
        unit: the act.
        purpose: what is drawn for.
        count: of businesses.
        witness: who watched.
        seed: as it was drawn before witnesses; empty to take one from the system's random source.
        recent_days: 0 to exclude nobody.
        conflicts: who must not go where.

    Raises:
        Invalid: no purpose or witness, or what stands against the draw, one by one.
    """
    if not purpose.strip() or not witness.strip():
        raise Invalid("draw.purpose")
    pairs = tuple((one.object, one.person, one.reason) for one in conflicts)
    objects, people = draws.candidates(unit.view(), recent_days)
    lists = Lists(objects, people, count, pairs)
    drawn_seed = seed.strip() or secrets.token_hex(16)
    frozen = lots.frozen(lists)
    hash_ = draws.hashed(frozen)
    result = lots.draw(lists, hash_, drawn_seed)
    row = Draw(
        id=new_id(),
        purpose=purpose,
        rule=lots.RULE,
        seed=drawn_seed,
        frozen=frozen,
        frozen_hash=hash_,
        result=draws.kept(result),
        witness=witness,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@verb(needs="manager")
def substitute(unit: Unit, draw: str, *, kind: str, drawn: str, instead: str, reason: str) -> str:
    """Put another object or person in a drawn one's place, with the reason; the draw itself stays as it fell.

    Raises:
        NotFound: no such draw.
        Invalid: the kind is neither `object` nor `person`.
        RuleBroken: no reason, `drawn` was not drawn, or `instead` was not on the frozen list.
    """
    row = unit.get(Draw, draw)
    if kind not in {"object", "person"}:
        raise Invalid("form.option", value=kind)
    listed = row.frozen["objects" if kind == "object" else "people"]
    fell = (
        {key.split(" ", 1)[1] for key in row.result}
        if kind == "object"
        else {person for people in row.result.values() for person in people}
    )
    if not reason.strip() or drawn not in fell or instead not in listed or instead == drawn:
        raise RuleBroken("draw.substitute", drawn=drawn, instead=instead)
    unit.why = reason
    found = DrawSubstitution(
        id=new_id(), draw=draw, kind=kind, drawn=drawn, instead=instead, reason=reason, by=unit.actor.account,
        at=unit.now,
    )  # fmt: skip
    unit.put(found)
    return found.id
