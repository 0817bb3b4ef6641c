"""From a snapshot of registers to readings, by a register map: one for each position that holds something."""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_time import device_time
from drivers.figures import CALLS
from drivers.profile import Settings
from drivers.reading import Flag, Reading
from drivers.register_map import EMPTY, RegisterMap, Result, Window, load
from drivers.register_values import STALE, hex_of, number_of, text_of, whole_of
from protocols.snapshot import Snapshot, Table


def readings(snapshot: Snapshot, settings: Settings) -> Sequence[Reading]:
    """One reading for each position of the map that is not empty, all of one run.

    A device without runs (`every` in the map) has no record number: its readings are told apart by their entry.

    Raises:
        MapError: the map in the settings cannot be used.
        LookupError: the snapshot was read by another map.
    """
    register_map = load(settings)
    run = _Run(register_map, snapshot)
    return [
        reading
        for result in register_map.results
        for index, position in enumerate(result.positions)
        if (reading := _reading(run, result, index, position)) is not None
    ]


class _Run:
    """The registers of one snapshot and what all its readings share."""

    def __init__(self, register_map: RegisterMap, snapshot: Snapshot) -> None:
        self.map = register_map
        self._snapshot = snapshot
        number = number_of(
            register_map, register_map.run_number, self.at(register_map.run_number.window), raw=True
        )
        self.number = None if number.value is None or register_map.every else f"{number.value:f}"
        clock = self.at(register_map.clock) if register_map.clock else ()
        self.measured_at = device_time(*clock) if clock else None
        self.flags: tuple[Flag, ...] = (Flag.STALE,) if STALE in snapshot.blocks else ()
        self.extra = (
            {}
            if register_map.every
            else {"run_number": self.number or hex_of(self.at(register_map.run_number.window))}
        )
        if clock and self.measured_at is None:
            self.flags += (Flag.BAD_CLOCK,)
            self.extra["clock"] = " ".join(map(str, clock))

    def at(self, window: Window) -> tuple[int, ...]:
        """The registers of a window; raises LookupError where the snapshot was read by another map."""
        words = self._snapshot.words(Table(self.map.function), window.address, window.count)
        if words is None:
            raise LookupError(f"the snapshot holds no registers {window.address} to {window.end - 1}")
        return words


def _reading(run: _Run, result: Result, index: int, position: str) -> Reading | None:
    value, word, flags, extra = _value(run, result, index)
    if word == EMPTY:
        return None
    texts = {
        name: text_of(run.map, one, run.at(one.at(index))) for name, one in result.fields() if name != "value"
    }
    item, more = _item(result, texts.get("item_code"))
    word = word or texts.get("call")
    extra |= {name.removeprefix("extra."): text for name, text in texts.items() if name.startswith("extra.")}
    if result.item_code is not None:
        extra["item_code"] = str(whole_of(run.map, result.item_code, run.at(result.item_code.at(index))))
    if word not in (None, "none", *CALLS):
        extra["call"] = str(word)
    return Reading(
        position=position,
        sample=texts.get("sample") or None,
        item=item,
        value=value,
        unit=result.unit,
        call=CALLS.get(word or ""),
        flags=(*flags, *more, *run.flags),
        measured_at=run.measured_at,
        record=run.number,
        extra=MappingProxyType(run.extra | extra),
    )


def _value(
    run: _Run, result: Result, index: int
) -> tuple[Decimal | None, str | None, tuple[Flag, ...], dict[str, str]]:
    """The figure of one position: value, word of its sentinel, doubts, and its registers where it is no number."""
    if result.value is None:
        return None, None, (), {}
    registers = run.at(result.value.at(index))
    raw = whole_of(run.map, result.value, registers)
    word = result.sentinels.get(raw) if raw is not None else None
    number = number_of(run.map, result.value, registers)
    if word is not None or number.value is None:
        kept = None if word == "none" else word
        return None, kept, (Flag.NOT_A_NUMBER,), {"value_registers": hex_of(registers)}
    flags: tuple[Flag, ...] = ()
    if result.low is not None and number.value < result.low:
        flags = (Flag.BELOW_RANGE,)
    elif result.high is not None and number.value > result.high:
        flags = (Flag.ABOVE_RANGE,)
    return number.value, None, flags, {}


def _item(result: Result, code: str | None) -> tuple[str | None, tuple[Flag, ...]]:
    """The item by its code where the map has one, else the map's own; a code without a word stays unknown."""
    if result.item_code is None:
        return result.item, ()
    known = code in result.item_code.words.values()
    return (code, ()) if known else (None, (Flag.UNKNOWN_ITEM,))
