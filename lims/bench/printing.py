"""Bytes to a label printer on a serial port or on the network."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from drivers.errors import LinkLost
from drivers.links import serial, tcp
from drivers.links.link import Link
from drivers.profile import Serial
from lims.errors import Invalid, NotFound

RAW_PORT = 9100
"""Where a network printer takes its language as it is."""

_NETWORK = re.compile(r"tcp:([^:]+)(?::([0-9]{1,5}))?|([^:/\\]+):([0-9]{1,5})")


def _open(address: str, baud: int) -> Link:
    found = _NETWORK.fullmatch(address)
    if found is None:
        if not address.strip():
            raise Invalid("label.port", port=address)
        return serial.SerialLink(address.removeprefix("serial:"), Serial(baud=baud))
    host, port = found[1] or found[3], int(found[2] or found[4] or RAW_PORT)
    if port > 65535:
        raise Invalid("label.port", port=address)
    return tcp.call(host, port, threading.Event())


@contextmanager
def line(address: str, baud: int = 9600, *, lost: str = "label.printer") -> Iterator[Link]:
    """Open the line to a printer for the length of a `with` block.

    Args:
        address: `COM3`, `/dev/ttyUSB0`, `serial:NAME`; `HOST:PORT`, `tcp:HOST` (port 9100) or `tcp:HOST:PORT`.
        baud: of a serial line, which has eight bits and no parity.
        lost: code of the error when nobody is there.

    Raises:
        NotFound: nobody is there, or the line broke while it was sent.
        Invalid: no such address.
    """
    try:
        link = _open(address, baud)
        try:
            yield link
        finally:
            link.close()
    except LinkLost as fault:
        raise NotFound(lost, port=address, reason=fault.values.get("reason", fault.code)) from fault


@contextmanager
def printer(address: str, baud: int = 9600) -> Iterator[Callable[[bytes], None]]:
    """Open the line to a label printer, as `line` does, and hand over what sends to it."""
    with line(address, baud) as link:
        yield link.write
        with suppress(LinkLost):  # a status left unread would make the system drop what was sent
            link.read(0.1)
