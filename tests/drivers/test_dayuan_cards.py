"""Card board: the captured scan, both encodings, and a board that takes its time."""

from decimal import Decimal

import pytest

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_cards import simulator
from protocols import transcript
from protocols.cards import Ack, Curve
from tests.contracts.test_every_instrument import said
from tests.drivers.golden import lines, one

ID = "dayuan_cards"


def captured() -> str:
    """Vector E4: the last entry of its transcript."""
    return said("dayuan_cards/captured_scan").entries[-1].data.hex()


def test_the_captured_scan_is_186_bytes_and_has_both_lines() -> None:
    assert len(bytes.fromhex(captured())) == 186
    line = one(ID, captured())
    extra = line["extra"]
    samples = [int(sample) for sample in extra["samples"].split()]
    assert (samples[0], samples[32], samples[51], samples[72], samples[-1]) == (8959, 9122, 9201, 18079, 522)
    assert (extra["points"], extra["c_index"], extra["t_index"]) == ("90", "32", "51")
    assert (extra["c_height"], extra["t_height"], extra["t_over_c"]) == ("1135.6", "1077.2", "0.9486")
    assert (line["value"], line["call"], line["item"], line["unit"]) == (None, None, None, None)


@pytest.mark.parametrize(
    "hex_text",
    [
        "7E 12 00 00 12 7E",
        "7E 12 00 00 28 7E",
        "7E 14 00 01 01 16 7E",
        "7E 14 00 01 00 15 7E",
        "7E 14 01 00 01 41 7E",
        "7E 14 01 00 00 70 7E",
    ],
)
def test_answers_without_a_curve_are_no_reading_and_no_error(hex_text: str) -> None:
    assert lines(ID, hex_text) == []


@pytest.mark.parametrize(
    ("generation", "command", "hex_text"),
    [
        (1, "version", "7E 01 00 00 01 7E"),
        (3, "version", "7E 01 00 00 46 7E"),
        (2, "in_and_scan", "7E 11 00 01 01 13 7E"),
        (3, "in_and_scan", "7E 11 01 00 01 D4 7E"),
        (2, "out", "7E 11 00 01 02 14 7E"),
        (3, "out", "7E 11 01 00 02 87 7E"),
        (1, "card_in", "7E 11 00 01 03 15 7E"),
        (3, "card_in", "7E 11 01 00 03 B6 7E"),
    ],
)
def test_requests_are_those_of_the_generation(generation: int, command: str, hex_text: str) -> None:
    codec = profile(ID).codec({"generation": generation})
    codec.ask(command)
    assert codec.to_send() == bytes.fromhex(hex_text)


def test_the_lines_of_the_kit_stand_in_extra_as_exact_text() -> None:
    line = one(ID, said("dayuan_cards/no_test_line").entries[0].data.hex())
    assert (line["extra"]["t_missing"], line["extra"]["t_height"], line["extra"]["t_over_c"]) == (
        "true",
        "0",
        "0.0000",
    )
    line = one(ID, said("dayuan_cards/no_control_line").entries[0].data.hex())
    assert line["extra"]["c_missing"] == "true"
    assert not {"c_index", "c_height", "t_over_c"} & set(line["extra"])


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_a_board_scans_strips_one_after_another_and_not_before_its_time(generation: int) -> None:
    strips = [Record("1", fields={"c": "2000", "t": "1000"}), Record("1", fields={"c": "2000", "t": "0"})]
    settings = {"generation": generation}
    host, board = profile(ID).codec(settings), simulator(settings, strips)
    found: list[Curve] = []
    now = 0.0
    for _strip in strips:
        host.ask("in_and_scan")
        began = now
        curves: list[Curve] = []
        while not curves:
            board.receive(host.to_send(), now)
            events = host.receive(board.to_send(), now)
            now += 0.05
            events += host.expire(now)
            assert not [event for event in events if not isinstance(event, Ack | Curve)]
            curves = [event for event in events if isinstance(event, Curve)]
        assert now - began > 7
        found += curves
    ratios = [profile(ID).read(one, settings)[0].extra["t_over_c"] for one in found]
    assert abs(Decimal(ratios[0]) - Decimal("0.5")) < Decimal("0.03")
    assert Decimal(ratios[1]) == 0


def test_a_wrong_sum_is_an_error() -> None:
    spoilt = bytearray.fromhex(captured())
    spoilt[100] ^= 1
    assert [line["error"] for line in lines(ID, spoilt.hex())] == ["check"]
    assert transcript.received(said("dayuan_cards/broken_scan"))[:186] != bytes.fromhex(captured())
