"""One line of a sample's trail."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a trail.

    Attributes:
        at: when it happened.
        what: a code such as `drawn`, `received`, `handed_over`, `refused_handover`, `run_started`, `read`,
            `run_closed`, `verdict`, `approved`, `repeat`, `sent_back`, `slip`, `seal_applied`, `seal_intact`,
            `seal_found_broken`, `seal_cut`, `divided`, `used_up`, `locked`, `released`, `disposed`, `moved`,
            `taken_out`, `attached`, `at_county`, and `case.` with the kind of a fact of a positive case.
        who: the person's name, or the instrument's id; somebody from outside only by his first character.
        where: a place, an instrument or nothing.
        detail: plain words and codes, name to text.
        id: of the row behind it.
    """

    at: datetime
    what: str
    who: str
    where: str = ""
    detail: dict[str, str] = field(default_factory=dict)
    id: str = ""
