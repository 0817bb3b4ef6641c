"""A figure that somebody wrote."""

from decimal import Decimal, InvalidOperation


def number(text: str) -> Decimal | None:
    """Return a text as a finite number, exactly, or None."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
