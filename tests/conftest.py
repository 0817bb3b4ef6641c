"""What holds for every test: its name is the same in every process, so that they can be shared out.

Tests are many and two cores are few. Before writing one, take what is there:

* `tests.laboratory.found_lab(folder)` copies a laboratory that this process founded once, with a person for each role;
  `Lab` draws, receives, runs and reads for you, and `lab.as_("lin")` is a person's door without the cost of a sign-in.
* The fixture `lab` of `tests/lims` gives that laboratory on SQLite and on PostgreSQL (a template database). Ask for it
  only where the database matters; elsewhere `found_lab(tmp_path / "lab")` costs half.
* `tests.gui.lab.window` opens a real window on it, `settle(shell, until)` waits for what must happen.
* Wait for an event, never for a time: a loaded machine is slower than any second you choose.
* Passwords cost next to nothing here: the hashes of this process are made with the least argon2 allows.
* Hypothesis gives each property 50 examples (`EXAMPLES`); sweeps, soaks and kills in their hundreds go to `tests/long`.
"""

from hypothesis import settings

from tests import thrift

EXAMPLES = 50

thrift.cheapen_passwords()
settings.register_profile("bounded", max_examples=EXAMPLES, deadline=None)
settings.load_profile("bounded")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter by its place where its text would be an address or random bytes."""
    return None if val is None or isinstance(val, str | int | float | type) else argname
