"""The one byte form of a fact: a JSON subset that has exactly one spelling for each value."""

import json
import re
import unicodedata
from typing import Any

from lims.errors import Invalid

PREFIX = b"KUAIJIAN-1\0"
"""Stands before every entry; another form of the bytes needs another prefix."""

Json = bool | int | str | list["Json"] | dict[str, "Json"] | None

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text_fault(text: str) -> str | None:
    """Return why a text may not enter the log, or None: a code such as `nfc`, `control`, `bidi`, `surrogate`."""
    plain = text.isascii()
    if not plain and _SURROGATE.search(text):
        return "surrogate"
    if _CONTROL.search(text):
        return "control"
    if plain:
        return None
    if not _BIDI.isdisjoint(text):
        return "bidi"
    return None if unicodedata.is_normalized("NFC", text) else "nfc"


def _check(value: object, where: str) -> None:
    match value:
        case str():
            if fault := text_fault(value):
                raise Invalid("log.text", where=where, fault=fault)
        case dict():
            _check_object(value, where)
        case list():
            for place, item in enumerate(value):
                _check(item, f"{where}[{place}]")
        case None | bool() | int():
            pass
        case _:
            raise Invalid("log.type", where=where, type=type(value).__name__)


def _check_object(value: dict[object, object], where: str) -> None:
    for key, item in value.items():
        if not isinstance(key, str):
            raise Invalid("log.key", where=where)
        _check(key, where)
        _check(item, f"{where}.{key}")


def encode(value: Json) -> bytes:
    """Return the canonical UTF-8 bytes of `value`: keys by code point, no spaces, NFC text, no floats.

    Raises:
        Invalid: for a float, a text that is not NFC, holds controls, or any other value without one spelling;
            for lists in lists, or digits, beyond what Python reads back.
    """
    try:
        _check(value, "$")
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (RecursionError, ValueError) as fault:
        raise Invalid("log.bytes", fault=str(fault)[:200]) from None
    return text.encode("utf-8")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


def _no_float(text: str) -> None:
    raise ValueError(f"number with a fraction: {text[:40]}")


def decode(data: bytes) -> Json:
    """Read canonical bytes back, refusing any that `encode` would not have written.

    Raises:
        Invalid: when the bytes are not the one canonical spelling of their value.
    """
    try:
        value: Json = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Invalid("log.bytes", fault=str(fault)[:200]) from None
    if encode(value) != data:
        raise Invalid("log.bytes", fault="not the canonical spelling")
    return value
