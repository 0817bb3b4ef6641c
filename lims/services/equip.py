"""The instruments of the bench: added, settled, taken out of use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lims.door import verb
from lims.errors import Invalid, Problem, RuleBroken
from lims.records.equipment import Connection, Instrument
from lims.storage.unit import Unit

DESCRIBED = frozenset({"form", "map"})
"""Settings that name a description of a wire or of registers in TOML."""


@dataclass(frozen=True, slots=True)
class Device:
    """An instrument as the laboratory registers it.

    Attributes:
        id: short name, such as `TL310-1`, that stands on every reading.
        name: name for people.
        profile: id of the instrument's profile.
        serial: serial number of the device, "/" when it has none.
        port: the line it hangs on, such as `COM3` or `127.0.0.1:5000`.
        evidence: the profile's rung at this moment.
        settings: the laboratory's settings for it, texts and whole numbers alone.
    """

    id: str
    name: str
    profile: str
    serial: str
    port: str
    evidence: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@verb(needs="manager administrator station")
def instrument(unit: Unit, device: Device, *, active: bool = True) -> str:
    """Add an instrument to the bench or change how it is wired; return its id. Inactive ones keep their readings.

    It is plugged in at this station when it is new here or its port changes; `connect` says so of any other.
    A description that a setting names by its file goes into the log as its text, so that it cannot change unseen.

    Raises:
        Invalid: an empty field, or a description's file that cannot be read.
        RuleBroken: the serial number would change; another device is bound by `rebind.device`.
    """
    given = {name: getattr(device, name) for name in ("id", "name", "profile", "serial", "port", "evidence")}
    empty = [Problem("form.missing", field_) for field_, text in given.items() if not text.strip()]
    if empty:
        raise Invalid("form.problems", empty, count=len(empty))
    before = unit.find(Instrument, device.id)
    if before is not None and before.serial not in {"/", device.serial}:
        raise RuleBroken("instrument.rebind", id=device.id, serial=before.serial)
    plugged = before is None or before.port != device.port
    unit.put(
        Instrument(
            **given,
            settings={name: _kept(name, value) for name, value in device.settings.items()},
            active=active,
            added_by=unit.actor.account,
            added_at=unit.now,
        )
    )
    if plugged:
        _plug(unit, device.id)
    return device.id


@verb(needs="technician manager administrator")
def connect(unit: Unit, instrument: str) -> str:
    """Say that an instrument is plugged in at this computer, which alone opens its line then; return its id.

    Raises:
        NotFound: no such instrument.
    """
    _plug(unit, unit.get(Instrument, instrument).id)
    return instrument


def _plug(unit: Unit, instrument: str) -> None:
    unit.put(
        Connection(instrument=instrument, station=unit.place.station, by=unit.actor.account, at=unit.now)
    )


def _kept(name: str, value: object) -> object:
    if name not in DESCRIBED or not isinstance(value, str) or "\n" in value or not value.endswith(".toml"):
        return value
    try:
        return Path(value).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid("wire.settings", file=value, fault=str(fault)) from None
