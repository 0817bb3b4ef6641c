from collections.abc import Callable, Iterable
from typing import Any

import pytest

from protocols.codec import Codec, run_out

Run = Callable[[Codec[Any], Iterable[bytes]], list[Any]]


def _run(codec: Codec[Any], pieces: Iterable[bytes]) -> list[Any]:
    events = [event for piece in pieces for event in codec.receive(piece, 0.0)]
    return events + run_out(codec)


@pytest.fixture(scope="session")
def run() -> Run:
    """Feed pieces at time 0, then let the clock run out."""
    return _run
