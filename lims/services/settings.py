"""What a laboratory decided about itself, each with who set it, when, and who may change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import VERBS, question
from lims.queries.people import names
from lims.records.settings import Setting
from lims.services import certify, passwords, plan, portion, sign, stamp
from lims.storage.signature import REQUIRED
from lims.storage.unit import View

_SOURCE = ".source"
TOPICS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "passwords": ("password.policy", passwords.set_policy),
    "signing": (REQUIRED, sign.require),
    "counting": ("quota.counts", plan.count_kinds),
    "alone": (certify.ALONE, certify.work_alone),
    "stamping": (stamp.URL, stamp.configure),
    "retention": ("retention.", portion.keep_for),
}
"""Each topic with the beginning of its settings' names and the verb that changes it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One setting as it stands.

    Attributes:
        topic: a key of `TOPICS`.
        name: the setting's own name; empty where nothing was decided and the program's default holds.
        value: what is in force, as the verb takes it; empty for the default.
        by: name of the person who set it.
        at: when.
        needs: roles that may change it.
    """

    topic: str
    name: str
    value: str
    by: str
    at: datetime | None
    needs: tuple[str, ...]


@question()
def decided(view: View) -> list[Decided]:
    """Return every topic with what was decided about it, and one entry where nothing was."""
    known, rows = (
        names(view),
        view.all(select(Setting).where(Setting.site == view.site).order_by(Setting.name)),
    )
    found = []
    for topic, (beginning, verb) in TOPICS.items():
        needs = tuple(sorted(VERBS[verb].needs - {"station"}))
        mine = [row for row in rows if row.name.startswith(beginning) and not row.name.endswith(_SOURCE)]
        found += [Decided(topic, row.name, row.value, known(row.by), row.at, needs) for row in mine]
        found += [] if mine else [Decided(topic, "", "", "", None, needs)]
    return found
