"""ESC/POS, the language of receipt printers: pictures as dots outward, and the status that a printer answers.

Known from Epson's command reference; printers of 58 mm by other makers take the same commands. Everything on the
paper is a picture of one bit a dot, so that no printer needs a font, and no text can become a command.
"""

from protocols.codec import ProtocolError
from protocols.labels import Picture

WIDE = 384
"""Dots across paper of 58 mm: 48 mm at 8 dots a millimetre."""
BAND = 128
"""Rows sent at once: small printers have little memory."""

INIT = b"\x1b@"
FEED = b"\x1bd\x04"
"""Four lines, so that the last row passes the edge where paper is torn."""
CUT = b"\x1dVB\x00"
"""Cuts partly where there is a cutter; a printer without one lets it pass."""

ASK_DONE = b"\x1dr\x01"
"""GS r 1: answered in its turn, when all before it has been taken."""
ASK_OFFLINE = b"\x10\x04\x02"
"""DLE EOT 2: why it is offline."""
ASK_PAPER = b"\x10\x04\x04"
"""DLE EOT 4: the paper's sensors."""
GOOD = 0x12
"""A status with nothing to tell; its bits are always so: 0xx1xx10."""
_FIXED = 0x93
_COVER, _STOPPED, _BROKEN, _NO_PAPER = 0x04, 0x20, 0x40, 0x60


def paper(picture: Picture) -> bytes:
    """Return the commands that print one picture and leave the paper to be torn.

    Raises:
        ProtocolError: the picture is empty, wider than the paper, or holds other than its rows of dots.
    """
    if not 0 < picture.width <= WIDE or picture.height <= 0:
        raise ProtocolError(f"{picture.width} x {picture.height} dots do not fit {WIDE} across")
    if len(picture.dots) != picture.row * picture.height:
        raise ProtocolError("rows and dots do not match")
    bands = (_band(picture, top) for top in range(0, picture.height, BAND))
    return b"".join([INIT, *bands, FEED, CUT])


def _band(picture: Picture, top: int) -> bytes:
    rows = min(BAND, picture.height - top)
    head = b"\x1dv0\x00" + picture.row.to_bytes(2, "little") + rows.to_bytes(2, "little")
    return head + picture.dots[top * picture.row : (top + rows) * picture.row]


def done(answer: int) -> bool:
    """Tell whether a byte answers `ASK_DONE`: its fixed bits are 0xx0xx00."""
    return answer & _FIXED == 0


def trouble(offline: int, paper_end: int) -> str:
    """Return what keeps a printer from printing: `cover`, `paper`, `error`, or nothing.

    Args:
        offline: what it answered to `ASK_OFFLINE`.
        paper_end: what it answered to `ASK_PAPER`.

    Raises:
        ProtocolError: one of them is no status.
    """
    for status in (offline, paper_end):
        if status & _FIXED != GOOD:
            raise ProtocolError(f"0x{status:02X} is no status")
    if offline & _COVER:
        return "cover"
    if offline & _STOPPED or paper_end & _NO_PAPER:
        return "paper"
    return "error" if offline & _BROKEN else ""
