"""A register map is checked before a reader is opened: what is wrong, and where in the file."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.checked import MapError
from drivers.register_map import SHIPPED, RegisterMap, Window, load, parse

GOOD: dict[str, Any] = {
    "device": {"name": "n", "source": "s", "unit_id": 1, "function": 3},
    "blocks": [{"address": 0, "count": 10}],
    "status": {"address": 0, "ready": [2]},
    "run_number": {"address": 1, "type": "uint32"},
    "results": [{"positions": ["1", "2"], "stride": 2, "value": {"address": 4}}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    table = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    place: Any = table
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return table


def test_a_good_map_reads() -> None:
    made = parse(GOOD)
    assert isinstance(made, RegisterMap)
    assert made.header == Window(0, 3)
    assert made.results[0].value is not None
    assert made.results[0].value.at(1) == Window(6, 1)


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_every_shipped_map_reads_and_names_its_source(name: str) -> None:
    made = load({"map": name})
    assert made.source
    assert all(result.value for result in made.results)


def test_a_map_of_the_laboratory_is_found_by_its_path_and_as_a_table(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = (SHIPPED / "strip1.toml").read_text(encoding="utf-8")
    own.write_text(text, encoding="utf-8")
    assert load({"map": str(own)}) == load({"map": "strip1"}) == load({"map": tomllib.loads(text)})


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ("device.unit_id", 300, "range", "device.unit_id"),
        ("device.unit_id", "1", "type", "device.unit_id"),
        ("device.unit_id", True, "type", "device.unit_id"),
        ("device.function", 16, "range", "device.function"),
        ("device.word_order", "middle", "range", "device.word_order"),
        ("device.timeout", 0, "range", "device.timeout"),
        ("device.baud", 9600, "unknown", "device.baud"),
        ("device.source", None, "missing", "device.source"),
        ("blocks", [], "type", "blocks"),
        ("blocks.0.count", 126, "range", "blocks[0].count"),
        ("blocks.0.address", -1, "range", "blocks[0].address"),
        ("status.ready", [], "type", "status.ready"),
        ("status.ready", None, "missing", "status.ready"),
        ("status.error", [2], "twice", "status.error"),
        ("status.adress", 3, "unknown", "status.adress"),
        ("run_number", None, "missing", "run_number"),
        ("run_number.address", 99, "outside", "run_number"),
        ("run_number.type", "uint48", "range", "run_number.type"),
        ("clock", {"address": 5}, "outside", "clock"),
        ("results.0.positions", ["1", "1"], "twice", "results[0].positions"),
        ("results.0.stride", 6, "outside", "results[0].value"),
        ("results.0.value.scale", "0,1", "type", "results[0].value.scale"),
        ("results.0.value.scale", 0.1, "type", "results[0].value.scale"),
        ("results.0.value.scale", "-1", "range", "results[0].value.scale"),
        ("results.0.value", None, "missing", "results[0].value"),
        ("results.0.call", {"address": 4}, "missing", "results[0].call.words"),
        ("results.0.call", {"address": 4, "words": {"1": "合格"}}, "word", "results[0].call.words"),
        ("results.0.sentinels", {"7FFE": "invalid"}, "type", "results[0].sentinels.7FFE"),
        ("results.0.sentinels", {"32766": "gone"}, "word", "results[0].sentinels.32766"),
        ("results.0.extra", {"a": {"address": 4, "tpye": "int16"}}, "unknown", "results[0].extra.a.tpye"),
        ("units", "%", "unknown", "units"),
    ],
)
def test_a_wrong_map_says_what_and_where(path: str, value: Any, code: str, where: str) -> None:
    with pytest.raises(MapError) as caught:
        parse(changed(path, value))
    assert (caught.value.code, caught.value.where) == (f"map_{code}", where)


def test_a_missing_file_a_broken_file_and_no_map_are_told_apart(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[device\n", encoding="utf-8")
    for settings, code in (
        ({}, "missing"),
        ({"map": str(tmp_path / "absent.toml")}, "file"),
        ({"map": "no_such_map"}, "file"),
        ({"map": str(broken)}, "toml"),
    ):
        with pytest.raises(MapError) as caught:
            load(settings)
        assert caught.value.code == f"map_{code}"
