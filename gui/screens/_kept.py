"""How the laboratory is kept, gathered by a worker and told line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from gui.screens._facts import Line
from lims import text
from lims.queries import keeping
from lims.queries.keeping import Backup, Plan, State
from lims.services.keeping import has_recovery
from lims.text import t


@dataclass(frozen=True)
class Kept:
    """What is on record: the backups, the state, what was set, and whether there is a recovery key."""

    backups: Sequence[Backup]
    state: State
    plan: Plan
    recovery: bool

    @property
    def good(self) -> bool:
        """Whether nothing is due."""
        return not (self.state.backup_due or self.state.drill_due) and self.recovery

    def lines(self) -> list[Line]:
        """Return what a person should know, what is due first."""
        return [*self._backup(), *self._drill(), self._key(), *self._restores()]

    def _backup(self) -> list[Line]:
        last, plan = self.state.backup, self.plan
        role = "late" if self.state.backup_due else "good"
        due = t("now") if last is None else text.moment(last.at + timedelta(hours=plan.hours))
        own = t("on the laboratory's own disk: copy it to another medium")
        lines = [(t("Last backup"), text.moment(last.at) if last else t("never"), role)]
        if last is not None:
            lines.append((t("Verified"), t("✓ read back and checked after writing"), ""))
            lines.append((t("Made by"), last.by, ""))
            lines.append((t("File"), last.file, ""))
            lines.append((t("Disk"), t("another disk") if last.second_medium else own,
                          "" if last.second_medium else "late"))  # fmt: skip
        lines.append((t("Next due"), due, role if self.state.backup_due else ""))
        every = t("every {hours} hours", hours=plan.hours)
        lines.append((t("Schedule"), f"{plan.to} · {every}" if plan.to else t("not set: F8"),
                      "" if plan.to else "late"))  # fmt: skip
        return lines

    def _drill(self) -> list[Line]:
        last = self.state.drill
        if last is None:
            return [(t("Last drill"), t("never"), "late")]
        said = text.moment(last.at)
        whole = t("came back whole: {count} entries", count=text.number(last.size))
        ended = whole if not last.fault else t("failed: {code}", code=last.fault)
        return [(t("Last drill"), f"{said} · {ended}", "late" if self.state.drill_due else "good")]

    def _key(self) -> Line:
        said = (
            t("✓ made; passphrase or two of three shares")
            if self.recovery
            else t("none yet: no backup is possible")
        )
        return t("Recovery key"), said, "" if self.recovery else "late"

    def _restores(self) -> list[Line]:
        count = self.state.restores
        return [(t("Restores"), t("{count} in the life of this log", count=count), "late")] if count else []


def kept(door: Any, root: Path) -> Kept:  # noqa: ANN401 - the laboratory's own door
    """Ask how the laboratory is kept; called in a worker thread."""
    return Kept(
        door.ask(keeping.backups), door.ask(keeping.state), door.ask(keeping.plan), has_recovery(root)
    )


def explained() -> list[Line]:
    """Return how a restore goes, step by step."""
    steps = (
        t("1. Install the program on an empty computer and connect the medium."),
        t("2. kuaijian restore FILE --dir FOLDER; type the passphrase, or give two shares."),
        t("3. Everything is checked; a slip's QR as --head proves that nothing newer is lost."),
        t("4. The restore leaves a mark in the log for ever; samples since the backup are entered anew."),
    )
    return [("", step, "") for step in steps]
