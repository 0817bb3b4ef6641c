"""What is put into which channel before a run, for each instrument of the bench."""

from collections.abc import Sequence

from gui.screens import _codes
from gui.screens._channels import Bound
from lims.queries.samples import Row
from lims.rules import content
from lims.rules.methods import Method
from lims.services.measure import Binding
from lims.text import t


class Placing:
    """The bindings of all instruments, kept while the screen is open."""

    def __init__(self) -> None:
        self._bound: dict[str, dict[str, Bound]] = {}

    def of(self, instrument: str) -> dict[str, Bound]:
        """Return what is placed in an instrument; changes to it stay."""
        return self._bound.setdefault(instrument, {})

    def drop(self, instrument: str) -> None:
        """Forget what was placed: its run has started."""
        self._bound.pop(instrument, None)

    def free(self, instrument: str, order: Sequence[str], begin: str) -> str | None:
        """Return the next free channel from `begin` on, round and round, or None."""
        at, bound = order.index(begin) if begin in order else 0, self.of(instrument)
        return next((each for each in (*order[at:], *order[:at]) if each not in bound), None)

    def last(self, instrument: str, order: Sequence[str], current: str) -> str | None:
        """Return the current channel, or the nearest filled one before it, or None."""
        at, bound = order.index(current) if current in order else 0, self.of(instrument)
        return next((each for each in reversed(order[: at + 1]) if each in bound), None)

    def unfit(self, number: str, row: Row | None, *, full: bool) -> str:
        """Say why a sample cannot be placed, or return an empty text."""
        if row is None:
            return t("{number} is not registered here.", number=number)
        for instrument, bound in self._bound.items():
            for position, one in bound.items():
                if one.sample == number:
                    return t("{number} stands in {instrument}, channel {position} already.",
                             number=_codes.short(number), instrument=instrument, position=position)  # fmt: skip
        if row.state != "received":
            return t("{number} cannot be tested now: {state}.", number=_codes.short(number),
                     state=_codes.term("state", row.state))  # fmt: skip
        return t("All channels are taken. Start the run (Enter).") if full else ""

    def missing(self, instrument: str, method: Method | None, lot: str) -> str:
        """Say what is missing before a run can start, or return an empty text."""
        if method is not None and content.of_plates(method):
            return t("this method has its standards on a plate: lay it out and start it under Plates")
        bound = self.of(instrument)
        missing = [] if bound else [t("samples (scan them)")]
        present = {one.role for one in bound.values()}
        if bound and method and method.control_scope == "run":
            missing += [_codes.term("position_role", role) for role in method.controls if role not in present]
        missing += [] if lot.strip() else [t("lot (L)")]
        return t("still missing: {fields}", fields=t("format.comma").join(missing)) if missing else ""

    def bindings(self, instrument: str, order: Sequence[str]) -> list[Binding]:
        """Return what the run is started with, in the order of the channels."""
        bound = self.of(instrument)
        return [
            Binding(position, bound[position].role, bound[position].sample or None)
            for position in order
            if position in bound
        ]
