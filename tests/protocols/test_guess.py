"""The likely shape of an unknown wire: lines and their separator, blocks, legibility, roles of columns."""

import pytest

from protocols.frames import CRC16, SUM8, XOR8, Check, FrameShape
from protocols.guess import guess, legible, roles

LINES = "R,1,豇豆,37.4,2026-08-07 10:31:44\r\nR,2,白菜,2.05,2026-08-07 10:32:00\r\nR,3"


@pytest.mark.parametrize(
    ("data", "shape", "encoding", "end", "separator", "count"),
    [
        (LINES.encode("gb18030"), "delimited", "gb18030", b"\r\n", ",", 2),
        (b"1;2.5\n2;3.5\n3;4.5\n", "delimited", "ascii", b"\n", ";", 3),
        (b"no  1   37.4\rno  2    2.0\r", "lines", "ascii", b"\r", "", 2),
    ],
)
def test_lines(data: bytes, shape: str, encoding: str, end: bytes, separator: str, count: int) -> None:
    found = guess(data)
    assert found is not None
    assert (found.shape, found.encoding, found.end, found.separator) == (shape, encoding, end, separator)
    assert len(found.rows) == count


def test_blocks_that_begin_alike_and_are_equally_long() -> None:
    found = guess(b"".join(b"\xaa\x55" + bytes((n, 200 + n, 0xF0, n * 3)) for n in range(1, 6)))
    assert found is not None
    assert (found.shape, found.start, found.length, len(found.rows)) == ("fixed", b"\xaa\x55", 6, 5)
    assert guess(bytes(range(128, 160))) is None
    assert guess(b"") is None


def test_headings_around_the_results_are_no_results() -> None:
    report = (
        "=== X9 REPORT ===\r\nCH;SAMPLE;RESULT\r\n"
        + "".join(f"{n};S{n};0.{n}\r\n" for n in range(1, 5))
        + "-- END --\r\n"
    )
    found = guess(report.encode())
    assert found is not None
    assert (found.shape, len(found.rows)) == ("delimited", 4)
    assert found.passes == ("=== X", "CH;SAMPLE;RESULT", "-- END --")
    columns = guess(b"Results\nNo   Value\n1    37.40\n2     2.05\n3    11.00\nchecked 2 of 3\n")
    assert columns is not None
    assert (columns.rows[0], columns.passes) == (("1    37.40",), ("Results", "No   Value", "checked "))


def test_blocks_of_one_length_begin_where_the_device_began_and_keep_their_check() -> None:
    plain = guess(b"".join(b"\x02" + bytes((n,)) + f"{n * 12:04d}".encode() + b"\x03" for n in range(1, 9)))
    assert plain is not None
    assert (plain.start, plain.length, plain.frame, len(plain.rows)) == (b"\x02", 7, None, 8)
    shape = FrameShape(b"\xaa\x55", SUM8, b"\x16", width=1, plus=5, head=3, least=5)
    sealed = guess(b"".join(shape.build(b"", bytes((n, 1, 100 + n))) for n in range(1, 7)))
    assert sealed is not None
    assert sealed.frame is not None
    assert (sealed.shape, sealed.frame.check, sealed.frame.ends, sealed.frame.plus) == (
        "fixed",
        SUM8,
        b"\x16",
        8,
    )


def test_roles_of_columns() -> None:
    found = guess(LINES.encode("gb18030"))
    assert found is not None
    named = roles(found.rows)
    assert named == [("", ""), ("position", ""), ("", ""), ("value", ""), ("time", "%Y-%m-%d %H:%M:%S")]
    assert roles([]) == []


def test_the_right_speed_is_the_legible_one() -> None:
    assert legible(b"37.4 %\r\n") == 1.0
    assert legible(bytes((0xFE, 0x00, 0x80))) == 0.0
    assert legible(b"") == 0.0


@pytest.mark.parametrize(
    ("check", "ends", "width"), [(SUM8, b"\x16", 1), (XOR8, b"", 2), (CRC16, b"\x0d", 2), (None, b"\x03", 1)]
)
def test_frames_that_say_their_length_with_their_check_and_end(
    check: Check | None, ends: bytes, width: int
) -> None:
    head, tail = 2 + width, (check.width if check else 0) + len(ends)
    shape = FrameShape(b"\xaa\x55", check, ends, order="big", width=width, length_at=2, plus=4, head=head,
                       least=head + tail)  # fmt: skip
    sent = [shape.build(b"", bytes((n, 200 - n, n * 37 % 256)) * (1 + n % 3)) for n in range(8)]
    found = guess(b"".join(sent))
    assert found is not None
    assert found.frame is not None
    told = (found.shape, found.frame.check, found.frame.ends, found.frame.covers_from if check else 1)
    assert told == ("framed", check, ends, 1)
    assert [bytes.fromhex(row[0]) for row in found.rows] == sent
