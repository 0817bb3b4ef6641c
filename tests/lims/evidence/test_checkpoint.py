"""A log's head as text: three lines, and one spelling."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.evidence.checkpoint import Checkpoint, parse

ROOT = base64.b64encode(bytes(range(32))).decode()
ORIGINS = some.text(min_size=1, max_size=20).filter(lambda text: "\n" not in text)


@given(ORIGINS, some.integers(0, 2**60), some.binary(min_size=32, max_size=32))
def test_a_head_is_read_back(origin: str, size: int, root: bytes) -> None:
    head = Checkpoint(origin, size, root)
    assert parse(head.text()) == head
    assert parse(head.text() + "\n— signer abcd\n") == head
    assert head.text().count("\n") == 3


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "LJ", "LJ\n5", f"\n5\n{ROOT}\n", f"LJ\n\n{ROOT}\n", f"LJ\n-1\n{ROOT}\n", f"LJ\n05\n{ROOT}\n",
        f"LJ\n+5\n{ROOT}\n", f"LJ\n5.0\n{ROOT}\n", f"LJ\n٥\n{ROOT}\n", f"LJ\n1_0\n{ROOT}\n", f"LJ\n 5\n{ROOT}\n",
        f"LJ\n{'9' * 5000}\n{ROOT}\n", "LJ\n5\n\n", f"LJ\n5\n{ROOT[:-1]}\n", f"LJ\n5\n{ROOT}=\n", f"LJ\n5\n{ROOT} \n",
        f"LJ\n5\n{ROOT[:-2]}9=\n", f"LJ\r\n5\r\n{ROOT}\r\n", f"LJ\n5\nä{ROOT[1:]}\n",
        f"LJ\n5\n{base64.b64encode(bytes(31)).decode()}\n", f"LJ\n5\n{base64.b64encode(bytes(33)).decode()}\n",
        f"LJ\n5\n{base64.urlsafe_b64encode(bytes([255]) * 32).decode()}\n",
    ],
    ids=lambda text: repr(text[:24]),
)  # fmt: skip
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"checkpoint\.form"):
        parse(text)


@given(some.text(max_size=60))
def test_any_text_is_a_head_or_refused(text: str) -> None:
    try:
        head = parse(text)
    except Invalid:
        return
    assert text.startswith(head.text().rstrip("\n"))
