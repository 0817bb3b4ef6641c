"""The values behind a register map: from registers to texts and exact numbers, and back for a simulator."""

import struct
from decimal import Decimal

from drivers.register_map import Field, RegisterMap
from protocols import words
from protocols.snapshot import Block, Table
from protocols.words import Number

STALE = Block(Table.COIL, 0xFFFF, (1,))
"""The link's own mark in a snapshot, at a coil that no map can name: this run number was handed over before."""


def number_of(
    register_map: RegisterMap, one: Field, registers: tuple[int, ...], *, raw: bool = False
) -> Number:
    """The number in these registers, scaled unless `raw`; its value is None with a reason where it is none."""
    scale = Decimal(1) if raw else one.scale
    return words.number(
        registers, one.type, register_map.word_order, swap=register_map.byte_swap, scale=scale
    )


def whole_of(register_map: RegisterMap, one: Field, registers: tuple[int, ...]) -> int | None:
    """The unscaled integer in these registers, for words, sentinels and run numbers; None where it is none."""
    found = number_of(register_map, one, registers, raw=True).value
    return None if found is None or found != int(found) else int(found)


def text_of(register_map: RegisterMap, one: Field, registers: tuple[int, ...]) -> str:
    """What these registers say as text: trimmed characters, a word of the field, or the plain number."""
    if one.type == "text":
        return words.text(registers, one.encoding, swap=register_map.byte_swap).strip()
    if one.words:
        raw = whole_of(register_map, one, registers)
        return one.words.get(raw, str(raw)) if raw is not None else hex_of(registers)
    found = number_of(register_map, one, registers)
    return hex_of(registers) if found.value is None else f"{found.value:f}"


def hex_of(registers: tuple[int, ...]) -> str:
    """The registers as they came, four digits each."""
    return " ".join(f"{word:04X}" for word in registers)


def registers_of(register_map: RegisterMap, one: Field, what: int | str) -> tuple[int, ...]:
    """The registers that hold an unscaled integer, a float's text or a text; the inverse of the above.

    Raises:
        ValueError, OverflowError, struct.error: it does not fit the field.
    """
    size = 2 * one.window.count
    order = register_map.word_order
    if one.type == "text":
        data = str(what).encode(one.encoding).ljust(size, b"\0")
        if len(data) > size:
            raise ValueError(f"{what!r} does not fit {size} bytes")
        order = "big"
    elif one.type == "float32":
        data = struct.pack(">f", float(what))
    elif one.type.startswith("bcd"):
        data = bytes.fromhex(str(what).zfill(2 * size))
    else:
        data = int(what).to_bytes(size, "big", signed=one.type.startswith("int"))
    pieces = [data[at : at + 2] for at in range(0, size, 2)]
    registers = tuple(int.from_bytes(one, "little" if register_map.byte_swap else "big") for one in pieces)
    return registers if order == "big" else registers[::-1]
