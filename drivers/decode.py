"""What an instrument's bytes say, reading by reading, as plain values for `kuaijian wire decode` and for tests."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from drivers.profile import Profile, Settings
from drivers.reading import Reading
from protocols.codec import Broken, ProtocolError, run_out
from protocols.transcript import DEVICE, Transcript

Line = dict[str, Any]
SETTINGS = "settings"
"""The header line of a transcript that holds the instrument's settings as a JSON object."""


def decode(profile: Profile, data: bytes | Transcript, settings: Settings) -> Iterator[Line]:
    """Every reading and every broken piece, in the order in which the bytes complete them.

    A reading has the keys instrument, position, sample, item, value, unit, call, flags, measured_at, extra in this
    order: `value` is the exact decimal as text or None, `measured_at` the device's own time without a zone or None.
    A broken piece has error, offset and detail. What is still half-received at the end is broken.

    Args:
        profile: the instrument.
        data: what the device sent, or a transcript, whose host lines change nothing.
        settings: the laboratory's, over the transcript's own and the profile's defaults.

    Raises:
        ProtocolError: the settings in the transcript's header are not a JSON object.
        DriverError: the settings cannot be used, for example a register map that is wrong.
    """
    chosen = {**profile.defaults, **_settings_of(data), **settings}
    for event in _events(profile, data, chosen):
        if isinstance(event, Broken):
            yield {"error": event.reason, "offset": event.offset, "detail": event.detail}
            continue
        try:
            readings = profile.read(event, chosen)
        except (LookupError, ValueError, ArithmeticError) as error:  # the bytes do not fit the settings
            yield {"error": "profile", "offset": getattr(event, "offset", 0), "detail": str(error)}
            continue
        yield from (line_of(profile.id, reading) for reading in readings)


def line_of(instrument: str, reading: Reading) -> Line:
    """One reading as plain values."""
    return {
        "instrument": instrument,
        "position": reading.position,
        "sample": reading.sample,
        "item": reading.item,
        "value": None if reading.value is None else f"{reading.value:f}",
        "unit": reading.unit,
        "call": None if reading.call is None else reading.call.value,
        "flags": [flag.value for flag in reading.flags],
        "measured_at": None if reading.measured_at is None else reading.measured_at.isoformat(),
        "extra": dict(reading.extra),
    }


def _events(profile: Profile, data: bytes | Transcript, settings: Settings) -> Iterator[Any]:
    codec = profile.codec(settings)
    now = 0.0
    for moment, piece in _pieces(data):
        while (deadline := codec.deadline) is not None and deadline <= moment:
            now = max(now, deadline)
            yield from codec.expire(now)
        now = max(now, moment)
        yield from codec.receive(piece, now)
        codec.to_send()
    yield from run_out(codec, now)


def _pieces(data: bytes | Transcript) -> Iterator[tuple[float, bytes]]:
    if isinstance(data, bytes):
        yield 0.0, data
    else:
        yield from ((entry.seconds, entry.data) for entry in data.entries if entry.direction == DEVICE)


def _settings_of(data: bytes | Transcript) -> Mapping[str, Any]:
    if isinstance(data, bytes) or SETTINGS not in data.header:
        return {}
    try:
        found = json.loads(data.header[SETTINGS])
    except ValueError as error:
        raise ProtocolError(f"the settings in the header are not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ProtocolError("the settings in the header are not a JSON object")
    return found
