"""Whether a Modbus device is there: one register is read, which changes nothing, and any well-formed answer will do.

An exception (no such register, no such function) is an answer too. Source: the public Modbus application protocol and
serial line specifications.
"""

from protocols.checks import crc16_modbus

UNIT, READ = 1, 3
_PDU = bytes((READ, 0, 0, 0, 1))  # address 0, one register
_HEAD = b"\0\1\0\0\0"


def rtu() -> bytes:
    """Return the request on a serial line."""
    asked = bytes((UNIT,)) + _PDU
    return asked + crc16_modbus(asked).to_bytes(2, "little")


def tcp() -> bytes:
    """Return the request on a TCP connection."""
    return _HEAD + bytes((1 + len(_PDU), UNIT)) + _PDU


def answers_rtu(said: bytes) -> bool:
    """Tell whether bytes from a serial line are the whole answer; an adapter may echo the request before it."""
    said = said.removeprefix(rtu())
    body, check = said[:-2], said[-2:]
    return _pdu(body[1:]) and body[:1] == bytes((UNIT,)) and crc16_modbus(body).to_bytes(2, "little") == check


def answers_tcp(said: bytes) -> bool:
    """Tell whether bytes from a TCP connection are the whole answer."""
    length = len(said) - 6
    return said[:5] == _HEAD and length > 1 and said[5] == length and said[6] == UNIT and _pdu(said[7:])


def _pdu(pdu: bytes) -> bool:
    if len(pdu) == 2:
        return pdu[0] == READ | 0x80
    return len(pdu) == 4 and pdu[:2] == bytes((READ, 2))
