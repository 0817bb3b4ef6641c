"""What changes a device itself, and the only place that sends it: asked by a person, written down, then sent."""

import time
from collections.abc import Callable
from typing import Protocol

from drivers.device_time import dated
from drivers.journal import Journal
from drivers.profile import Profile
from drivers.segments import Kind
from lims import clock
from lims.door import Lims
from lims.errors import RuleBroken
from lims.services import alter

REACH = 50_000
"""How many entries of a journal are looked through for the last download."""
PATIENCE = 5.0
"""Seconds to wait until the last readings are taken in."""


class Lines(Protocol):
    """What these acts need of the running lines."""

    def profile(self, instrument: str) -> Profile | None:
        """Return what an instrument is, or None when it is not in use here."""

    def journal(self, instrument: str) -> Journal:
        """Return the journal of a running line, for reading."""

    def ask(self, instrument: str, command: str, *, confirmed: bool = False) -> None:
        """Have a device asked for something when its line is free."""


class Deliberate:
    """Erasing, setting the clock and the lamps; every call blocks, worker threads make it.

    Args:
        lines: the running lines.
        pause: waits a moment.
    """

    def __init__(self, lines: Lines, pause: Callable[[float], None] = time.sleep) -> None:
        self._lines, self._pause = lines, pause

    def erase(self, lims: Lims, instrument: str, typed: str, reason: str) -> None:
        """Erase a device's memory after a download of everything was taken in.

        Raises:
            RuleBroken: nothing like that is known of it, or the last request was no download of everything, or not
                everything of it is taken in.
            Invalid: `typed` is not the instrument.
            DriverError: its line does not run.
        """
        command = lims.do(
            alter.erase, instrument, typed=typed, after=self._fetched(instrument), reason=reason
        )
        self._lines.ask(instrument, command, confirmed=True)

    def set_clock(self, lims: Lims, instrument: str, reason: str) -> None:
        """Set a device's clock to this computer's.

        Raises:
            RuleBroken: its clock cannot be set over the wire, or no reason.
            DriverError: its line does not run.
        """
        self._lines.journal(instrument)  # a line that does not run is told before anything is written down
        command = lims.do(alter.set_clock, instrument, to=clock.now(), reason=reason)
        self._lines.ask(instrument, command, confirmed=True)

    def calibrate(self, lims: Lims, instrument: str, reason: str) -> None:
        """Have a board set its lamps anew.

        Raises:
            RuleBroken: this device has no such command, or no reason.
            DriverError: its line does not run.
        """
        self._lines.journal(instrument)  # as above
        command = lims.do(alter.calibrate, instrument, reason=reason)
        self._lines.ask(instrument, command, confirmed=True)

    def _fetched(self, instrument: str) -> int:
        """Return the entry of the last request when that asked for everything and all of it is taken in."""
        profile, journal = self._lines.profile(instrument), self._lines.journal(instrument)
        if profile is None or not profile.whole:
            raise RuleBroken("alter.by_day", id=instrument)
        asked = [one for one in journal.entries(max(journal.last - REACH, 0)) if one.kind is Kind.ASKED]
        if not asked or asked[-1].data.decode() != dated(profile.whole):
            raise RuleBroken("alter.no_download", id=instrument)
        end = time.monotonic() + PATIENCE
        while journal.cursor < journal.last:
            if time.monotonic() >= end:
                raise RuleBroken("alter.waiting", id=instrument)
            self._pause(0.1)
        return asked[-1].number
