"""A register map: where a Modbus reader keeps its run number, its status and its results, as checked data."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from drivers import checked
from drivers.checked import MapError, Table
from drivers.reading import Call
from protocols.words import KINDS

SHIPPED = Path(__file__).with_name("maps")
EMPTY = "empty"
"""The word of a sentinel that means: nothing was measured at this position, so no reading is made."""
WORDS = frozenset({*(call.value for call in Call), "none", EMPTY})
LONGEST = 125  # registers in one answer, by the Modbus application protocol


@dataclass(frozen=True, slots=True)
class Window:
    """A run of `count` registers from `address`, in the numbering of the wire (first register is 0)."""

    address: int
    count: int

    def holds(self, other: "Window") -> bool:
        """True when `other` lies wholly inside."""
        return self.address <= other.address and other.end <= self.end

    @property
    def end(self) -> int:
        """The first register after the window."""
        return self.address + self.count


@dataclass(frozen=True, slots=True)
class Field:
    """One value in the registers.

    Attributes:
        window: the registers of the first position.
        type: a kind of number (`protocols.words.KINDS`) or `text`.
        stride: how many registers further the next position keeps its own.
        scale: the factor from register to figure; its digits fix the decimals.
        encoding: how text is written, two characters a register, high byte first.
        words: raw integer to the word it stands for; empty when the field is a number.
    """

    window: Window
    type: str
    stride: int
    scale: Decimal
    encoding: str
    words: Mapping[int, str]

    def at(self, index: int) -> Window:
        """The registers of the position with this index."""
        return Window(self.window.address + self.stride * index, self.window.count)


@dataclass(frozen=True, slots=True)
class Result:
    """The results of several like positions: fields that step on by their stride from one to the next."""

    positions: tuple[str, ...]
    item: str | None
    unit: str | None
    value: Field | None
    call: Field | None
    item_code: Field | None
    sample: Field | None
    sentinels: Mapping[int, str]
    low: Decimal | None
    high: Decimal | None
    extra: Mapping[str, Field]

    def fields(self) -> Iterator[tuple[str, Field]]:
        """Every field with its name in the file."""
        named = {"value": self.value, "call": self.call, "item_code": self.item_code, "sample": self.sample}
        yield from ((name, one) for name, one in named.items() if one is not None)
        yield from ((f"extra.{name}", one) for name, one in self.extra.items())


@dataclass(frozen=True)
class RegisterMap:
    """All that is to be known of one reader; `parse` and `load` make it and check it."""

    name: str
    source: str
    unit_id: int
    function: int
    word_order: Literal["big", "little"]
    byte_swap: bool
    echo: bool
    timeout: float
    latency: float
    poll: float
    every: int
    blocks: tuple[Window, ...]
    status: Field
    ready: tuple[int, ...]
    error: tuple[int, ...]
    run_number: Field
    clock: Window | None
    results: tuple[Result, ...]

    @cached_property
    def header(self) -> Window:
        """The registers from status to run number, read before, between and after the blocks."""
        first = min(self.status.window.address, self.run_number.window.address)
        return Window(first, max(self.status.window.end, self.run_number.window.end) - first)


def load(settings: Mapping[str, Any]) -> RegisterMap:
    """Return the map that the setting `map` names; see `drivers.checked.load`.

    Raises:
        MapError: the file is missing or not TOML, or the map is wrong; the error says what and where.
    """
    return checked.load(settings, "map", SHIPPED, parse)


def parse(table: Mapping[str, Any]) -> RegisterMap:
    """Check a map read from TOML and return it; nothing unknown is allowed, nothing needed may be absent.

    Raises:
        MapError: with `unknown`, `missing`, `type`, `range`, `outside`, `word` or `twice`, and the place.
    """
    top = _Table(table, "")
    device = top.table("device")
    built = RegisterMap(
        name=device.text("name"),
        source=device.text("source"),
        unit_id=device.whole("unit_id", low=1, high=247),
        function=device.one_of("function", (3, 4)),
        word_order=device.one_of("word_order", ("big", "little"), "big"),
        byte_swap=device.one_of("byte_swap", (False, True), otherwise=False),
        echo=device.one_of("echo", (False, True), otherwise=False),
        timeout=device.seconds("timeout", 0.5),
        latency=device.seconds("latency", 1.0),
        poll=device.seconds("poll", 2.0),
        every=device.whole("every", low=0, high=86_400, otherwise=0),
        blocks=tuple(
            Window(one.address(), one.whole("count", low=1, high=LONGEST)) for one in top.tables("blocks")
        ),
        status=(status := top.table("status")).field(more=("ready", "error")),
        ready=status.wholes("ready"),
        error=status.wholes("error", needed=False),
        run_number=top.table("run_number").field(),
        clock=Window(top.table("clock").address(), 6) if "clock" in table else None,
        results=tuple(_result(one) for one in top.tables("results")),
    )
    for one in (device, top, *top.opened):
        one.finish()
    _check(built)
    return built


def _result(table: "_Table") -> Result:
    stride = table.whole("stride", low=0, high=0xFFFF, otherwise=0)
    extra = table.table("extra") if "extra" in table.data else None

    def field_of(name: str) -> Field | None:
        return table.table(name).field(stride) if name in table.data else None

    return Result(
        positions=table.texts("positions"),
        item=table.text("item", needed=False),
        unit=table.text("unit", needed=False),
        value=field_of("value"),
        call=field_of("call"),
        item_code=field_of("item_code"),
        sample=field_of("sample"),
        sentinels=table.words("sentinels", calls=True),
        low=table.number("low"),
        high=table.number("high"),
        extra={name: extra.table(name).field(stride) for name in extra.data} if extra else {},
    )


def _check(built: RegisterMap) -> None:
    """Refuse a map whose parts do not fit together."""
    places = [("status", built.status.window), ("run_number", built.run_number.window)]
    places += [("header", built.header)]
    places += [("clock", built.clock)] if built.clock else []
    for where, one in (("status.type", built.status), ("run_number.type", built.run_number)):
        if "int" not in one.type:
            raise MapError("range", where, value=one.type, allowed="uint16 int16 uint32 int32")
    _check_positions(built.results)
    for number, result in enumerate(built.results):
        for name, one in result.fields():
            where = f"results[{number}].{name}"
            places += [(where, one.at(index)) for index in range(len(result.positions))]
    for where, window in places:
        if not any(block.holds(window) for block in built.blocks):
            raise MapError("outside", where, address=window.address, count=window.count)
    if set(built.ready) & set(built.error):
        raise MapError("twice", "status.error")


def _check_positions(results: Iterable[Result]) -> None:
    seen: set[str] = set()
    for number, result in enumerate(results):
        where = f"results[{number}]"
        if result.value is None and result.call is None:
            raise MapError("missing", f"{where}.value")
        for position in result.positions:
            if position in seen:
                raise MapError("twice", f"{where}.positions", value=position)
            seen.add(position)
        if result.call is not None:
            _check_calls(result.call, f"{where}.call.words")


def _check_calls(call: Field, where: str) -> None:
    if not call.words:
        raise MapError("missing", where)
    for word in call.words.values():
        if word not in WORDS:
            raise MapError("word", where, value=word, allowed=" ".join(sorted(WORDS)))


class _Table(Table):
    """A table of a register map."""

    def words(self, name: str, *, calls: bool = False) -> Mapping[int, str]:
        found = self.take(name, dict, needed=False) or {}
        for key, word in found.items():
            if not re.fullmatch(r"-?\d{1,10}", key) or not isinstance(word, str):
                raise MapError("type", self.place(f"{name}.{key}"), value=str(word))
            if calls and word not in WORDS:
                allowed = " ".join(sorted(WORDS))
                raise MapError("word", self.place(f"{name}.{key}"), value=word, allowed=allowed)
        return {int(key): word for key, word in found.items()}

    def address(self) -> int:
        return self.whole("address", low=0, high=0xFFFF)

    def field(self, stride: int = 0, more: tuple[str, ...] = ()) -> Field:
        self.read.update(more)
        kind = self.one_of("type", (*KINDS, "text"), "uint16")
        count = self.whole("count", low=1, high=LONGEST) if kind == "text" else KINDS[kind][0]
        scale = self.number("scale")
        if scale is not None and scale <= 0:
            raise MapError("range", self.place("scale"), value=str(scale))
        encoding = self.one_of("encoding", ("ascii", "gb18030", "utf-8", "utf-16-be"), "ascii")
        words = self.words("words")
        if words and kind in ("text", "float32"):
            raise MapError("type", self.place("words"), value=kind)
        step = self.whole("stride", low=0, high=0xFFFF, otherwise=stride)
        return Field(Window(self.address(), count), kind, step, scale or Decimal(1), encoding, words)
