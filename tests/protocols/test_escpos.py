"""Receipts in ESC/POS: the very dots that were meant, in bands, and a status told from noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from protocols import escpos
from protocols.codec import ProtocolError
from protocols.labels import Picture
from tests.protocols.receipts import printed


def picture(width: int, height: int, dots: bytes) -> Picture:
    return Picture(0, 0, width, height, dots)


@given(st.integers(1, 48), st.integers(1, 300), st.randoms(use_true_random=False))
def test_the_dots_on_the_paper_are_the_dots_that_were_meant(row: int, height: int, dice: object) -> None:
    dots = dice.randbytes(row * height)  # type: ignore[attr-defined] # hypothesis' own Random
    paper = printed(escpos.paper(picture(8 * row, height, dots)))
    meant = Image.frombytes("1", (8 * row, height), dots).convert("L").point(lambda dot: 255 - dot)
    assert paper.image.crop((0, 0, 8 * row, height)).tobytes() == meant.tobytes()
    assert paper.cut == 1


@pytest.mark.parametrize(
    ("width", "height", "dots"), [(392, 1, bytes(49)), (0, 1, b""), (8, 0, b""), (8, 2, b"\x00")]
)
def test_what_does_not_fit_the_paper_is_refused(width: int, height: int, dots: bytes) -> None:
    with pytest.raises(ProtocolError):
        escpos.paper(picture(width, height, dots))


@pytest.mark.parametrize(
    ("offline", "paper", "says"),
    [(0x12, 0x12, ""), (0x16, 0x12, "cover"), (0x32, 0x72, "paper"), (0x12, 0x72, "paper"), (0x52, 0x12, "error"),
     (0x12, 0x1E, "")],
)  # fmt: skip
def test_a_status_says_what_keeps_it_from_printing(offline: int, paper: int, says: str) -> None:
    assert escpos.trouble(offline, paper) == says


def test_noise_is_no_status() -> None:
    with pytest.raises(ProtocolError, match="0xFF"):
        escpos.trouble(0x12, 0xFF)
