"""Check sums of the wires, each one a pure function over the bytes that it covers."""

from collections.abc import Iterable


def _crc8_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31) & 0xFF if crc & 0x80 else crc << 1
        table.append(crc)
    return tuple(table)


def _crc16_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_CRC8 = _crc8_table()
_CRC16 = _crc16_table()


def crc8_31(data: Iterable[int]) -> int:
    """CRC-8, polynomial 31h, initial 00, most significant bit first: the 7E family; `123456789` gives A2h."""
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def crc16_modbus(data: Iterable[int]) -> int:
    """CRC-16/MODBUS, sent low byte first on the wire; `123456789` gives 4B37h."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC16[(crc ^ byte) & 0xFF]
    return crc


def sum8(data: Iterable[int]) -> int:
    """Sum of the bytes modulo 256."""
    return sum(data) & 0xFF


def xor8(data: Iterable[int]) -> int:
    """Exclusive or of the bytes."""
    result = 0
    for byte in data:
        result ^= byte
    return result


def lrc(data: Iterable[int]) -> int:
    """Two's complement of the sum modulo 256, as Modbus ASCII and the meat-moisture meters use it."""
    return -sum(data) & 0xFF


def astm_sum(data: Iterable[int]) -> bytes:
    """Sum modulo 256 as two upper-case hex digits: ASTM E1381, frame number to ETB or ETX inclusive."""
    return b"%02X" % sum8(data)
