"""The push of the DY-5800 (family L): `P`, fixed fields, `X`; 82 bytes a result, found by length.

Both letters also occur inside Chinese characters, so a frame must besides have digits where its date and time are.
"""

from dataclasses import dataclass

from protocols.exchange import Exchange, listen_only
from protocols.frames import Frame, FrameReader, FrameShape, Objection

SIZE = 82
_SIZES = {
    "hole": 3, "code": 7, "item": 20, "unit": 10, "unknown": 1, "value": 5, "absorbance": 5,
    "date": 6, "time": 4, "user": 9, "sample": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One result: its fields as bytes by name, and the position of its frame in the stream."""

    fields: dict[str, bytes]
    offset: int


def _digits(raw: bytes) -> Objection:
    when = raw[52:62]
    return None if when.isdigit() else ("content", f"{when!r} is no date and time in digits")


SHAPE = FrameShape(
    b"P", None, b"X", width=0, length_at=0, plus=SIZE, head=1, least=SIZE, most=SIZE, rule=_digits
)


def receiver() -> Exchange[Frame, Result]:
    """Host side: nothing can be asked."""
    return Exchange(FrameReader(SHAPE, timeout=2.0), lambda frame: (_result(frame),), listen_only)


def _result(frame: Frame) -> Result:
    fields: dict[str, bytes] = {}
    at = 0
    for name, size in _SIZES.items():
        fields[name] = frame.body[at : at + size]
        at += size
    return Result(fields, frame.offset)


def build(fields: dict[str, bytes]) -> bytes:
    """Make a frame; fields that are not given are empty."""
    return SHAPE.build(
        b"", b"".join(fields.get(name, b"")[:size].ljust(size, b"\0") for name, size in _SIZES.items())
    )
