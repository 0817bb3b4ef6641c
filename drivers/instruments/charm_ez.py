"""Charm EZ, EZ-M and EZ-M2 strip readers: the device calls this computer and pushes each reading as named fields.

What it is: a reader of test strips for drugs in milk and toxins in grain that is given this computer's address and
port, and sends about forty named fields for each strip.
Wire source: the field names and their meanings in a shop-floor product's public manual.
How fields are written on the wire is not published. The settings say it: `pair` (`=`) between name and text,
`between` two fields (CR LF), `end` of a record (an empty line). What does not fit is kept as broken bytes.
`clock` is the form of `Date` and `Time` together, as Python's strptime writes it; without it only ISO is read.
Unverified: everything but the names. TCP checks the bytes, the record itself does not.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from drivers.figures import call_of, figure
from drivers.profile import Evidence, Profile, Rung, Settings, Tcp
from drivers.reading import Call, Flag, Reading
from drivers.simulators.charm_ez import simulator
from protocols.codec import Broken, Codec
from protocols.named import Fields, NamedRecords

ANSWER = re.compile(r"([<>]?\s*=?\s*[+-]?[0-9]+(?:\.[0-9]+)?)\s*(\S{0,12})")
PASSED = frozenset({"", "0"})
USED = frozenset(
    {"Answer", "ChannelNumber", "Date", "Time", "SampleID", "Result", "TestOutputName", "UnitSN"}
)


class Reader:
    """Named records, of which only those with a unit's serial number and a result are a reader's."""

    def __init__(self, settings: Settings) -> None:
        ends = (str(settings[name]).encode() for name in ("end", "between", "pair"))
        self._records = NamedRecords(*ends)
        self.ask, self.to_send = self._records.ask, self._records.to_send

    def receive(self, data: bytes, now: float) -> list[Fields | Broken]:
        """Take bytes and return the records that they complete."""
        return [_checked(one) for one in self._records.receive(data, now)]

    def expire(self, now: float) -> list[Fields | Broken]:
        """Give up a record that stood still."""
        return [_checked(one) for one in self._records.expire(now)]

    @property
    def deadline(self) -> float | None:
        """When half a record has stood still too long."""
        return self._records.deadline

    @property
    def idle(self) -> bool:
        """True when no record is half-received."""
        return self._records.idle


def _checked(one: Fields | Broken) -> Fields | Broken:
    if isinstance(one, Broken) or ("UnitSN" in one.values and {"Answer", "Result"} & one.values.keys()):
        return one
    text = b" ".join(b"%s=%s" % (name.encode(), value) for name, value in one.values.items())
    return Broken(one.offset, text, "content", "no UnitSN, or neither Answer nor Result")


def codec(settings: Settings) -> Codec[Fields]:
    """The host's side, which only listens."""
    return Reader(settings)


def read(event: Fields, settings: Settings) -> Sequence[Reading]:
    """The reading of one strip."""
    encoding = str(settings.get("encoding", "gb18030"))
    said = {name: value.decode(encoding, "backslashreplace") for name, value in event.values.items()}
    answer, result = said.get("Answer", ""), said.get("Result", "") or said.get("Interpretation", "")
    split = ANSWER.fullmatch(answer)
    found = figure(split[1].replace(" ", "")) if split else figure("")
    measured_at = _clock(f"{said.get('Date', '')} {said.get('Time', '')}".strip(), settings.get("clock"))
    items: Mapping[str, str] = settings.get("items", {})
    test = said.get("TestOutputName", "")
    flags = list(found.flags) if answer else []
    flags += [Flag.BAD_CLOCK] if measured_at is None else []
    failed = said.get("FailCode", "") not in PASSED
    extra = {name: text for name, text in said.items() if name not in USED and text}
    extra |= {"Result": result, "Answer": answer, "device_serial": said.get("UnitSN", "")}
    if measured_at is None:
        extra["clock"] = f"{said.get('Date', '')} {said.get('Time', '')}"
    return (
        Reading(
            position=said.get("ChannelNumber") or None,
            sample=said.get("SampleID") or None,
            item=items.get(test, test) or None,
            value=found.value,
            unit=(split[2] if split else "") or None,
            call=Call.INVALID if failed else call_of(result, settings.get("words", {})),
            flags=tuple(flags),
            measured_at=measured_at,
            extra=MappingProxyType(extra),
        ),
    )


def _clock(text: str, form: str | None) -> datetime | None:
    try:
        read_ = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - no zone
    except ValueError:
        return None
    return read_.replace(tzinfo=None)


PROFILE = Profile(
    id="charm_ez",
    title=("Charm EZ 试纸条读数仪", "Charm EZ strip reader"),
    family="Charm EZ",
    measures=("veterinary", "mycotoxin"),
    wiring=(Tcp(8282, listen=True),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "field names and meanings in a shop-floor product's public manual",
        ("how fields are written on the wire", "no captured record", "the port, which the device is told"),
    ),
    defaults=MappingProxyType[str, object]({"pair": "=", "between": "\r\n", "end": "\r\n\r\n"}),
    simulator=simulator,
)
