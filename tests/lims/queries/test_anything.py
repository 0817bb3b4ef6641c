"""What a text may mean: by number, by part, by initials; the best first, whatever its kind."""

from collections.abc import Sequence

import pytest

from lims.queries.anything import EACH, Hit, anything
from tests.laboratory import Lab


@pytest.fixture
def found(lab: Lab) -> Lab:
    lab.instrument()
    lab.draw(seal="F0001")
    lab.draw(business_name="浦口水产批发行", seal="F0002", food="大黄鱼", stall="/")
    return lab


def kinds(hits: Sequence[Hit]) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in hits]


def test_a_whole_number_is_its_sample_and_its_last_figures_find_it(found: Lab) -> None:
    number = found.draw(seal="F0003")
    for text in (number, number.lower(), f" {number} ", number[-6:], "F0003"):
        (hit, *_) = found.as_("zheng").ask(anything, text)
        assert (hit.kind, hit.key) == ("sample", number), text
        assert hit.rank <= 1


NAMED = {
    "浦口": ("business", "浦口水产批发行"),
    "pkscpf": ("business", "浦口水产批发行"),
    "LOT-1": ("lot", "LOT-1"),
    "快检试剂": ("lot", "LOT-1"),
    "kjsjh": ("lot", "LOT-1"),
    "林检测": ("person", "林检测"),
    "ljc": ("person", "林检测"),
    "TL310-1": ("instrument", "TL310-1"),
    "dayuan": ("instrument", "TL310-1"),
}


def test_each_kind_is_found_by_name_part_and_initials(found: Lab) -> None:
    assert {text: kinds(found.as_("zheng").ask(anything, text))[0] for text in NAMED} == NAMED


def test_a_business_stands_before_its_samples(found: Lab) -> None:
    hits = found.as_("zheng").ask(anything, "凤城")
    assert [hit.kind for hit in hits] == ["business", "sample"]
    assert hits[0].detail == "A12"


def test_no_kind_pushes_the_others_out_and_nothing_typed_means_nothing(found: Lab) -> None:
    for at in range(EACH + 3):
        found.draw(seal=f"G{at:04}")
    hits = found.as_("zheng").ask(anything, "凤城")
    assert sum(hit.kind == "sample" for hit in hits) == EACH
    assert found.as_("zheng").ask(anything, "  ") == []
    assert found.as_("zheng").ask(anything, "100%_\\") == []
