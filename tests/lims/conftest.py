"""A laboratory for each test, on SQLite and on PostgreSQL, each a copy of one that was founded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.laboratory import Lab, found_lab, found_once, opened_lab
from tests.servers import Servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers() as running:
        yield running


@pytest.fixture(scope="session")
def founded(servers: Servers) -> tuple[str, dict[str, str]]:
    """The database that others are copied from, and the accounts of its people."""
    address = servers.fresh()
    return address, found_once(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def lab(request: pytest.FixtureRequest, tmp_path: Path, servers: Servers) -> Iterator[Lab]:
    if request.param == "sqlite":
        made = found_lab(tmp_path / "lab")
    else:
        model, accounts = request.getfixturevalue("founded")
        made = opened_lab(tmp_path / "lab", servers.fresh(model), accounts)
    yield made
    made.close()
