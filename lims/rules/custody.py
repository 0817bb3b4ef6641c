"""What a chain of custody lacks: pure rules that find each gap with its start, its end and its reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lims.errors import Invalid, Problem


class GapKind(StrEnum):
    """What is missing in a stretch of a sample's custody."""

    NO_CUSTODIAN = "no_custodian"
    SEAL_CHANGED = "seal_changed"
    TEMPERATURE = "temperature"
    TEMPERATURE_UNREAD = "temperature_unread"
    HANDOVER_WITHOUT_RECEIPT = "handover_without_receipt"
    RECEIPT_WITHOUT_HANDOVER = "receipt_without_handover"


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: from `start` to `end` (None: it is still open), with the reason as a code and its values.

    `portion` is the part of the sample that it concerns, empty for the whole.
    """

    kind: GapKind
    start: datetime
    end: datetime | None
    reason: Problem
    portion: str = ""


# Who holds it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who can hold a sample.

    Attributes:
        id: account or outsider; empty where only a name was typed.
        name: what people call him.
        ours: whether he belongs to the laboratory, None where that cannot be told from the record.
    """

    id: str
    name: str
    ours: bool | None

    def same(self, other: "Holder") -> bool:
        """Tell whether both are one person: by id where both have one, else by name."""
        return self.id == other.id if self.id and other.id else self.name == other.name


@dataclass(frozen=True, slots=True)
class Step:
    """One accepted change of hands.

    Attributes:
        at: when.
        what: `drawn` (taker begins to hold it), `handed` (giver to taker), `received` (taker, for the laboratory).
        taker: who has it from then on.
        giver: who gave it; None where nobody was named.
    """

    at: datetime
    what: str
    taker: Holder
    giver: Holder | None = None


@dataclass
class _Hands:
    """Where the walk along the steps stands."""

    holder: Holder
    last: datetime
    inside: bool = False
    handed: Step | None = None


def hands(steps: Sequence[Step], *, now: datetime, waiting: bool, receipt_within: timedelta) -> Iterator[Gap]:
    """Yield where nobody held a sample, and where handover and receipt do not meet.

    Once received, the sample is in the laboratory's keeping, where any of ours may give it on.

    Args:
        steps: every accepted step, the earliest first; the first is `drawn`.
        now: the present moment.
        waiting: whether the sample may still be received.
        receipt_within: how long after a handover its receipt may come.
    """
    if not steps:
        return
    at = _Hands(steps[0].taker, steps[0].at)
    for step in steps[1:]:
        yield from _received(at, step) if step.what == "received" else _handed(at, step)
        at.holder, at.last = step.taker, step.at
    if waiting and at.handed and now - at.handed.at > receipt_within:
        reason = Problem("gap.handover_without_receipt", "", {"taker": at.handed.taker.name})
        yield Gap(GapKind.HANDOVER_WITHOUT_RECEIPT, at.handed.at, None, reason)


def _received(at: _Hands, step: Step) -> Iterator[Gap]:
    if not at.inside and not at.holder.same(step.taker):
        values = {"holder": at.holder.name, "taker": step.taker.name}
        reason = Problem("gap.receipt_without_handover", "", values)
        yield Gap(GapKind.RECEIPT_WITHOUT_HANDOVER, at.last, step.at, reason)
    at.inside, at.handed = True, None


def _handed(at: _Hands, step: Step) -> Iterator[Gap]:
    giver = step.giver
    if giver and not (at.holder.same(giver) or (at.inside and giver.ours is not False)):
        reason = Problem("gap.no_custodian", "", {"holder": at.holder.name, "giver": giver.name})
        yield Gap(GapKind.NO_CUSTODIAN, at.last, step.at, reason)
    if not at.inside:
        at.handed = step
    elif step.taker.ours is False:
        at.inside = False


# Seals ----------------------------------------------------------------------------------------------------

NO_SEAL = frozenset({"", "/"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was done to a seal or seen of it.

    `what` is `fixed`, `intact`, `broken` (seen so, whatever the reason), or `cut` (opened by us, as a fact).
    """

    at: datetime
    what: str
    number: str


@dataclass
class _Sealed:
    """Which seal is on, and whether it was opened by a fact or seen broken."""

    number: str = ""
    open: bool = True


def seals(sightings: Iterable[Sighting]) -> Iterator[Gap]:
    """Yield every stretch in which a seal changed, broke or vanished and no fact says how."""
    on, last = _Sealed(), None
    for seen in sightings:
        code = _unsaid(on, seen)
        if code:
            values = {"before": on.number, "after": seen.number}
            reason = Problem(f"gap.{code}", "", values)
            yield Gap(GapKind.SEAL_CHANGED, last or seen.at, seen.at, reason)
        _note(on, seen)
        last = seen.at


def _unsaid(on: _Sealed, seen: Sighting) -> str:
    if seen.what == "cut" or on.number in NO_SEAL:
        return ""
    if seen.what == "broken":
        return "" if on.open else "seal_broken"
    if seen.what == "intact" and seen.number == on.number:
        return "seal_whole_again" if on.open else ""
    if seen.what == "fixed" and on.open:
        return ""
    return "" if seen.number == on.number else "seal_changed"


def _note(on: _Sealed, seen: Sighting) -> None:
    if seen.what in {"fixed", "intact"}:
        on.number, on.open = seen.number, seen.number in NO_SEAL
    else:
        on.open = True


def numbers(first: str, last: str, most: int = 500) -> list[str]:
    """Return every seal number from `first` to `last`, such as F0001 to F0100.

    Raises:
        Invalid: they differ in more than their digits, run backwards, or are more than `most`.
    """
    ends = [re.fullmatch(r"([A-Za-z0-9-]*?)([0-9]{1,9})", text) for text in (first, last)]
    left, right = ends
    if left is None or right is None or left[1] != right[1] or len(left[2]) != len(right[2]):
        raise Invalid("sealing.range", first=first, last=last)
    count = int(right[2]) - int(left[2]) + 1
    if not 0 < count <= most:
        raise Invalid("sealing.range_size", first=first, last=last, most=most)
    return [f"{left[1]}{number:0{len(left[2])}}" for number in range(int(left[2]), int(right[2]) + 1)]


# People from outside --------------------------------------------------------------------------------------


def masked_name(name: str) -> str:
    """Return a name that may stand on paper and in the log: its first character and two stars."""
    return f"{name[0]}**" if name and name[0] not in "〔/" else name


def masked_number(number: str) -> str:
    """Return the number of a paper with its middle hidden: three characters, stars, the last four."""
    kept = number.strip()
    if len(kept) < 8:
        return "*" * max(len(kept) - 2, 0) + kept[-2:] if len(kept) > 2 else "*" * len(kept)
    return kept[:3] + "*" * (len(kept) - 7) + kept[-4:]
