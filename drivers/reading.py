"""What a device said about one position, exactly as it said it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class Call(StrEnum):
    """The device's own word on its reading; never a verdict of the laboratory."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    SUSPECT = "suspect"
    INVALID = "invalid"
    NOT_APPLICABLE = "not_applicable"


class Flag(StrEnum):
    """A doubt about a reading that no later step may forget."""

    UNVERIFIABLE = "unverifiable"  # the wire has no check; two equal downloads are needed
    UNKNOWN_MEANING = "unknown_meaning"  # a number came whose meaning is not configured
    UNKNOWN_ITEM = "unknown_item"  # the item code is not in the map
    NOT_A_NUMBER = "not_a_number"  # a sentinel such as 7FFE, or a text where a number belongs
    BELOW_RANGE = "below_range"  # "<2", or a negative rate
    ABOVE_RANGE = "above_range"  # ">100", or a rate over 100 %
    BAD_CLOCK = "bad_clock"  # the device's date cannot be a date
    CONTROL = "control"  # the device itself marks this position as its control or blank
    STALE = "stale"  # the device repeats an old run
    LENIENT_CHECK = "lenient_check"  # accepted under another check than the generation's own


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement of one position as the device reported it; every unknown is None.

    Attributes:
        position: channel, hole or strip slot in the device's own naming, as text.
        sample: the text the device holds for the sample (may be empty, cut or a running number).
        item: what was measured, in the device's or the item map's words.
        value: the exact decimal the device sent, or None when it sent none or its meaning is unknown.
        unit: the unit the device or its document states, or None.
        call: the device's own conclusion, or None when it drew none.
        flags: doubts that travel with the reading.
        measured_at: the device's own clock, without a zone because the device has none.
        record: the device's record number, or None; with the time it tells a repeat from a new run.
        extra: everything else the device said, as text; `device_serial` is the serial number it says of itself.
    """

    position: str | None = None
    sample: str | None = None
    item: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    call: Call | None = None
    flags: tuple[Flag, ...] = ()
    measured_at: datetime | None = None
    record: str | None = None
    extra: Mapping[str, str] = field(default_factory=_nothing)
