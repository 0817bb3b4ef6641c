"""What a photometer board sees: the light behind every hole, LED by LED, with the dark current where it sends one."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Hole:
    """The light of one hole in the board's own units, one value for each LED in the board's order."""

    lights: tuple[Decimal, ...]
    dark: Decimal | None = None

    def net(self, led: int) -> Decimal:
        """The light of one LED less the dark current; below zero stands as it is."""
        return self.lights[led] - (self.dark or 0)


@dataclass(frozen=True, slots=True)
class Lights:
    """One look at all holes.

    Attributes:
        holes: in the board's order.
        raw: the bytes that said it.
        offset: where they stand in the stream.
        lenient: True where the check was not the board's own.
        checked: False where this wire has no check that could have refused a wrong byte.
    """

    holes: tuple[Hole, ...]
    raw: bytes
    offset: int
    lenient: bool = False
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Colours:
    """Red, green and blue of every dry-chemistry card, 0 to 255 (or a mean of them)."""

    cards: tuple[tuple[Decimal, Decimal, Decimal], ...]
    offset: int
    lenient: bool = False
    checked: bool = True
