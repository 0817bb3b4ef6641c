"""What the laboratory decided about itself: every topic is there, decided or not, with who may change it."""

from lims.services import plan, portion, settings
from tests.laboratory import Lab


def test_what_nobody_decided_is_shown_as_such(lab: Lab) -> None:
    found = lab.as_("lin").ask(settings.decided)
    assert [one.topic for one in found] == list(settings.TOPICS)
    assert all(not one.name and not one.value and one.at is None for one in found)
    assert all(one.needs and "station" not in one.needs for one in found)


def test_what_was_decided_says_who_and_when(lab: Lab) -> None:
    manager = lab.as_("zheng")
    manager.do(plan.count_kinds, "laboratory")
    manager.do(portion.keep_for, "rapid_record", "8 month", source="own rule")
    found = {one.topic: one for one in lab.as_("lin").ask(settings.decided)}
    counting = found["counting"]
    assert (counting.name, counting.value, counting.needs) == ("quota.counts", "laboratory", ("manager",))
    assert counting.at is not None
    assert counting.by == "郑质量"
    assert (found["retention"].name, found["retention"].value) == ("retention.rapid_record", "8 month")
