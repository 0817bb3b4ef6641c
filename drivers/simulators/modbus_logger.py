"""A logger whose registers hold what its probes measure now."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.register_map import load
from drivers.simulators.modbus_reader import RegisterSlave, image_of


def simulator(settings: Settings, records: Sequence[Record]) -> RegisterSlave:
    """A logger with these probes; `framing` in the settings is `rtu` or `tcp`."""
    register_map = load(settings)
    tcp = settings.get("framing") == "tcp"
    return RegisterSlave(
        register_map.unit_id, image_of(register_map, records), tcp=tcp, echo=register_map.echo
    )
