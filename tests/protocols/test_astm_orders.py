"""Queries answered with pending orders only, worklists sent unasked, both over the same line as results."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.astm_link import AstmLink
from protocols.astm_orders import AstmHost, Delivered, Message
from protocols.astm_records import build, parse
from protocols.codec import ProtocolError

ORDERS = {"S-1": ["CAP", "ENR"], "S-2": ["CAP"]}


def pair(orders: Any = ORDERS) -> tuple[AstmHost, AstmLink]:
    host = AstmHost(AstmLink())
    host.ask(f"worklist {json.dumps(orders)}")
    return host, AstmLink(instrument=True)


def talk(host: AstmHost, device: AstmLink, seconds: int = 40) -> tuple[list[Any], list[Any]]:
    """Let both sides talk; what the host and what the device has heard."""
    heard: tuple[list[Any], list[Any]] = ([], [])
    for now in range(seconds):
        for _ in range(30):
            out, back = host.to_send(), device.to_send()
            heard[1].extend(device.receive(out, float(now)))
            heard[0].extend(host.receive(back, float(now)))
            if not out and not back:
                break
        for side in (host, device):
            if side.deadline is not None and side.deadline <= now:
                heard[0 if side is host else 1].extend(side.expire(float(now)))
    return heard


def ordered(text: bytes) -> tuple[dict[str, list[str]], str]:
    """What a message orders, and what its last record says."""
    found: dict[str, list[str]] = {}
    records = parse(text).records
    for one in records:
        if one.kind == "O":
            found.setdefault(one.get(3), []).append(one.get(5, 4))
    return found, records[-1].get(3)


def asked(host: AstmHost, device: AstmLink, samples: Any) -> tuple[dict[str, list[str]], str]:
    device.send(build([["H"], ["Q", "1", samples, "", ["", "", "", "ALL"]], ["L", "1"]]), 0.0)
    _, heard = talk(host, device)
    (answer,) = (one for one in heard if isinstance(one, Message))
    return ordered(answer.text)


@pytest.mark.parametrize(
    ("samples", "orders", "word"),
    [
        (["", "S-1"], {"S-1": ["CAP", "ENR"]}, "N"),
        (["", "S-9"], {}, "I"),
        (["", "ALL"], ORDERS, "N"),
        ("S-2", {"S-2": ["CAP"]}, "N"),
    ],
)
def test_a_query_is_answered_with_pending_orders_only(
    samples: Any, orders: dict[str, list[str]], word: str
) -> None:
    assert asked(*pair(), samples) == (orders, word)


def test_several_samples_may_be_asked_at_once() -> None:
    host, device = pair()
    device.send(b"H|\\^&\rQ|1|^S-2\\^S-1\\^S-9||^^^ALL\rL|1\r", 0.0)
    _, heard = talk(host, device)
    assert ordered(next(one.text for one in heard if isinstance(one, Message))) == (ORDERS, "N")


def test_a_new_worklist_replaces_the_one_before() -> None:
    host, device = pair()
    host.ask("worklist {}")
    assert asked(host, device, ["", "S-1"]) == ({}, "I")


def test_a_worklist_is_sent_unasked_one_message_a_sample() -> None:
    host, device = pair()
    host.ask("send_worklist")
    assert (host.idle, host.deadline) == (False, 0.0)
    told, heard = talk(host, device)
    assert [ordered(one.text)[0] for one in heard if isinstance(one, Message)] == [
        {"S-1": ["CAP", "ENR"]},
        {"S-2": ["CAP"]},
    ]
    assert len([one for one in told if isinstance(one, Delivered)]) == 2
    assert host.idle


def test_results_are_answered_with_nothing() -> None:
    host, device = pair()
    device.send(build([["H"], ["O", "1", "S-1"], ["R", "1", ["", "", "", "CAP"], "1"], ["L", "1"]]), 0.0)
    told, heard = talk(host, device)
    assert [type(one) for one in told] == [Message]
    assert [type(one) for one in heard] == [Delivered]


@pytest.mark.parametrize(
    "command", ["erase", "worklist", "worklist 7", 'worklist {"S": []}', 'worklist {"S": [1]}']
)
def test_only_a_worklist_is_taken(command: str) -> None:
    with pytest.raises(ProtocolError):
        pair()[0].ask(command)


@given(
    st.dictionaries(
        st.text("S-0123|^&\\", min_size=1, max_size=6),
        st.lists(st.text("ABC", min_size=1), min_size=1, max_size=2),
        max_size=3,
    )
)
def test_any_sample_number_comes_back_as_it_was(orders: dict[str, list[str]]) -> None:
    host, device = pair(orders)
    for sample in list(orders):
        assert asked(host, device, ["", sample])[0] == {sample: orders[sample]}
