"""Decoding of hex vectors through the door that the command line uses."""

from collections.abc import Mapping
from typing import Any

from drivers.decode import Line, decode
from drivers.registry import profile


def lines(instrument: str, hex_text: str, settings: Mapping[str, Any] | None = None) -> list[Line]:
    return list(decode(profile(instrument), bytes.fromhex(hex_text), settings or {}))


def one(instrument: str, hex_text: str, settings: Mapping[str, Any] | None = None) -> Line:
    (line,) = lines(instrument, hex_text, settings)
    return line
