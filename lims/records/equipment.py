"""What measures: the instruments of the laboratory, each with its profile, its line and its proof."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site


class Instrument(Record):
    """One analyzer on the bench; `settings` are those of its profile, `port` names the line, not the device."""

    __tablename__ = "instrument"
    id: Mapped[Key]
    name: Mapped[Name]
    profile: Mapped[Code]
    serial: Mapped[Code]
    port: Mapped[Name]
    settings: Mapped[Object]
    evidence: Mapped[Code]
    active: Mapped[bool]
    added_by: Mapped[Code]
    added_at: Mapped[Moment]


class Identity(Record):
    """Which device stands behind an instrument: its serial number and the USB facts of its line.

    `since` is the moment from which calibrations count; it moves with the serial number, not with the line.
    """

    __tablename__ = "identity"
    __table_args__ = (of_site("instrument", "instrument"),)
    instrument: Mapped[Key]
    serial: Mapped[Code]
    line: Mapped[Object]
    since: Mapped[Moment]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Connection(Record):
    """At which station an instrument is plugged in: a port names a line of that computer alone.

    One that has none was entered before there were several desks; every desk of its site tries its line.
    """

    __tablename__ = "connection"
    __table_args__ = (of_site("instrument", "instrument"),)
    instrument: Mapped[Key]
    station: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]


class DeviceName(Record):
    """What a kind of device calls an item (`item`, `ours` an analyte's code) or a food (`sample`, a food's code).

    An empty `ours` means nothing any more; the log knows what it meant before.
    """

    __tablename__ = "device_name"
    profile: Mapped[Key]
    kind: Mapped[Key]
    said: Mapped[str] = mapped_column(String(200), primary_key=True)
    ours: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]


class DeviceAct(Record):
    """What a person had done to a device itself: `erase` or `set_clock`.

    `after` is the journal's entry of the download that stood before an erasure, 0 for a clock; `detail` the time that
    the clock was set to, or how many readings had been taken in.
    """

    __tablename__ = "device_act"
    __table_args__ = (of_site("instrument", "instrument"), Index(None, "site", "instrument"))
    id: Mapped[Key]
    instrument: Mapped[Code]
    act: Mapped[Code]
    command: Mapped[Name]
    after: Mapped[int]
    detail: Mapped[Name]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Sighting(Record):
    """The USB facts of the adapter behind an instrument's line when it was opened last."""

    __tablename__ = "sighting"
    __table_args__ = (of_site("instrument", "instrument"),)
    instrument: Mapped[Key]
    line: Mapped[Object]
    at: Mapped[Moment]
