"""What somebody types into the search is looked for, never obeyed, however it looks and however long it is."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lims.queries import samples, search
from lims.queries.search import Wish
from tests.laboratory import Lab

HOSTILE = (
    "'", '"', "';--", "' OR '1'='1", "1; DROP TABLE sample", "UNION SELECT password FROM account", "\\", "\\%",
    "%", "_",
    "%%", "__", "%" * 10_000, "_" * 10_000, "*", "NEAR(", '"*', "sample:", "AND", "NOT", "\0", "\x1b[2J", "\r\n",
    "\ud7ff", "豇\0豆", "豇%", "豇_", "'豇豆'", "[a-z]", "{}", "$1", ":site", "?", "F0001' --",
)  # fmt: skip
SOON = 0.2
"""Seconds of work that a search may take."""


def test_whatever_is_typed_is_looked_for_and_never_obeyed(lab: Lab) -> None:
    lab.draw()
    lab.draw(food="100%纯_豆", seal="A_%1")
    manager = lab.as_("zheng")
    manager.ask(samples.page, text="warm")
    for text in HOSTILE:
        begun = time.process_time()
        found = manager.ask(samples.page, text=text)
        assert time.process_time() - begun < SOON, text[:20]
        wanted = text.strip()[:100]
        hits = [
            one
            for one in found
            if wanted in one.food + one.business + one.number or one.seal.startswith(wanted)
        ]
        assert found == hits or not wanted, text[:20]
        assert manager.ask(search.acts, Wish(words=text[:100]), count=3) is not None
    assert [one.food for one in manager.ask(samples.page, text="%纯_")] == ["100%纯_豆"]
    assert [one.seal for one in manager.ask(samples.page, text="A_%")] == ["A_%1"]
    assert len(manager.ask(samples.page)) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=some.text(max_size=40))
def test_any_text_gets_an_answer(lab: Lab, text: str) -> None:
    assert isinstance(lab.station.ask(samples.page, text=text), list)
