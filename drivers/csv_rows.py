"""Readings of the records that families K and P send as comma separated text: nothing on this wire can be checked."""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.device_text import CALLS, figure, text_of
from drivers.device_time import loose_time
from drivers.reading import Flag, Reading
from protocols.csv_upload import Row

_KEPT = MappingProxyType(
    {"absorbance": "absorbance", "value": "value_text", "call": "call_text", "time": "time_text"}
)
"""What is kept as the device wrote it, where it is said at all, and under which name."""


def reading_of(row: Row, names: Sequence[str], **more: str) -> Reading:
    """Return the one reading of a record; what the device does not say is not known.

    Args:
        row: the record.
        names: of its fields: `number`, `item`, `value`, `unit`, `time`, and where it has them `position`,
            `absorbance`, `call`.
        more: kept in `extra` besides.
    """
    said = {name: text_of(raw) for name, raw in zip(names, row.fields, strict=True)}
    value, doubts = figure(said["value"])
    measured_at = loose_time(said["time"])
    return Reading(
        position=said.get("position") or None,
        item=said["item"] or None,
        value=value,
        unit=said["unit"] or None,
        call=CALLS.get(said.get("call", "")),
        flags=(Flag.UNVERIFIABLE, *doubts, *(() if measured_at else (Flag.BAD_CLOCK,))),
        measured_at=measured_at,
        record=said["number"] or None,
        extra=MappingProxyType(
            {**more, **{kept: said[name] for name, kept in _KEPT.items() if name in said}}
        ),
    )
