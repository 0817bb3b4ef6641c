"""The result list beside the bench: the time that is left to read a kit's strips."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from gui.desk import Desk
from gui.screens._results import Results
from lims import clock
from lims.queries.bench import RunView
from lims.rules import methods
from lims.rules.methods import Method

STRIP = methods.shipped().method("KIT-CAP-STRIP")


def run(rule: Method, state: str = "open") -> RunView:
    return RunView(
        "r", "CARD-1", rule.id, "L1", "林检测", clock.now() - timedelta(minutes=3), state, "", "", (), rule
    )


@pytest.mark.parametrize(("minutes", "shown"), [(None, False), ("8", True)])
def test_the_end_of_the_reading_window_is_counted_down(desk: Desk, minutes: str | None, shown: bool) -> None:
    rule = replace(STRIP, read_until=None if minutes is None else Decimal(minutes))
    results = Results(desk)
    results.show_run(run(rule))
    assert results.left.isHidden() != shown
    said = results.left.accessibleName()
    assert (re.fullmatch(r"left to read the strips (5:00|4:5\d)", said) is not None) == shown
    results.show_run(run(rule, "closed"))
    assert results.left.isHidden()
