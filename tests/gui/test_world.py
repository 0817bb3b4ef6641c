"""The top bar of a van says what is not yet at its county, and of any desk that the server is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.screens import _codes
from gui.world import World
from lims.door import Notice
from lims.services import edition, rules
from lims.sync import outbox
from tests.gui.lab import settle, window
from tests.laboratory import Lab, today
from tests.lims.services.test_rules import OWN
from tests.lims.sync.vans import Van, county_and_van


@pytest.fixture
def van(dressed: QApplication, tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()
    dressed.processEvents()


def test_what_waits_stands_in_the_top_bar_until_the_county_has_it(
    van: Van, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.world.PAUSE", 50)
    with window(Lab(van.laboratory, dict(van.county.accounts)), "lin") as shell:
        bar = shell.bar.shown_states
        World(shell.desk).begin()
        settle(shell, lambda: "not sent" in bar().get("unsent", ""))
        van.act(9)
        van.sync()
        assert van.lims.ask(outbox.waiting).entries == 0
        settle(shell, lambda: "unsent" not in bar())
        van.lims.listeners.tell(Notice("server.away", (), -1, "/"))
        settle(shell, lambda: bar().get("offline") == "server away")
        assert "kept on this computer" in " ".join(shell.banners.sentences())
        shell.desk.lock()
        settle(shell, shell.sign_in.capturing.isVisible)
        assert shell.acts() == []
        van.lims.listeners.tell(Notice("server.back", (), -1, "/"))
        settle(shell, lambda: "offline" not in bar())
        assert not shell.sign_in.capturing.isVisible()
        assert "was here" in shell.sign_in._was_here.text()


def test_a_method_of_the_laboratorys_own_is_called_by_its_title(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.screens._codes._titles", {})
    proposed = lab.as_("zheng").do(rules.new_method, "LJ-09", OWN, effective_from=today(), reason="新项目")
    with window(lab, "lin") as shell:
        World(shell.desk).begin()
        settle(shell)
        assert _codes.method("LJ-09") == "LJ-09"
        lab.as_("zhao").do(edition.publish, edition=proposed)
        settle(shell, lambda: _codes.method("LJ-09") == "Nitrite")
        assert _codes.method("unknown") == "unknown"
