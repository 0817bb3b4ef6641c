"""How far a device's clock is off, as far as what it said can tell; its time itself is never replaced."""

from collections.abc import Iterable
from datetime import datetime, timedelta

APART = timedelta(minutes=5)
"""From more than this on people are told."""


def offset(said: Iterable[tuple[datetime, datetime]], *, pushes: bool) -> timedelta | None:
    """Return device time less this computer's, or None where nothing tells.

    A device that pushes has just measured, so its newest reading tells the offset both ways. One that is asked may
    tell of old records: then only a time that lies ahead is one, and how much it is behind is not known.

    Args:
        said: the device's time and when it arrived, both on the laboratory's wall clock, the newest first.
        pushes: whether the device talks by itself as soon as it has measured.
    """
    found = [device - arrived for device, arrived in said]
    if not found:
        return None
    if pushes:
        return found[0]
    ahead = max(found)
    return ahead if ahead > timedelta() else None
