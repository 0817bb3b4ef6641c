"""An instrument's profile tried on this computer: its simulator is played on a real port, heard and decoded."""

import io
import sys
import threading

from drivers import registry
from drivers.profile import Settings
from lims.bench import wires

PATIENCE = 6.0
"""Seconds within which a simulator must have said everything."""


def rehearse(instrument: str, settings: Settings, seconds: float = PATIENCE) -> int:
    """Return how many readings came over the port; none of them goes anywhere.

    Args:
        instrument: id of the profile.
        settings: the laboratory's settings of the instrument.
        seconds: how long is listened.

    Raises:
        DriverError: there is no simulator, no port, or nothing was said.
    """
    profile, output = registry.profile(instrument), io.StringIO()
    with wires.playing(instrument, records=wires.sample_records(instrument), settings=settings) as player:
        tcp = sys.platform == "win32" or ":" in player.address
        address = f"tcp:{player.address}" if tcp else player.address
        ask = profile.download or (profile.poll[0] if profile.poll else "")
        wires.captured(
            address, instrument, settings, seconds=seconds, ask=ask, output=output, stop=threading.Event()
        )
    wire = wires.read_wire(output.getvalue().encode())
    return sum("error" not in one for one in wires.lines(instrument, wire, settings))
