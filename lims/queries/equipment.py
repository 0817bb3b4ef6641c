"""What measures: the profiles this program knows, and the instruments of the laboratory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from drivers import registry
from drivers.profile import Folder, Hid, Profile, Registers, Serial, Tcp, Visa, Wiring
from lims.door import question
from lims.records.equipment import Connection, Instrument
from lims.records.places import Site
from lims.records.readings import Reading
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Kind:
    """One profile: what can be put on a bench.

    Attributes:
        id: of the profile.
        title: (Chinese, English).
        family: the wire family.
        measures: what it is for, words of `area` in the drivers' vocabulary of measures.
        wiring: each wiring in words, the usual one first.
        evidence: DOCUMENT, CAPTURE or BENCH.
        source: where the wire is known from.
        unverified: what is still open.
        channels: positions in the device's own shape, row by row.
        download: the command that asks the device for its results; empty for devices that only talk.
        live: True for a bare photometer board, whose assays this program runs.
        erases: the command that empties the device, or nothing.
        sets_clock: True where its clock can be set over the wire.
        calibrates: True for a board whose lamps can be set anew over the wire.
        pushes: True where it only talks by itself, so that what it says it has just measured.
        described: True where the laboratory describes its wire or registers itself.
    """

    id: str
    title: tuple[str, str]
    family: str
    measures: tuple[str, ...]
    wiring: tuple[str, ...]
    evidence: str
    source: str
    unverified: tuple[str, ...]
    channels: tuple[tuple[str, ...], ...]
    download: str = ""
    live: bool = False
    erases: str = ""
    sets_clock: bool = False
    calibrates: bool = False
    pushes: bool = False
    described: bool = False


def wiring_words(wiring: Wiring) -> str:
    """Return one wiring as people write it, such as `serial 9600 8N1`; `←` where the device calls us."""
    match wiring:
        case Serial():
            return f"serial {wiring.baud} {wiring.bits}{wiring.parity}{wiring.stop}"
        case Tcp():
            return f"tcp {'← ' if wiring.listen else ''}{wiring.port}"
        case Registers():
            return f"modbus rtu {wiring_words(wiring.serial).removeprefix('serial ')}, tcp {wiring.port}"
        case Visa():
            return f"visa {wiring.pattern}"
        case Folder():
            return f"folder {wiring.glob}"
        case Hid():
            return f"usb hid {wiring.vendor:04X}:{wiring.product:04X}"


def kind(profile: Profile) -> Kind:
    """Return a profile in words."""
    return Kind(
        profile.id,
        profile.title,
        profile.family,
        profile.measures,
        tuple(wiring_words(wiring) for wiring in profile.wiring),
        profile.evidence.rung.value,
        profile.evidence.source,
        profile.evidence.unverified,
        profile.channels,
        profile.download or (profile.poll[0] if profile.poll else ""),
        profile.live is not None,
        profile.erases,
        profile.sets_clock,
        "calibrate" in profile.destructive,
        not profile.download and profile.poll is None,
        not profile.defaults.keys().isdisjoint(("form", "map")),
    )


def kinds() -> list[Kind]:
    """Return every profile on disk, by id."""
    return [kind(profile) for profile in sorted(registry.profiles().values(), key=lambda one: one.id)]


@dataclass(frozen=True, slots=True)
class Owned:
    """One instrument of the laboratory, with how much it has said; its link's health comes from the bench.

    `station` is where it is plugged in, empty where nobody said so; `here` whether that is this one.
    """

    id: str
    name: str
    profile: str
    kind: Kind | None
    serial: str
    port: str
    evidence: str
    active: bool
    settings: Mapping[str, Any]
    readings: int
    last_reading: datetime | None
    station: str
    here: bool


@question()
def instruments(view: View) -> list[Owned]:
    """Return the instruments of the laboratory, by id."""
    known = {one.id: one for one in kinds()}
    counts = {
        instrument: (count, last)
        for instrument, count, last in view.rows(
            select(Reading.instrument, func.count(), func.max(Reading.received_at))
            .where(Reading.site == view.site)
            .group_by(Reading.instrument)
        )
    }
    plugged = {
        row.instrument: row.station
        for row in view.all(select(Connection).where(Connection.site == view.site))
    }
    query = select(Instrument).where(Instrument.site == view.site).order_by(Instrument.id)
    return [
        Owned(
            row.id,
            row.name,
            row.profile,
            known.get(row.profile),
            row.serial,
            row.port,
            row.evidence,
            row.active,
            dict(row.settings),
            *counts.get(row.id, (0, None)),
            plugged.get(row.id, ""),
            plugged.get(row.id) == view.place.station,
        )
        for row in view.all(query)
    ]


@question()
def owner(view: View) -> str:
    """Return the name of the laboratory whose instruments these are."""
    site = view.find(Site)
    return site.name if site is not None else ""
