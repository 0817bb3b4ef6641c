"""What holds for every test: its name is the same in every process, so that they can be shared out.

Tests are many and two cores are few. Before writing one, take what is there:

* `tests.laboratory.found_lab(folder)` copies a laboratory that this process founded once, with a person for each role;
  `Lab` draws, receives, runs and reads for you, and `lab.as_("lin")` is a person's door without the cost of a sign-in.
* The fixture `lab` of `tests/lims` gives that laboratory on SQLite and on PostgreSQL (a template database). Ask for it
  only where the database matters; elsewhere `found_lab(tmp_path / "lab")` costs half.
* `tests.gui.lab.window` opens a real window on it, `settle(shell, until)` waits for what must happen.
* Wait for an event, never for a time: a loaded machine is slower than any second you choose.
* Passwords cost next to nothing here: the hashes of this process are made with the least argon2 allows.
* What is repeated takes how often from the fixture `counts` (`tests/counts.py`: 50 examples for a property and so on);
  soaks and kills in their hundreds go to `tests/long`. `pytest --long` gives the full form of both.
"""

import sys

import pytest
from hypothesis import settings

from tests import counts as forms
from tests import ran, thrift

thrift.cheapen_passwords()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="sweeps in full, and only tests that have a long form"
    )
    parser.addoption(
        "--first-seed", type=int, default=0, help="where sweeps by seeds in tests/long begin or go on"
    )


def pytest_runtest_teardown() -> None:
    """Collect garbage between tests where the desktop took that from Python: without a window no event loop runs."""
    sweeping = sys.modules.get("gui.sweeping")
    if sweeping is not None:
        sweeping.sweep()


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("ours", max_examples=forms.counts_of(config).examples, deadline=None)
    settings.load_profile("ours")
    ran.listen(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, where the long form is asked for, what has none."""
    if config.getoption("--long"):
        left = [item for item in items if not forms.has_a_long_form(item)]
        items[:] = [item for item in items if forms.has_a_long_form(item)]
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="session")
def counts(pytestconfig: pytest.Config) -> forms.Counts:
    """How often what is repeated is repeated."""
    return forms.counts_of(pytestconfig)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter by its place where its text would be an address or random bytes."""
    return None if val is None or isinstance(val, str | int | float | type) else argname
