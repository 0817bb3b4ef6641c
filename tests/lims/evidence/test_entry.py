"""An entry as bytes: whole and back, and every other form refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.evidence.canonical import PREFIX, encode
from lims.evidence.entry import Change, Entry, from_bytes, to_bytes
from lims.rules.visible import visible
from tests.lims.evidence.chains import EMPTY

TEXTS = some.text(max_size=12).map(lambda text: visible(text) or "")
PLAIN = some.none() | some.booleans() | some.integers() | TEXTS
ENTRIES = some.builds(
    Entry,
    *[TEXTS, some.integers(0), TEXTS, TEXTS, some.integers(), *[TEXTS] * 6, some.integers()],
    some.lists(some.builds(Change, TEXTS, some.dictionaries(TEXTS, PLAIN, max_size=4)), max_size=3).map(
        tuple
    ),
)
WHOLE = replace(EMPTY, changes=(Change("sample", {"id": "1", "value": None}),))


def body(**changed: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(to_bytes(WHOLE)[len(PREFIX) :])
    return {**plain, **changed}


def written(told: Any) -> bytes:
    return PREFIX + encode(told)


@given(ENTRIES)
def test_an_entry_comes_back_as_it_was_written(entry: Entry) -> None:
    data = to_bytes(entry)
    assert from_bytes(data) == entry
    assert to_bytes(from_bytes(data)) == data


def test_the_form_of_an_entry_is_this() -> None:
    assert to_bytes(WHOLE) == (
        b'KUAIJIAN-1\x00{"actor":"a1","at":"2026-11-24T01:30:00.000Z","boot":"boot","build":"0.1",'
        b'"changes":[{"row":{"id":"1","value":null},"table":"sample"}],"mono":1000,"origin":"","prev":"",'
        b'"role":"sampler","schema":1,"seq":0,"verb":"sample.draw","why":""}'
    )


@pytest.mark.parametrize("data", [b"", b"{}", PREFIX[:-1] + encode({}), b"KUAIJIAN-2\0" + encode(body())])
def test_another_prefix_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"log\.prefix"):
        from_bytes(data)


@pytest.mark.parametrize("name", Entry.__slots__)
def test_every_field_is_there_and_no_other(name: str) -> None:
    with pytest.raises(Invalid, match=r"log\.fields"):
        from_bytes(written({key: told for key, told in body().items() if key != name}))
    with pytest.raises(Invalid, match=r"log\.fields"):
        from_bytes(written(body(another=1)))


@pytest.mark.parametrize("name", Entry.__slots__)
@pytest.mark.parametrize("wrong", [None, True, [], {}, 5, "5"], ids=repr)
def test_every_field_has_its_type(name: str, wrong: Any) -> None:
    number, fits = name in {"seq", "mono", "schema"}, list if name == "changes" else str
    if type(wrong) is (int if number else fits):
        assert getattr(from_bytes(written(body(**{name: wrong}))), name) in (wrong, ())
    else:
        with pytest.raises(Invalid, match=r"log\.fields"):
            from_bytes(written(body(**{name: wrong})))


@pytest.mark.parametrize(
    "change",
    [
        5, "sample", None, [], {}, {"table": "sample"}, {"row": {}}, {"table": "sample", "row": {}, "more": 1},
        {"table": 5, "row": {}}, {"table": "sample", "row": []}, {"table": "sample", "row": None},
        {"table": "sample", "row": {"a": []}}, {"table": "sample", "row": {"a": {"b": 1}}},
    ],
    ids=repr,
)  # fmt: skip
def test_a_change_is_a_table_and_a_flat_row(change: Any) -> None:
    with pytest.raises(Invalid, match=r"log\.fields"):
        from_bytes(written(body(changes=[change])))


@pytest.mark.parametrize("told", [[], 5, "entry", None])
def test_an_entry_is_an_object(told: Any) -> None:
    with pytest.raises(Invalid, match=r"log\.fields"):
        from_bytes(written(told))
