"""Drawing lots: the same lists and seed give the same for ever, exclusions hold, and nobody is favoured."""

import hashlib
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.rules import lots
from lims.rules.lots import Entry, Lists

HASH, SEED = "ab" * 32, "2026-11-27T09:00:00Z 493028"


def lists(count: int = 4, objects: int = 12, people: int = 5, **other: object) -> Lists:
    return Lists(
        tuple(
            Entry(f"B{n:02d}", f"店{n}", "risk" if n % 3 == 0 else "plain", 3 if n % 3 == 0 else 1)
            for n in range(objects)
        ),
        tuple(Entry(f"P{n}", f"人{n}") for n in range(people)),
        count,
        **other,  # type: ignore[arg-type]
    )


@given(st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_the_lists_changes_nothing(random: object) -> None:
    found = lists()
    objects, people = list(found.objects), list(found.people)
    random.shuffle(objects)  # type: ignore[attr-defined]
    random.shuffle(people)  # type: ignore[attr-defined]
    mixed = Lists(tuple(objects), tuple(people), found.count)
    assert lots.frozen(mixed) == lots.frozen(found)
    assert lots.draw(mixed, HASH, SEED) == lots.draw(found, HASH, SEED)


def test_a_kept_draw_replays_to_the_same_list() -> None:
    found = lists(conflicts=(("B03", "P1", "亲属"),))
    kept = json.loads(json.dumps(lots.frozen(found)))
    assert lots.draw(lots.thawed(kept), HASH, SEED) == lots.draw(found, HASH, SEED)


def test_the_first_draw_by_hand() -> None:
    found = Lists(tuple(Entry(id_, id_) for id_ in "ABC"), (Entry("P", "P"), Entry("Q", "Q")), 1)
    keys = {
        id_: hashlib.sha256(f"draw-1\n{HASH}\n{SEED}\nobject\n{id_}".encode()).hexdigest() for id_ in "ABC"
    }
    (one,) = lots.draw(found, HASH, SEED)
    assert one.object == min(keys, key=keys.__getitem__)
    assert set(one.people) == {"P", "Q"}


def test_strata_share_by_weight_and_exclusions_and_conflicts_hold() -> None:
    objects = tuple(
        Entry(one.id, one.name, one.stratum, one.weight, "近期已抽" if one.id in {"B00", "B01"} else "")
        for one in lists().objects
    )
    conflicts = tuple((f"B{n:02d}", "P0", "亲属") for n in range(12))
    for n in range(40):
        drawn = lots.draw(Lists(objects, lists().people, 6, conflicts), HASH, f"{SEED}{n}")
        ids = {one.object for one in drawn}
        assert len(ids) == 6
        assert not ids & {"B00", "B01"}
        assert not any("P0" in one.people for one in drawn)
        assert (
            sum(int(one[1:]) % 3 == 0 for one in ids) == 3
        )  # weight 9 against 7: as many as the stratum has


def test_nobody_is_favoured() -> None:
    found = Lists(tuple(Entry(f"B{n}", "x") for n in range(10)), lists().people, 1)
    times = Counter(lots.draw(found, HASH, f"{SEED}{n}")[0].object for n in range(2000))
    assert all(140 < count < 260 for count in times.values())  # 200 expected, 4.5 standard deviations


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (lists(0), "draw.count"),
        (lists(13), "draw.count"),
        (lists(people=1), "draw.people"),
        (lists(conflicts=(("B99", "P1", "x"),)), "draw.conflict"),
        (lists(conflicts=(("B01", "P1", " "),)), "draw.conflict"),
        (Lists((*lists().objects, Entry("B01", "again")), lists().people, 2), "draw.twice"),
        (Lists((Entry("B", "x", weight=0),), lists().people, 1), "draw.weight"),
    ],
)
def test_what_cannot_be_drawn_from_is_named(found: Lists, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        lots.draw(found, HASH, SEED)
    assert code in {problem.code for problem in refused.value.problems}


def test_a_short_seed_and_a_team_that_cannot_be_made_are_refused() -> None:
    with pytest.raises(Invalid, match=r"draw\.seed"):
        lots.draw(lists(), HASH, "1")
    barred = tuple((f"B{n:02d}", f"P{m}", "亲属") for n in range(12) for m in range(4))
    with pytest.raises(Invalid, match=r"draw\.team"):
        lots.draw(lists(conflicts=barred), HASH, SEED)
