"""Column types that keep what was said: decimals as exact text, times as UTC text, objects as canonical text."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from lims.errors import Invalid
from lims.evidence.canonical import decode, encode

_WRITTEN = len("2026-11-27T02:00:00.000Z")


def time_text(value: datetime) -> str:
    """Return a moment as UTC, RFC 3339, milliseconds; a time without a zone is refused.

    Raises:
        Invalid: when the time has no zone.
    """
    if value.tzinfo is None:
        raise Invalid("time.zone", time=value.isoformat())
    utc = value.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_time(text: str) -> datetime:
    """Read back what `time_text` wrote.

    Raises:
        ValueError: it never wrote this.
    """
    if len(text) != _WRITTEN or text[-1] != "Z":
        raise ValueError(f"no time of the log: {text!r}")
    return datetime.fromisoformat(text)


class DecimalText(TypeDecorator[Decimal]):
    """A decimal kept as its exact text, so that 95.20 stays 95.20."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        return None if value is None else Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC with milliseconds, kept as text that sorts by time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        return None if value is None else time_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        return None if value is None else parse_time(value)


class JsonText(TypeDecorator[dict[str, Any]]):
    """An object of texts, kept as canonical JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        return None if value is None else encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002, D102 - SQLAlchemy's signature
        if value is None:
            return None
        found = decode(value.encode())
        assert isinstance(found, dict)  # noqa: S101 - only objects are ever bound
        return dict(found)
