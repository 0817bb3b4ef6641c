"""A described wire is checked word by word before a byte is read by it."""

from pathlib import Path
from typing import Any

import pytest

from drivers.checked import MapError
from drivers.wire_form import SHIPPED, WireForm, load, parse

GOOD: dict[str, Any] = {
    "device": {"name": "n", "source": "s"},
    "wire": {"shape": "delimited", "end": "0A", "separator": ";", "columns": 3},
    "fields": {"value": {"column": 2}},
}
BLOCK: dict[str, Any] = {
    "device": {"name": "n", "source": "s"},
    "wire": {"shape": "fixed", "start": "AA", "length": 8, "check": "sum8"},
    "fields": {"value": {"first": 2, "count": 2, "type": "uint"}},
}


def changed(table: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    made = {name: dict(part) for name, part in table.items()}
    part, _, name = path.partition(".")
    made.setdefault(part, {})[name] = value
    return made


@pytest.mark.parametrize(
    ("table", "path", "value", "code"),
    [
        (GOOD, "wire.shape", "morse", "map_range"),
        (GOOD, "wire.end", "0G", "map_type"),
        (GOOD, "wire.end", "", "map_type"),
        (GOOD, "wire.colums", 3, "map_unknown"),
        (GOOD, "fields.value", {"column": 4}, "map_range"),
        (GOOD, "fields.value", {}, "map_missing"),
        (GOOD, "fields.value", {"column": 1, "scale": "x"}, "map_type"),
        (GOOD, "fields.value", {"column": 1, "scale": "0"}, "map_range"),
        (GOOD, "fields.call", {"column": 1}, "map_missing"),
        (GOOD, "fields.call", {"column": 1, "words": {"P": "bad"}}, "map_word"),
        (GOOD, "fields.call", {"column": 1, "words": {"P": 1}}, "map_type"),
        (GOOD, "ask.read", "", "map_type"),
        (BLOCK, "wire.length", 2, "map_range"),
        (BLOCK, "wire.end", "0D 0A", "map_range"),
        (BLOCK, "wire.check", "md5", "map_range"),
        (BLOCK, "fields.value", {"first": 7, "count": 2}, "map_range"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    table: dict[str, Any], path: str, value: object, code: str
) -> None:
    with pytest.raises(MapError) as caught:
        parse(changed(table, path, value))
    assert caught.value.code == code
    assert caught.value.where.split(".")[0] == path.split(".", maxsplit=1)[0]


def test_a_form_needs_a_value_or_a_word() -> None:
    with pytest.raises(MapError, match="map_missing"):
        parse({**GOOD, "fields": {"sample": {"column": 1}}})


def test_a_form_is_a_table_a_text_a_file_or_a_shipped_name(tmp_path: Path) -> None:
    text = (SHIPPED / "strip_text.toml").read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    shipped = load({"form": "strip_text"})
    assert isinstance(shipped, WireForm)
    assert load({"form": str(path)}) == load({"form": text}) == shipped
    assert not shipped.checked
    assert parse(BLOCK).checked
    for wrong, code in (("", "map_missing"), (str(tmp_path / "no.toml"), "map_file"), ("a =\n", "map_toml")):
        with pytest.raises(MapError, match=code):
            load({"form": wrong})
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(MapError, match="map_toml"):
        load({"form": str(path)})
