"""The readings behind a register map: words, sentinels, orders of bytes and words, doubts."""

from collections.abc import Mapping
from typing import Any

import pytest

from drivers.checked import MapError
from drivers.decode import decode
from drivers.register_map import load
from drivers.register_values import STALE, number_of, registers_of, text_of
from drivers.registry import profile
from protocols.snapshot import Block, Snapshot, Table, encode

ID = "modbus_reader"


def map_of(words: str = "big", *, swap: bool = False, **result: Any) -> dict[str, Any]:
    return {
        "device": {
            "name": "n",
            "source": "s",
            "unit_id": 1,
            "function": 4,
            "word_order": words,
            "byte_swap": swap,
        },
        "blocks": [{"address": 0, "count": 20}],
        "status": {"address": 0, "ready": [2]},
        "run_number": {"address": 1, "type": "uint32"},
        "clock": {"address": 4},
        "results": [{"positions": ["1"], "value": {"address": 10}, **result}],
    }


def snapshot(registers: Mapping[int, int], table: Table = Table.INPUT) -> Snapshot:
    return Snapshot((Block(table, 0, tuple(registers.get(one, 0) for one in range(20))),))


def reading(registers: Mapping[int, int], **result: Any) -> Any:
    (found,) = profile(ID).read(snapshot(registers), {"map": map_of(**result)})
    return found


def test_a_plain_value_with_its_scale_keeps_its_decimals() -> None:
    found = reading({1: 0, 2: 9, 10: 370}, value={"address": 10, "scale": "0.1"})
    assert (f"{found.value:f}", found.record, found.unit, found.item) == ("37.0", "9", None, None)


@pytest.mark.parametrize(
    ("registers", "value", "flags"),
    [
        ({10: 0x420B, 11: 0x32FB}, "34.799786", ()),
        ({10: 0x7FC0, 11: 0}, None, ("not_a_number",)),
        ({10: 0x7F80, 11: 0}, None, ("not_a_number",)),
        ({10: 0xC010, 11: 0}, "-2.25", ("below_range",)),
        ({10: 0x4300, 11: 0}, "128", ("above_range",)),
    ],
)
def test_floats_that_are_none_or_out_of_range(
    registers: dict[int, int], value: str | None, flags: tuple[str]
) -> None:
    found = reading(registers, value={"address": 10, "type": "float32"}, low="0", high="100")
    assert (None if found.value is None else f"{found.value:f}") == value
    assert found.flags[: len(flags)] == flags
    assert ("value_registers" in found.extra) == (value is None)


@pytest.mark.parametrize(("raw", "call"), [(1, "negative"), (2, None), (9, None)])
def test_a_word_of_the_device_is_its_call_and_another_stays_in_extra(raw: int, call: str | None) -> None:
    found = reading({11: raw}, call={"address": 11, "words": {"1": "negative", "2": "none"}})
    assert found.call == call
    assert found.extra.get("call") == ("9" if raw == 9 else None)


@pytest.mark.parametrize(
    ("word", "call"), [("invalid", "invalid"), ("not_applicable", "not_applicable"), ("none", None)]
)
def test_a_sentinel_is_no_number(word: str, call: str | None) -> None:
    found = reading({10: 32767}, sentinels={"32767": word})
    assert (found.value, found.call, found.extra["value_registers"]) == (None, call, "7FFF")


def test_an_empty_position_makes_no_reading() -> None:
    settings = {"map": map_of(sentinels={"0": "empty"})}
    assert list(profile(ID).read(snapshot({}), settings)) == []


def test_a_clock_is_taken_or_refused() -> None:
    good = {4: 2026, 5: 8, 6: 7, 7: 10, 8: 31, 9: 44}
    assert reading(good).measured_at.isoformat() == "2026-08-07T10:31:44"
    bad = reading({**good, 5: 13})
    assert bad.measured_at is None
    assert bad.flags == ("bad_clock",)
    assert bad.extra["clock"] == "2026 13 7 10 31 44"


def test_a_run_that_the_link_found_stale_is_flagged_in_every_reading() -> None:
    whole = snapshot({4: 2026, 5: 8, 6: 7})
    (found,) = profile(ID).read(Snapshot((STALE, *whole.blocks)), {"map": map_of()})
    assert found.flags == ("stale",)


def test_a_snapshot_of_another_map_is_an_error_and_no_reading() -> None:
    data = encode(snapshot({}, Table.HOLDING))
    assert [line["error"] for line in decode(profile(ID), data, {"map": map_of()})] == ["profile"]


def test_a_map_that_cannot_be_used_is_refused_before_anything_is_read() -> None:
    with pytest.raises(MapError):
        profile(ID).codec({"map": {"device": {}}})


@pytest.mark.parametrize("words", ["big", "little"])
@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    ("kind", "what", "text"),
    [
        ("uint16", 65535, "65535"),
        ("int16", -2, "-2"),
        ("uint32", 70000, "70000"),
        ("int32", -70000, "-70000"),
        ("float32", "0.1", "0.1"),
        ("text", "鱼A1", "鱼A1"),
    ],
)
def test_registers_and_values_are_inverses_in_every_order(
    words: str, swap: bool, kind: str, what: int | str, text: str
) -> None:
    one = {"address": 10, "type": kind} | ({"count": 4, "encoding": "gb18030"} if kind == "text" else {})
    made = load({"map": map_of(words, swap=swap, extra={"x": one})})
    field = made.results[0].extra["x"]
    registers = registers_of(made, field, what)
    assert text_of(made, field, registers) == text
    if kind != "text":
        assert f"{number_of(made, field, registers).value:f}" == text


def test_a_text_too_long_for_its_registers_is_refused() -> None:
    made = load({"map": map_of(extra={"x": {"address": 10, "type": "text", "count": 1}})})
    with pytest.raises(ValueError, match="does not fit"):
        registers_of(made, made.results[0].extra["x"], "abc")
