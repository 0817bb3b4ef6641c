"""A server that is killed while a laboratory writes on it: what was acknowledged is there when it comes back."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from lims.errors import LimsError
from lims.queries import audit
from tests.laboratory import Lab, found_lab, opened_lab
from tests.servers import Servers, lives

KILLS = 12


def drawn_until_it_dies(lab: Lab, server: Any, count: int) -> list[str]:
    """Draw samples, kill the server after so many, and return those that were acknowledged."""
    kept: list[str] = []
    while True:
        if len(kept) == count:
            os.kill(server.get_pid(), signal.SIGKILL)
        try:
            kept.append(lab.draw())
        except LimsError:
            return kept


def test_a_killed_server_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with Servers() as servers:
        address = servers.fresh()
        server = servers._server
        lab = found_lab(tmp_path / "lab", address)
        accounts, known = dict(lab.accounts), set[str]()
        for kill in range(KILLS):
            process = server.get_pid()
            known |= set(drawn_until_it_dies(lab, server, 3 + kill))
            lab.close()
            while lives(process):
                time.sleep(0.1)
            time.sleep(1)  # what the server left behind goes by itself
            server.ensure_postgres_running()
            lab = opened_lab(tmp_path / "lab", address, accounts)
            manager = lab.as_("zheng")
            state = manager.ask(audit.verify)
            assert state.ok, (kill, state)
            here = [act for act in manager.ask(audit.acts, count=100_000) if act.verb == "sample.draw"]
            assert len(known) <= len(here) <= len(known) + kill + 1, kill
        print(f"  {KILLS} kills, {len(known)} samples acknowledged, none lost", flush=True)
        lab.close()
