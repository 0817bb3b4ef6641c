"""Skips a first step that a laboratory does not take, or takes it up again."""

from lims.door import verb
from lims.errors import Invalid
from lims.queries.beginning import SKIPPED, STEPS
from lims.records.settings import Setting
from lims.services.plan import setting
from lims.storage.unit import Unit


@verb(needs="administrator manager")
def skip(unit: Unit, *, step: str, answer: str) -> str:
    """Skip a step (`yes`) or take it up again (`no`); return the steps that are skipped now.

    Raises:
        Invalid: no such step, or another answer.
    """
    if step not in STEPS or answer not in {"yes", "no"}:
        raise Invalid("beginning.step", step=step, known=" ".join(STEPS))
    found = unit.find(Setting, SKIPPED)
    skipped = set(found.value.split()) if found else set()
    skipped = skipped | {step} if answer == "yes" else skipped - {step}
    return setting(unit, SKIPPED, " ".join(one for one in STEPS if one in skipped) or "/")
