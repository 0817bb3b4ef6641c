"""Any Modbus reader of inhibition rates or strips, RTU or TCP, by a register map that a laboratory writes itself.

What it is: a polled device; the link hands over a snapshot of all registers of each finished run, checked against
late, short and torn answers. The setting `map` is the path of a TOML file, the name of a map shipped here
(`inhibition12`, `strip1`) or the table itself.
Wire source: the public Modbus application and serial-line specifications. The shipped maps are worked examples.
Unverified: every genuine reader, until its own map has been compared with its display, position by position.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.profile import Evidence, Profile, Registers, Rung, Settings
from drivers.reading import Reading
from drivers.register_map import load
from drivers.register_readings import readings
from drivers.simulators.modbus_reader import simulator
from protocols.codec import Codec
from protocols.snapshot import Snapshot, SnapshotCodec


def codec(settings: Settings) -> Codec[Snapshot]:
    """Snapshots as the link writes them; a map that cannot be used is refused here already."""
    load(settings)
    return SnapshotCodec()


def read(event: Snapshot, settings: Settings) -> Sequence[Reading]:
    """One reading for each position of the map that is not empty, all of one run."""
    return readings(event, settings)


PROFILE = Profile(
    id="modbus_reader",
    title=("Modbus 读数仪（寄存器表可自编）", "Modbus reader with a register map of one's own"),
    family="Modbus",
    measures=("pesticide", "veterinary"),
    wiring=(Registers(),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "Modbus application protocol and serial line specifications; reference maps of our own",
        ("every genuine reader", "its map against its display"),
    ),
    defaults=MappingProxyType[str, object]({"map": "inhibition12"}),
    simulator=simulator,
)
