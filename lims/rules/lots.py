"""Drawing lots (双随机): objects and people frozen by a hash, a seed, and one rule that gives the same for ever.

The rule `draw-1`: the key of an entry is the SHA-256 of `draw-1`, the hash of the frozen lists, the seed, the list's
name and the entry's id, joined by line feeds; in each stratum the entries with the smallest keys are drawn. Anybody
can replay it with pencil, paper and a SHA-256.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lims.errors import Invalid, Problem
from lims.rules.planning import apportion

RULE = "draw-1"
TEAM = 2
"""People sent to each object: sampling is done by at least two."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One object or person: id, name, stratum, weight of risk (1: ordinary), why excluded (empty: it is not)."""

    id: str
    name: str
    stratum: str = ""
    weight: int = 1
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What is drawn from: objects, people, how many objects, pairs that must not meet (object, person, reason)."""

    objects: tuple[Entry, ...]
    people: tuple[Entry, ...]
    count: int
    conflicts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn object with the people who go there."""

    object: str
    people: tuple[str, ...]


def frozen(lists: Lists) -> dict[str, Any]:
    """Return the lists as the object that is kept and hashed; order does not matter, everything else does."""

    def rows(entries: Sequence[Entry]) -> dict[str, dict[str, str]]:
        return {
            one.id: {
                "name": one.name, "stratum": one.stratum, "weight": str(one.weight), "excluded": one.excluded,
            }
            for one in sorted(entries, key=lambda one: one.id)
        }  # fmt: skip

    conflicts = {f"{object_}\n{person}": reason for object_, person, reason in sorted(lists.conflicts)}
    return {
        "count": str(lists.count),
        "objects": rows(lists.objects),
        "people": rows(lists.people),
        "conflicts": conflicts,
    }


def thawed(kept: Mapping[str, Any]) -> Lists:
    """Return the lists of a kept draw."""

    def entries(rows: Mapping[str, Mapping[str, str]]) -> tuple[Entry, ...]:
        return tuple(
            Entry(id_, row["name"], row["stratum"], int(row["weight"]), row["excluded"])
            for id_, row in sorted(rows.items())
        )

    conflicts = tuple((*pair.split("\n"), reason) for pair, reason in kept["conflicts"].items())
    return Lists(
        entries(kept["objects"]),
        entries(kept["people"]),
        int(kept["count"]),
        tuple((object_, person, reason) for object_, person, reason in conflicts),
    )


def problems(lists: Lists) -> list[Problem]:
    """Return what stands against a draw, one by one."""
    found = [
        Problem("draw.twice", one)
        for entries in (lists.objects, lists.people)
        for one, times in sorted(Counter(each.id for each in entries).items())
        if times > 1
    ]
    found += [
        Problem("draw.weight", one.id, {"weight": one.weight})
        for one in (*lists.objects, *lists.people)
        if not 0 < one.weight <= MOST
    ]
    ids = ({one.id for one in lists.objects}, {one.id for one in lists.people})
    found += [
        Problem("draw.conflict", object_, {"person": person})
        for object_, person, reason in lists.conflicts
        if object_ not in ids[0] or person not in ids[1] or not reason.strip()
    ]
    free = sum(not one.excluded for one in lists.objects)
    if not 0 < lists.count <= free:
        found.append(Problem("draw.count", "", {"count": lists.count, "free": free}))
    if sum(not one.excluded for one in lists.people) < TEAM:
        found.append(Problem("draw.people", "", {"least": TEAM}))
    return found


def draw(lists: Lists, frozen_hash: str, seed: str) -> tuple[Drawn, ...]:
    """Draw; the same lists, hash and seed give the same for ever.

    Each stratum gets its share of the count by the summed weights of its free objects (at most as many as it has).

    Args:
        lists: what is drawn from.
        frozen_hash: of the frozen lists, in hex.
        seed: of at least 16 characters, drawn and written down before.

    Raises:
        Invalid: what stands against it, one by one; or conflicts leave an object without two people.
    """
    if found := problems(lists):
        raise Invalid("draw.problems", found, count=len(found))
    if len(seed) < 16:
        raise Invalid("draw.seed", least=16)

    def key(kind: str, id_: str) -> str:
        return hashlib.sha256(f"{RULE}\n{frozen_hash}\n{seed}\n{kind}\n{id_}".encode()).hexdigest()

    chosen = sorted(_objects(lists, key), key=lambda one: key("order", one.id))
    return tuple(_team(lists, one.id, place, key) for place, one in enumerate(chosen))


def _objects(lists: Lists, key: Any) -> list[Entry]:  # noqa: ANN401 - the keyed hash of one draw
    strata: dict[str, list[Entry]] = {}
    for one in sorted(lists.objects, key=lambda one: one.id):
        if not one.excluded:
            strata.setdefault(one.stratum, []).append(one)
    shares = _shares(lists.count, strata)
    return [
        one
        for stratum, entries in strata.items()
        for one in sorted(entries, key=lambda one: key("object", one.id))[: shares[stratum]]
    ]


def _shares(count: int, strata: Mapping[str, Sequence[Entry]]) -> dict[str, int]:
    """Share the count out by weight; what a small stratum cannot take goes to the others."""
    found = dict.fromkeys(strata, 0)
    while (left := count - sum(found.values())) > 0:
        open_ = {
            name: sum(one.weight for one in entries)
            for name, entries in sorted(strata.items())
            if found[name] < len(entries)
        }
        for name, share in apportion(left, open_).items():
            found[name] = min(len(strata[name]), found[name] + share)
    return found


def _team(lists: Lists, object_: str, place: int, key: Any) -> Drawn:  # noqa: ANN401 - as above
    barred = {person for against, person, _ in lists.conflicts if against == object_}
    free = [one.id for one in lists.people if not one.excluded and one.id not in barred]
    if len(free) < TEAM:
        raise Invalid("draw.team", object=object_, least=TEAM)
    ordered = sorted(free, key=lambda id_: key(f"person {place}", id_))
    return Drawn(object_, tuple(ordered[:TEAM]))
