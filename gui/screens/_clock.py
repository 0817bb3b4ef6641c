"""Tells people of devices whose clock and this computer's are more than five minutes apart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.screens._again import Again
from lims.queries import clocks
from lims.queries.clocks import DeviceClock
from lims.text import t

MINUTE = 60


def apart(offset: timedelta) -> str:
    """Write how far a device is before or behind this computer, in minutes or hours; half a minute is none."""
    minutes = abs(round(offset.total_seconds() / MINUTE))
    if not minutes:
        return t("in step")
    figure = t("{hours} h {minutes} min", hours=minutes // MINUTE, minutes=minutes % MINUTE) if minutes >= MINUTE else (
        t("{minutes} min", minutes=minutes))  # fmt: skip
    return t("{time} ahead", time=figure) if offset > timedelta() else t("{time} behind", time=figure)


def told(one: DeviceClock | None) -> str:
    """Say what a device's clock showed, when that came, and the difference where it is known."""
    if one is None:
        return ""
    times = t("device {device}, this computer {host}", device=f"{one.device:%m-%d %H:%M:%S}",
              host=f"{one.arrived:%m-%d %H:%M:%S}")  # fmt: skip
    return f"{times}: {apart(one.offset)}" if one.offset is not None else times


class Clocks:
    """Asks after the clocks whenever something was taken in, and keeps a banner for each that is off."""

    def __init__(self, desk: Desk, screen: QWidget, then: Callable[[], object] = lambda: None) -> None:
        self._desk, self._then = desk, then
        self.found: dict[str, DeviceClock] = {}
        self._off: frozenset[str] = frozenset()
        self._asked = Again(desk, screen, lambda: (clocks.clocks, (), {}), self._came)

    def ask(self) -> None:
        """Ask now."""
        self._asked.ask()

    def follow(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Ask when the notice may have changed a clock."""
        if getattr(notice, "verb", "measure.take_in") in {"measure.take_in", "alter.set_clock"}:
            self.ask()

    def _came(self, found: dict[str, DeviceClock]) -> None:
        self.found = found
        off = {one.instrument: one for one in found.values() if one.apart and one.offset is not None}
        for id_ in self._off - off.keys():
            self._desk.banner(f"clock.{id_}", "")
        for id_, one in off.items():
            self._desk.banner(
                f"clock.{id_}",
                t("The clock of {name} is {apart} of this computer. Its readings keep its own time; set it on "
                  "Instruments or on the device.", name=one.name, apart=apart(one.offset or timedelta())),
                details=told(one),
            )  # fmt: skip
        self._off = frozenset(off)
        self._then()
