"""Text of the outside world made fit for the log: what may not stand there is written out, never dropped."""

import unicodedata


def visible(text: str | None) -> str | None:
    """Return NFC text with every control, surrogate and direction mark written as `<U+0007>`; None stays None."""
    if text is None:
        return None
    shown = "".join(f"<U+{ord(c):04X}>" if hidden(c) else c for c in text)
    return unicodedata.normalize("NFC", shown)


def hidden(character: str) -> bool:
    """Tell whether a character cannot be seen and may therefore not stand in the log."""
    if character in "\n\t":
        return False
    return (
        unicodedata.category(character) in {"Cc", "Cs"}
        or character in "\u061c\u200e\u200f"
        or ("\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069")
    )
