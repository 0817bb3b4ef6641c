from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken
from protocols.scan import Found, Lost, Scanner, requests
from protocols.transcript import cut


def triples(data: bytearray, offset: int) -> Found[str] | Lost | None:
    """`(xy)` is a piece, a blank is nothing, `!` begins four bytes that are broken."""
    if data[:1] == b" ":
        return Found(1, None)
    if data[:1] == b"!":
        return Lost("content", f"at {offset}", 4)
    if data[:1] != b"(":
        return Lost()
    if len(data) < 4:
        return None
    return Found(4, bytes(data[1:3]).decode("latin-1")) if data[3:4] == b")" else Lost("end", "no bracket", 4)


def scanned(data: bytes, places: list[int]) -> list[str | Broken]:
    scanner = Scanner(triples)
    events = [event for piece in cut(data, places) for event in scanner.receive(piece, 0.0)]
    while scanner.deadline is not None:
        events += scanner.expire(scanner.deadline)
    assert scanner.idle
    assert scanner.offset == len(data)
    return events


@given(st.lists(st.integers(0, 30)))
def test_any_cut_gives_the_same_pieces_and_losses(places: list[int]) -> None:
    assert scanned(b"x (ab) (cd)!xyz(ef(gh)(i", places) == [
        Broken(0, b"x ", "noise"),
        "ab",
        "cd",
        Broken(11, b"!xyz", "content", "at 11"),
        Broken(15, b"(ef", "end", "no bracket"),
        "gh",
        Broken(22, b"(i", "timeout", "the record stopped half-way"),
    ]


@given(st.binary(max_size=60))
def test_no_byte_vanishes(data: bytes) -> None:
    clean = data.replace(b" ", b"")
    pieces = scanned(clean, [])
    assert sum(len(one.data) if isinstance(one, Broken) else 4 for one in pieces) == len(clean)


def test_nothing_lapses_before_its_time() -> None:
    scanner = Scanner(triples, timeout=2.0)
    assert scanner.receive(b"(a", 1.0) == scanner.receive(b"", 1.5) == []
    assert (scanner.deadline, scanner.expire(2.9), scanner.receive(b"b)", 2.95)) == (3.0, [], ["ab"])


def test_a_device_knows_its_requests() -> None:
    rule = requests({b"AB": "one", b"C": "two"})
    scanner: Scanner[str] = Scanner(rule)
    assert scanner.receive(b"ABxCA", 0.0) == ["one", Broken(2, b"x", "noise"), "two"]
    assert scanner.receive(b"B", 0.0) == ["one"]
