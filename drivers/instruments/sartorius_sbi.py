"""Sartorius balances and all others that print SBI lines: one stable weight when a person asks for it.

What it is: a balance that answers ESC P with a line of 14 characters (sign, figure, unit), or 20 with an identifier
before them; a blank unit means that the load is not at rest. It is asked twice, and a weight counts when two lines
in a row are the same, because this wire has no check; with `confirm = false` (a balance set to print by itself)
each weight is flagged `unverifiable`.
Wire source: the interface chapter of public operating manuals. Their factory setting is 1200 baud, 7 bits, odd.
Unverified: every genuine balance.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.sartorius_sbi import simulator
from protocols.balance import Weight, sbi
from protocols.codec import Codec
from protocols.twice import Answer, Twice

PRINT = b"\x1bP\r\n"


def _judge(line: bytes) -> str:
    found = sbi(line)
    return found if isinstance(found, str) else ""


def _foreign(line: bytes) -> str:
    """Any line that such a balance prints says that it is one, also while its load is not at rest."""
    return "content" if _judge(line) == "content" else ""


def codec(settings: Settings) -> Codec[Answer]:
    """The host's side: `weigh` asks for a print, `who` for one that tells such a balance."""
    confirm = bool(settings.get("confirm", True))
    return Twice({"weigh": (PRINT, PRINT)}, _judge, confirm=confirm, names={"who": (PRINT, _foreign)})


def read(event: Answer, _settings: Settings) -> Sequence[Reading]:
    """The weight of one line, in the balance's own unit; an identifier such as `N` or `G` stands in extra."""
    weight = sbi(event.text)
    if not isinstance(weight, Weight):
        return ()
    identifier = event.text[:-14].decode("ascii", "backslashreplace").strip()
    return (
        Reading(
            item="mass",
            value=weight.value,
            unit=weight.unit,
            flags=() if event.confirmed else (Flag.UNVERIFIABLE,),
            extra=MappingProxyType(
                {"answer": event.text.decode("ascii", "backslashreplace")}
                | ({"identifier": identifier} if identifier else {})
            ),
        ),
    )


PROFILE = Profile(
    id="sartorius_sbi",
    title=("赛多利斯天平（SBI）", "Balance with SBI"),
    family="SBI",
    measures=("weight",),
    wiring=(Serial(1200, bits=7, parity="O"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT, "interface chapter of public operating manuals", ("every genuine balance",)
    ),
    download="weigh",
    probe="who",
    simulator=simulator,
)
