"""HL7 results: what is acknowledged and how, where figures, words, clocks and samples stand."""

from collections.abc import Mapping
from typing import Any

import hl7
import pytest

from drivers.registry import profile
from protocols.mllp import Envelope, build

ITEMS = {"items": {"CAP": {"item": "氯霉素", "unit": "ng/mL"}}}
HEAD = "MSH|^~\\&|DEV|LAB|||20260807103144||ORU^R01|17|P|2.3.1"


def message(*lines: str) -> bytes:
    return "".join(line + "\r" for line in lines).encode()


def reading(obx: str, settings: Mapping[str, Any] | None = None, *above: str) -> Any:
    text = message(HEAD, *(above or ("OBR|1|P-1|F-1|||||",)), obx)
    (found,) = profile("hl7_oru").read(Envelope(text, 0), {**ITEMS, **(settings or {})})
    return found


def answer(text: bytes) -> Any:
    codec = profile("hl7_oru").codec({})
    codec.receive(build(text), 0.0)
    return hl7.parse(codec.to_send()[1:-2].decode())


def test_results_are_acknowledged_by_their_control_id() -> None:
    assert str(answer(message(HEAD, "OBX|1|NM|CAP||1"))["MSA"][0]) == "MSA|AA|17"


@pytest.mark.parametrize(
    "text", [message(HEAD.replace("ORU^R01", "QRY^Q02")), b"hello", b"MSH", b"", b"MSH|"]
)
def test_what_cannot_be_taken_is_refused(text: bytes) -> None:
    assert str(answer(text)["MSA"][0]).startswith("MSA|AR|")


@pytest.mark.parametrize(
    ("obx", "value", "call", "flags"),
    [
        ("OBX|1|NM|CAP||0.120", "0.120", None, ()),
        ("OBX|1|ST|CAP||<0.05", None, None, ("below_range",)),
        ("OBX|1|SN|CAP||>^100", None, None, ("above_range",)),
        ("OBX|1|ST|CAP||阳性", None, "positive", ()),
        ("OBX|1|ST|CAP||12|||H", "12", None, ()),
        ("OBX|1|NM|CAP||0.05|||<", "0.05", None, ("below_range",)),
        ("OBX|1|ST|CAP||failed", None, None, ("not_a_number",)),
        ("OBX|1|ST|CAP", None, None, ("not_a_number",)),
    ],
)
def test_figures_and_words(obx: str, value: str | None, call: str | None, flags: tuple[str, ...]) -> None:
    found = reading(obx, None, "OBR|1||F-1||||20260807103000")
    assert (None if found.value is None else str(found.value)) == value
    assert (found.call, found.flags) == (call, flags)


def test_a_clock_with_a_zone_is_kept_as_it_came() -> None:
    found = reading("OBX|1|NM|CAP||1||||||F|||20260807103144.5+0800")
    assert (found.measured_at.isoformat(), found.extra["clock"]) == (
        "2026-08-07T10:31:44",
        "20260807103144.5+0800",
    )


def test_without_a_clock_there_is_none() -> None:
    found = reading("OBX|1|NM|CAP||1")
    assert found.measured_at is None
    assert "bad_clock" in found.flags


def test_the_sample_stands_where_the_laboratory_says() -> None:
    above = ("PID|1||42", "SPM|1|S-7^x", "OBR|1|P-1|F-1^A")
    assert reading("OBX|1|NM|CAP||1", None, *above).sample == "F-1"
    assert reading("OBX|1|NM|CAP||1", {"sample": "SPM.2"}, *above).sample == "S-7"
    assert reading("OBX|1|NM|CAP||1", {"sample": "OBR.3.2", "position": "PID.3"}, *above).sample == "A"
    assert reading("OBX|1|NM|CAP||1", {"sample": "ZZZ.3"}, *above).sample is None


def test_bytes_of_another_encoding_are_shown_as_numbers() -> None:
    text = message(HEAD) + b"OBX|1|ST|CAP||\xd1\xf4\xd0\xd4\r"
    (found,) = profile("hl7_oru").read(Envelope(text, 0), ITEMS)
    assert "\\xd1\\xf4" in found.extra["value_text"]
    (found,) = profile("hl7_oru").read(Envelope(text, 0), {**ITEMS, "encoding": "gb18030"})
    assert found.call == "positive"
