from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken
from protocols.transcript import cut
from protocols.ttnj import Finished, Group, ModelCode, TtnjDownload
from protocols.ttnj_z import ENTRY, GROUP, SMART, entry, flagged, plausible, slots_in_use

I2 = bytes.fromhex("00 00 00 01 00 32 30 31 36 2D 30 38 2D 33 31 00 61 64 6D 69 6E 00 00 00 00 00 00 00 05")
I3 = (
    bytes.fromhex("21 00 01 B2 A4 B2 CB") + bytes(11) + bytes.fromhex("BA FE B1 B1") + bytes(24)
    + bytes.fromhex("3F 69 BA 5E 3F 03 12 6F 3E BF 7C EE 01")
)  # fmt: skip
FULL = I2 + I3 + bytes(ENTRY) + I3 + bytes(5 * ENTRY)
NEVER_SET = FULL[:5] + bytes(11) + FULL[16:]
STREAM = b"\x1b\x05\x1b\xc1" + FULL + NEVER_SET + b"\x1b\xfe"


def test_the_derived_header_and_entry() -> None:
    assert (len(I2), len(I3), len(FULL)) == (29, ENTRY, GROUP)
    one = entry(FULL, 2)
    assert (one.channel, one.number, one.name[:4].decode("gb2312"), one.source[:4].decode("gb2312")) == (
        0x21, 1, "菠菜", "湖北"
    )  # fmt: skip
    assert (one.absorbance.hex(), one.delta.hex(), one.rate.hex(), one.conclusion) == (
        "3f69ba5e", "3f03126f", "3ebf7cee", 1
    )  # fmt: skip
    assert slots_in_use(FULL) == 0b101


@pytest.mark.parametrize(
    ("group", "possible", "fits"),
    [
        (FULL, True, True),
        (NEVER_SET, True, True),
        (FULL[:27] + b"\5\0" + FULL[29:], True, True),
        (FULL[:27] + b"\0\1" + FULL[29:], True, False),
        (NEVER_SET[:27] + b"\0\1" + FULL[29:], False, False),
        (bytes(GROUP), False, True),
    ],
)
def test_what_can_be_a_group_and_whose_flags_fit(group: bytes, possible: bool, fits: bool) -> None:
    assert (plausible(group), flagged(group)) == (possible, fits)


@given(st.lists(st.integers(0, len(STREAM))))
@settings(max_examples=40)
def test_any_cut_gives_the_same_groups(places: list[int]) -> None:
    host, events = TtnjDownload(SMART), []
    for piece in cut(STREAM, places):
        events += host.receive(piece, 0.0)
    assert events == [ModelCode(5), Group(FULL, 5, 1, 4), Group(NEVER_SET, 5, 2, 4 + GROUP), Finished(2)]


def live(*answers: bytes) -> tuple[list[Any], bytes]:
    host, events = TtnjDownload(SMART), []
    host.ask("results")
    host.to_send()
    for answer in answers:
        events += host.receive(answer, 0.0)
    return [*events, *host.expire(2.5)], host.to_send()


def test_a_group_is_called_for_only_when_the_last_one_is_whole() -> None:
    half, sent = live(b"\x1b\xc1", FULL[:-1])
    assert ([one.reason for one in half], sent) == (["timeout"], b"")
    assert live(b"\x1b\xc1", FULL) == ([Group(FULL, None, 1, 2)], b"\x24")


def test_after_a_broken_group_nothing_more_is_called_for_so_that_nothing_is_erased() -> None:
    events, sent = live(b"\x1b\xc1", bytes(GROUP))
    assert [one.reason for one in events if isinstance(one, Broken)] == ["content"]
    assert sent == b""
