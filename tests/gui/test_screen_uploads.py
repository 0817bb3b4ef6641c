"""Uploads on the screen: results taken in, sent to a platform of ours on loopback, its refusal, and once more."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gui import gallery
from lims.queries import reviews, uploads
from lims.services import review
from lims.sync import uploading
from lims.sync.platform import Rehearsal
from tests.gui.lab import Lab, press, settle, window
from tests.laboratory import today
from tests.positives import positive


@pytest.fixture
def lab(lab: Lab) -> Lab:
    positive(lab, trace_code="T1")
    for waiting in lab.as_("wang").ask(reviews.waiting):
        lab.as_("wang").do(review.approve, waiting.finding.verdict)
    return lab


def standing(lab: Lab, state: str) -> bool:
    return states(lab) == [state]


def states(lab: Lab) -> list[str]:
    return [one.state for one in lab.as_("wang").ask(uploads.listed)]


def test_a_refusal_is_read_and_the_record_sent_once_more(lab: Lab, tmp_path: Path) -> None:
    first, last = (today() - timedelta(days=1)).isoformat(), today().isoformat()
    with window(lab, "wang", "uploads") as shell:
        screen = shell.shown
        press(shell, "F2")
        screen.form.fill({"platform": "guangxi", "first": first, "last": last})
        press(shell, "Return")
        settle(shell, lambda: screen.tables["outbox"].model().rowCount() == 1)
        told = {"platform": "guangxi", "user": "demo", "secret": "demo"}
        for fault, state in (("inside", "refused"), ("", "accepted")):
            with uploading.rehearsing(uploading.platform("guangxi"), Rehearsal(fault=fault)) as address:
                settle(shell, lambda: screen.entering is None)
                press(shell, "F4")
                screen.form.fill({**told, "url": address})
                press(shell, "Return")
                settle(shell, partial(standing, lab, state))
            if fault:
                press(shell, "Escape")
                settle(shell, lambda: "refused" in screen._told.text())
                assert gallery.faults_in(shell, "uploads") == []
                press(shell, "F6")
                screen.form.fill({"reason": "账号已登记"})
                press(shell, "Return")
                settle(shell, lambda: states(lab) == ["waiting"])
        settle(shell, lambda: screen.entering is None)
        press(shell, "2")
        settle(shell, lambda: screen.tables["answers"].model().rowCount() == 2)
        press(shell, "1", "F7")
        screen.form.fill({"platform": "fujian", "file": str(tmp_path / "一品一码.xlsx")})
        press(shell, "Return")
        settle(shell, (tmp_path / "一品一码.xlsx").exists)
