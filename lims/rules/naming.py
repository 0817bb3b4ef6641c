"""What a device calls an item or a food, and what the laboratory says it means."""

from collections.abc import Mapping

ITEM, SAMPLE = "item", "sample"
KINDS = (ITEM, SAMPLE)
CODES = ("code", "item_code", "item_number")
"""Where a reading keeps the item's code when its instrument knows no word for it."""


def said_item(item: str | None, extra: Mapping[str, str]) -> str:
    """Return what a device calls the item of a reading: its word, else its code, else nothing."""
    return item or next((extra[name] for name in CODES if extra.get(name)), "")
