"""A sample's full page of one second: the oldest of 20,000 samples, whose whole lives stand in tables and log."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from lims.bench import life
from lims.evidence.signing import SoftwareKeys
from lims.queries import trace
from lims.records.log import LogEntry
from lims.services import certify, sign
from tests.bench import lives
from tests.bench.harness import Book, Goal, in_turns
from tests.custody import approve
from tests.laboratory import Lab, found_lab

AMOUNT = 20_000
PIN = "correct horse battery"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str]]:
    """Return a laboratory of `AMOUNT` samples and the number of the oldest: measured, signed, with its slip."""
    folder = tmp_path_factory.mktemp("lives")
    lab = found_lab(folder / "lab")
    keys = SoftwareKeys(folder / "keys")
    public = keys.create(lab.accounts["zhao"], PIN)
    lab.as_("zheng").do(sign.issue_key, account=lab.accounts["zhao"], public=public, algorithm="ed25519")
    before = lives.rows(lab)
    (number,) = lab.received()
    approve(lab, number)
    sign.unlocked(lab.as_("zhao"), keys, PIN).do(certify.issue, number)
    lives.multiply(lab, before, AMOUNT - 1)
    yield lab, number
    lab.close()


def looked_through(lab: Lab, number: str) -> int:
    """Look through the log for one sample as a program without any order in it would."""
    with lab.station.store.engine.connect() as connection:
        rows = connection.execute(select(LogEntry.data).execution_options(yield_per=2000))
        return sum(number.encode() in bytes(data) for (data,) in rows)


def test_a_samples_full_page_of_twenty_thousand(book: Book, old: tuple[Lab, str]) -> None:
    lab, number = old
    wang = lab.as_("wang")
    found = in_turns(lambda: wang.ask(trace.sample, number), lambda: looked_through(lab, number), 3)
    goal = Goal(most=1)
    what = f"the trail of the oldest of {AMOUNT:,}, in seconds"
    assert not book.note(
        "3a", what, found.times(), found.ours, goal, "reference: one look through the log"
    ).missed
    found = in_turns(lambda: life.page(lab.laboratory, wang, number), lambda: looked_through(lab, number), 3)
    note = "entries about the oldest may stand anywhere in the log, which SQLite looks through once"
    line = book.note("3b", "its page as PDF, in seconds", found.times(), found.ours, Goal(most=1), note)
    assert not line.missed
