"""Loggers of temperature and humidity in fridges, cold boxes and store rooms, by Modbus RTU or TCP.

What it is: a polled device without runs; its registers are taken in every so many seconds (`every` in its map). The
setting `map` names the map, as for `modbus_reader`; `store_places` says which place of the laboratory each probe
lies in, such as `{"1": "F1"}`, so that its temperatures stand in that place's record.
Wire source: the public Modbus application and serial-line specifications. The shipped map is a worked example.
Unverified: every genuine logger, until its own map has been compared with its display, probe by probe.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.profile import Evidence, Profile, Registers, Rung, Settings
from drivers.reading import Reading
from drivers.register_map import load
from drivers.register_readings import readings
from drivers.simulators.modbus_logger import simulator
from protocols.codec import Codec
from protocols.snapshot import Snapshot, SnapshotCodec


def codec(settings: Settings) -> Codec[Snapshot]:
    """Snapshots as the link writes them; a map that cannot be used is refused here already."""
    load(settings)
    return SnapshotCodec()


def read(event: Snapshot, settings: Settings) -> Sequence[Reading]:
    """One reading for each probe and quantity of the map."""
    return readings(event, settings)


PROFILE = Profile(
    id="modbus_logger",
    title=("温湿度记录仪（Modbus）", "Temperature and humidity logger with Modbus"),
    family="Modbus",
    measures=("storage",),
    wiring=(Registers(),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "Modbus application protocol and serial line specifications; a reference map of our own",
        ("every genuine logger", "its map against its display"),
    ),
    defaults=MappingProxyType[str, object]({"map": "climate2"}),
    simulator=simulator,
)
