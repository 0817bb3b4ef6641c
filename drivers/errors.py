"""What can go wrong between a port and its readings: a class for each reaction of a caller, codes and values."""

# ruff: noqa: N818 - these names are read aloud at the place that raises them: "raise LinkLost"

from types import MappingProxyType


class DriverError(Exception):
    """A fault with a stable `code` and the `values` that a sentence in any language needs to be exact."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, *(f"{name}={value}" for name, value in values.items()))
        self.code = code
        self.values: MappingProxyType[str, object] = MappingProxyType(values)


class LinkLost(DriverError):
    """The line is gone or could not be opened; the crew tries again after a pause."""


class Refused(DriverError):
    """The caller asked for what must not be done; nothing was done."""


class JournalFull(DriverError):
    """There is no room to write bytes down; nothing is acknowledged until there is."""


class JournalDead(DriverError):
    """The disk did not keep what it was given; this journal takes nothing more until the program starts anew."""
