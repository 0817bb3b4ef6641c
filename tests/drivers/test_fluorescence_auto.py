import pytest

from drivers.simulators.fluorescence_auto import Analyser
from protocols.fluorescence import CODES, Result, analyser, reply
from tests.drivers import golden

CARD = "FOB2,20221003,123963,0.1,76680.6,38051200,0.85"


def said(code: int, **data: object) -> str:
    return reply({"Code": str(code), "Type": "2", "State": "1", "Error": "0", "Data": data}).hex()


@pytest.mark.parametrize(
    ("t", "computed", "curve"),
    [("0.35", "13.3468", None), ("0.01", None, "outside"), ("0", None, None), ("NaN", None, None)],
)
def test_the_cards_curve_gives_a_concentration_or_says_why_not(
    t: str, computed: str | None, curve: str | None
) -> None:
    line = golden.one(
        "fluorescence_auto", said(11, QrCode=CARD) + said(13, T=t, C="1"), {"items": {"FOB2": "AFB1"}}
    )
    assert (line["item"], line["value"]) == ("AFB1", None)
    assert line["extra"].get("computed_concentration") == computed
    assert line["extra"].get("curve") == curve
    assert line["flags"] == ([] if t in {"0.35", "0.01"} else ["not_a_number"])


def test_without_a_card_the_laboratorys_item_stands() -> None:
    line = golden.one("fluorescence_auto", said(13, T="0.35", C="1", Location="4"), {"item": "CAP"})
    assert (line["item"], line["position"]) == ("CAP", "4")
    assert "card" not in line["extra"]


def test_a_foreign_card_is_kept_as_text_alone() -> None:
    line = golden.one("fluorescence_auto", said(11, QrCode="A00000002") + said(13, T="0.35", C="1"))
    assert line["extra"]["card"] == "A00000002"
    assert "card_code" not in line["extra"]


def test_a_result_that_comes_again_is_stale() -> None:
    first, again = golden.lines("fluorescence_auto", said(13, T="1", C="2") * 2)
    assert first["flags"] == []
    assert again["flags"] == ["stale"]


def test_a_card_that_is_taken_out_is_forgotten() -> None:
    line = golden.one(
        "fluorescence_auto", said(11, QrCode=CARD) + said(11, QrCode="") + said(13, T="1", C="2")
    )
    assert "card" not in line["extra"]


def test_the_simulated_analyser_says_again_what_nobody_acknowledged() -> None:
    device, host = Analyser([{"T": "1", "C": "2"}], [CARD], 0.1), analyser()
    host.ask("test")
    device.receive(b"13 0000\n" + host.to_send(), 0.0)
    results, now = list[Result](), 0.0
    while (due := device.deadline) is not None:
        now = max(now, due)
        device.expire(now)
        results += [event for event in host.receive(device.to_send(), now) if isinstance(event, Result)]
    assert [result.repeat for result in results] == [False, True, True]
    assert {result.code for result in results} == {CODES["test"]}
