"""The computer's clock set wrong, as the laboratory reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from lims import clock


class Shifted(datetime):
    """The system's time, so much too late."""

    shift = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moment = datetime.now(tz or UTC) + cls.shift
        return cls.fromtimestamp(moment.timestamp(), tz or UTC)


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock be wrong by so much for the length of a `with` block."""
    Shifted.shift = by
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "datetime", Shifted)
        yield
