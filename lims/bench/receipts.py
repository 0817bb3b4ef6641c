"""A slip to a receipt printer: asked first whether it can print, asked again when all was sent."""

import time
from collections.abc import Iterator

from drivers.links.link import Link
from lims.bench import printing
from lims.door import Lims
from lims.errors import NotFound
from lims.queries import slips
from lims.reports import receipt
from lims.services.printing import Destination, carry
from protocols import escpos
from protocols.codec import ProtocolError

PATIENCE = 1.0
"""Seconds for a status; a printer that never answers is one that cannot."""
ASKED_AGAIN = 10
"""Times the status is asked for after all was sent; one that says good so often has taken everything."""
BAUD = 9600
CHUNK = 2048
"""Bytes written at once: two seconds of a slow serial line, which must take each piece within five."""


def send(lims: Lims, slip: str, to: Destination, language: str, *, reason: str = "") -> str:
    """Print a slip on paper of 58 mm and return the id of the fact; it blocks.

    Raises:
        NotFound: no printer there, it cannot print, or it went away in the middle; the slip waits to be printed.
        RuleBroken: it was printed before and no reason is given.
    """
    found = lims.ask(slips.slip, slip)
    data = receipt.render(receipt.draw(found.content, found.seal, language))
    return carry(lims, found.id, to, lambda: put(data, to.printer), reason=reason)


def put(data: bytes, address: str, patience: float = PATIENCE) -> None:
    """Send bytes to a receipt printer and see, where it answers, that it took them all.

    Args:
        data: in ESC/POS.
        address: as `lims.bench.printing.line` takes it; a serial port may end in `@` and its speed.
        patience: seconds for each status.

    Raises:
        NotFound: nobody is there, cover or paper keep it from printing, or it went away in the middle.
    """
    name, _, baud = address.partition("@")
    with printing.line(name, int(baud) if baud.isdigit() else BAUD, lost="receipt.lost") as link:
        talks = _ready(link, address, patience)
        for at in range(0, len(data), CHUNK):
            link.write(data[at : at + CHUNK])
        if talks:
            _finish(link, address, patience)


def _ready(link: Link, address: str, patience: float) -> bool:
    """Ask for the status; tell whether it answered at all."""
    answers: list[int] = []
    for ask in (escpos.ASK_OFFLINE, escpos.ASK_PAPER):
        link.write(ask)
        answers += list(_bytes(link, patience))[:1]
    if len(answers) < 2:
        return False
    _complain(answers[0], answers[1], address)
    return True


def _finish(link: Link, address: str, patience: float) -> None:
    link.write(escpos.ASK_DONE)
    silent = 0
    for _ in range(ASKED_AGAIN):
        answers = list(_bytes(link, patience))
        if any(map(escpos.done, answers)):
            return
        for answer in answers:
            _complain(escpos.GOOD, answer, address)
        silent = 0 if answers else silent + 1
        if silent > 2:
            raise NotFound("receipt.silent", port=address)
        link.write(escpos.ASK_PAPER)


def _bytes(link: Link, patience: float) -> Iterator[int]:
    """Yield what comes at once or within the patience."""
    end = time.monotonic() + patience
    while (left := end - time.monotonic()) > 0:
        if data := link.read(left):
            yield from data
            return


def _complain(offline: int, paper: int, address: str) -> None:
    try:
        trouble = escpos.trouble(offline, paper)
    except ProtocolError:
        return
    if trouble == "cover":
        raise NotFound("receipt.cover", port=address)
    if trouble == "paper":
        raise NotFound("receipt.paper", port=address)
    if trouble:
        raise NotFound("receipt.error", port=address)
