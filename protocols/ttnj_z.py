"""Groups of the Taiyang smart analysers TTNJ-Z16 and Z24 (family I): a header and eight named results, 501 bytes."""

import re
from dataclasses import dataclass

from protocols.ttnj import GroupForm

HEADER, ENTRY = 29, 59
GROUP = HEADER + 8 * ENTRY
_DATE = re.compile(rb"\d{4}-\d\d-\d\d\0")


@dataclass(frozen=True, slots=True)
class Entry:
    """One result of a group; floats stand as their four bytes, big-endian.

    Attributes:
        slot: its place in the group, from 0.
        channel: the channel's code, `21` to `28` for A1 to A8, `31` for B1 and so on.
        number: the running number that the instrument gave it.
        name: 15 bytes of the sample's name.
        source: 28 bytes, the source in 7 and its note in 21.
        absorbance: of the control.
        delta: the sample's change of absorbance.
        rate: the result as a fraction.
        conclusion: 01 passed, 02 above the limit.
        raw: the 59 bytes.
    """

    slot: int
    channel: int
    number: int
    name: bytes
    source: bytes
    absorbance: bytes
    delta: bytes
    rate: bytes
    conclusion: int
    raw: bytes


def entry(group: bytes, slot: int) -> Entry:
    """The result in a slot of a group, counted from 0."""
    raw = group[HEADER + ENTRY * slot : HEADER + ENTRY * (slot + 1)]
    number = int.from_bytes(raw[1:3], "big")
    return Entry(
        slot, raw[0], number, raw[3:18], raw[18:46], raw[46:50], raw[50:54], raw[54:58], raw[58], raw
    )


def slots_in_use(group: bytes) -> int:
    """Bit n is set where slot n, counted from 0, holds anything but zeros."""
    return sum(1 << slot for slot in range(8) if any(entry(group, slot).raw))


def flagged(group: bytes) -> bool:
    """Tell whether one of the two bytes that may hold the flags names just the slots in use."""
    return slots_in_use(group) in (group[27], group[28])


def plausible(group: bytes) -> bool:
    """Tell whether 501 bytes can be a group: its date is written as one, or its flags fit its slots."""
    return _DATE.fullmatch(group[5:16]) is not None or (slots_in_use(group) > 0 and flagged(group))


SMART = GroupForm(GROUP, plausible, lambda raw: _DATE.fullmatch(raw[5:16]) is not None)
