"""A photometer that speaks SCPI over USB-TMC, GPIB or a TCP socket: one absorbance when a person asks for it.

What it is: the reference profile for VISA instruments. `read` measures (`READ?`) and fetches the same measurement
again (`FETC?`); it counts when both answers are the same. The settings `read` and `fetch` hold another instrument's
own two requests, `unit` and `item` what its figure is, `wavelength` what it is set to.
Wire source: SCPI-1999 and IEEE 488.2 for requests, figures and their special values; no maker's document.
Unverified: every genuine photometer. USB-TMC and GPIB were not tested; TCP was, with pyvisa-py.
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.profile import Evidence, Profile, Rung, Settings, Tcp, Visa
from drivers.reading import Reading
from drivers.simulators.scpi_photometer import simulator
from protocols.codec import Codec
from protocols.scpi import number
from protocols.twice import Answer, Twice


def _judge(line: bytes) -> str:
    found = number(line)
    return found if isinstance(found, str) else ""


def codec(settings: Settings) -> Codec[Answer]:
    """The host's side: `read` measures once."""
    requests = tuple(f"{settings[name]}\n".encode() for name in ("read", "fetch"))
    return Twice({"read": (requests[0], requests[1])}, _judge, delimiter=b"\n")


def read(event: Answer, settings: Settings) -> Sequence[Reading]:
    """The figure of one measurement."""
    value = number(event.text)
    if not isinstance(value, Decimal):
        return ()
    extra = {"answer": event.text.decode("ascii", "backslashreplace").strip()}
    extra |= {"wavelength": str(settings["wavelength"])} if "wavelength" in settings else {}
    return (
        Reading(
            item=str(settings["item"]), value=value, unit=str(settings["unit"]), extra=MappingProxyType(extra)
        ),
    )


PROFILE = Profile(
    id="scpi_photometer",
    title=("SCPI 光度计（VISA）", "Photometer with SCPI (VISA)"),
    family="SCPI",
    measures=("pesticide", "additive"),
    wiring=(Visa("TCPIP0::HOST::5025::SOCKET"), Tcp(5025)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT, "SCPI-1999 and IEEE 488.2", ("every genuine photometer", "USB-TMC and GPIB")
    ),
    defaults=MappingProxyType[str, object](
        {"read": "READ?", "fetch": "FETC?", "item": "absorbance", "unit": "Abs"}
    ),
    download="read",
    simulator=simulator,
)
