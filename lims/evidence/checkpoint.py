"""A log's head in a few characters: origin, size and root, as it is printed on a slip."""

import base64
from dataclasses import dataclass

from lims.errors import Invalid


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log had come to: its origin, its number of entries and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the unsigned body of the C2SP checkpoint form: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """Read a checkpoint's three lines.

    Raises:
        Invalid: when a line is missing, the size is no count, the root is not 32 bytes of base64, or any of
            them is spelled otherwise than `Checkpoint.text` spells it.
    """
    lines = text.split("\n")
    try:
        found = Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    except (IndexError, ValueError):
        raise Invalid("checkpoint.form") from None
    said = "\n".join((*lines[:3], ""))
    if not found.origin or found.size < 0 or len(found.root) != 32 or found.text() != said:
        raise Invalid("checkpoint.form")
    return found
