import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.json_pull import Rows, puller
from protocols.transcript import cut

ROW = {"检测结果": "阴性", "样品名称": '大米{"}\\', "数": 3}
DATA = json.dumps({"detail": [ROW], "more": {"a": "}"}}, ensure_ascii=False).encode()
TEXTS = {"检测结果": "阴性", "样品名称": '大米{"}\\', "数": "3"}


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = puller(b"READ", "detail", longest=1000), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@given(st.lists(st.integers(0, 2 * len(DATA) + 4)))
@settings(max_examples=60)
def test_any_cut_gives_the_same_rows(places: list[int]) -> None:
    data = b"\r\nx" + DATA + DATA
    assert found(data, places) == [
        Broken(2, b"x", "noise"), Rows((TEXTS,), 3), Rows((TEXTS,), 3 + len(DATA))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"detail": 5}', "content"),
        (b'{"other": []}', "content"),
        (b'{"detail": ["a"]}', "content"),
        (b"{detail}", "content"),
        (b'{"detail": [', "timeout"),
        (b'{"detail": "\xff"}', "content"),
        (b"{" + b"1" * 1000, "length"),
    ],
)
def test_what_is_no_list_of_objects(data: bytes, reason: str) -> None:
    assert found(data)[0].reason == reason


def test_it_is_asked_for_once() -> None:
    host = puller(b"READ", "detail")
    host.ask("read")
    sent = host.to_send()
    host.receive(DATA, 0.0)
    assert (sent, host.to_send(), host.idle) == (b"READ", b"", True)
    host.ask("read")
    host.expire(0.0)
    assert [type(event) for event in host.expire(10.0)] == [Broken]
    assert host.idle
    with pytest.raises(ProtocolError):
        host.ask("write")
