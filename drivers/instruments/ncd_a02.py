"""NCD-A02 fluorescence immunoassay analyser: pushes each result as ASTM-like records in one block.

What it is: a card reader that sends STX, records H P O R L, ETX, one raw check byte, CR LF EOT, without enquiry and
without frame numbers. The header declares two delimiters and names the device in GB 2312.
Wire source: the device's own firmware in public, for layout, check (sum of text and ETX) and what it writes where it
has no clock (1 January 2000) or could not measure (`error`).
Unverified: a block from a genuine device; other firmware may sum otherwise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from drivers.device_time import parsed_time
from drivers.figures import figure
from drivers.profile import Evidence, Profile, Rung, Serial, Settings, Tcp
from drivers.reading import Call, Flag, Reading
from drivers.simulators.ncd_a02 import simulator
from protocols.astm_records import Finding, findings, parse
from protocols.codec import Codec
from protocols.stx import Block, StxBlocks

NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 - what the device writes when its record has no date
ERROR = "error"


def codec(_settings: Settings) -> Codec[Block]:
    """The host's side, which only listens."""
    return StxBlocks()


def read(event: Block, settings: Settings) -> Sequence[Reading]:
    """One reading for each result record of a block."""
    parsed = parse(event.text, str(settings.get("encoding", "gb18030")))
    return [_reading(finding, settings) for finding in findings(parsed.records)]


def _reading(finding: Finding, settings: Settings) -> Reading:
    result, header = finding.result, finding.header
    names: Mapping[str, str] = settings.get("items", {})
    name, text = result.get(3, 4), result.text(4).strip()
    found = figure(text)
    flags, extra = list(found.flags), {"value_text": text} if found.value is None else {}
    clock = header.get(14) if header else ""
    measured_at = parsed_time(clock)
    if measured_at is None or measured_at == NO_CLOCK:
        measured_at = None
        flags.append(Flag.BAD_CLOCK)
        extra["clock"] = clock
    told = header.components(5) if header else ()
    card = told[4] if len(told) > 4 else ""
    named = {"device": 0, "firmware": 1, "device_serial": 2, "model": 3}
    extra |= {key: told[place] for key, place in named.items() if len(told) > place and told[place]}
    extra |= {"card": card, "range": result.text(6).strip()}
    return Reading(
        sample=finding.order.text(3) or None if finding.order else None,
        item=names.get(name, name) or None,
        value=found.value,
        unit=result.text(5).strip() or None,
        call=Call.INVALID if text == ERROR else None,
        flags=tuple(flags),
        measured_at=measured_at,
        record=card or None,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="ncd_a02",
    title=("纽康度 NCD-A02 荧光免疫定量分析仪", "NCD-A02 fluorescence immunoassay analyser"),
    family="NCD-A02",
    measures=("veterinary",),
    wiring=(Tcp(5500, listen=True), Serial(115200)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT, "the device's firmware in public", ("no captured block", "the check of other firmware")
    ),
    simulator=simulator,
    ends=b"",
)
