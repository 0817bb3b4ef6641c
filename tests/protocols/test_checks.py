import pytest

from protocols import checks
from protocols.checks import astm_sum, crc8_31, crc16_modbus, lrc, sum8, xor8

NINE = b"123456789"


def test_the_usual_check_string() -> None:
    assert crc8_31(NINE) == 0xA2
    assert crc16_modbus(NINE) == 0x4B37
    assert sum8(NINE) == 0xDD
    assert xor8(NINE) == 0x31
    assert lrc(NINE) == 0x23
    assert astm_sum(NINE) == b"DD"


@pytest.mark.parametrize(
    ("covered", "check"),
    [
        ("15 00 00", 0xCB),
        ("1A 00 00", 0x7A),
        ("20 00 00", 0x79),
        ("00 02 00 00 00", 0x07),
        ("01 01 00 FF", 0x71),
        ("15 04 00 FF 00 00 00", 0x2B),
        ("15 04 00 FF FF FF FF", 0x4D),
        ("11 01 00 01", 0xD4),
        ("11 01 00 02", 0x87),
        ("11 01 00 03", 0xB6),
        ("02 04 00 FF 02 10 10", 0xF8),
        ("14 00 00", 0x8D),
        ("16 00 00", 0x01),
    ],
)
def test_crc8_of_published_frames(covered: str, check: int) -> None:
    assert crc8_31(bytes.fromhex(covered)) == check


@pytest.mark.parametrize(
    ("covered", "check"),
    [
        ("15 00 00", 0x15),
        ("11 01 00 32", 0x44),
        ("11 02 00 01 32", 0x46),
        ("14 00 01 01", 0x16),
        ("14 00 00", 0x14),
    ],
)
def test_sum8_of_published_frames(covered: str, check: int) -> None:
    assert sum8(bytes.fromhex(covered)) == check


def test_crc16_of_the_frying_oil_meter() -> None:
    assert crc16_modbus(bytes.fromhex("01 65 00 00 00 01")).to_bytes(2, "little").hex() == "8c02"
    assert crc16_modbus(bytes.fromhex("01 65 00 01 00 01")).to_bytes(2, "little").hex() == "ddc2"


def test_xor_of_the_record_download_header() -> None:
    header = bytes.fromhex("03 FF 20 00 00 00 00 00 08 00")
    assert xor8(header) == 0xD4
    assert xor8(b"DEVICE??") == 0x18


def test_lrc_of_the_meat_moisture_meter() -> None:
    assert b"%02X" % lrc(b"R190801190831") == b"45"
    assert b"%02X" % lrc(b"S190807103144") == b"47"


@pytest.mark.parametrize("one", [crc8_31, crc16_modbus, sum8, xor8, lrc])
def test_nothing_has_a_check_too(one: object) -> None:
    assert callable(one)
    assert one(b"") == (0xFFFF if one is checks.crc16_modbus else 0)
