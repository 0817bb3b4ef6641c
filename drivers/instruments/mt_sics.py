"""Mettler-Toledo balances and all others that speak MT-SICS: one stable weight when a person asks for it.

What it is: a balance that answers `S` with a weight once it is at rest. It is asked twice, and a weight counts when
two answers in a row are the same, because this wire has no check; a balance set to speak on its own print key is
read with `confirm = false`, and then each weight is flagged `unverifiable`.
Wire source: the command set's level 0 as its public reference manuals describe it.
Unverified: every genuine balance; how a given model writes its own units.
"""

import re
from collections.abc import Sequence
from types import MappingProxyType

from drivers.profile import Evidence, Profile, Rung, Serial, Settings, Tcp
from drivers.reading import Flag, Reading
from drivers.simulators.mt_sics import simulator
from protocols.balance import Weight, sics
from protocols.codec import Codec
from protocols.twice import Answer, Twice


def _judge(line: bytes) -> str:
    found = sics(line)
    return found if isinstance(found, str) else ""


def _nameless(line: bytes) -> str:
    return "" if re.fullmatch(rb'I4 A +"[^"]*" *', line) else "content"


def codec(settings: Settings) -> Codec[Answer]:
    """The host's side: `weigh` asks for a stable weight, `who` for the serial number."""
    weigh = {"weigh": (b"S\r\n", b"S\r\n")}
    confirm = bool(settings.get("confirm", True))
    return Twice(weigh, _judge, confirm=confirm, names={"who": (b"I4\r\n", _nameless)})


def read(event: Answer, _settings: Settings) -> Sequence[Reading]:
    """The weight of one answer, in the balance's own unit."""
    weight = sics(event.text)
    if not isinstance(weight, Weight):
        return ()
    return (
        Reading(
            item="mass",
            value=weight.value,
            unit=weight.unit,
            flags=() if event.confirmed else (Flag.UNVERIFIABLE,),
            extra=MappingProxyType({"answer": event.text.decode("ascii", "backslashreplace")}),
        ),
    )


PROFILE = Profile(
    id="mt_sics",
    title=("梅特勒-托利多天平（MT-SICS）", "Balance with MT-SICS"),
    family="MT-SICS",
    measures=("weight",),
    wiring=(Serial(9600), Tcp(4305)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT, "public reference manuals of MT-SICS, level 0", ("every genuine balance",)
    ),
    download="weigh",
    probe="who",
    simulator=simulator,
)
