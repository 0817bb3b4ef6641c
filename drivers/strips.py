"""What was found in a strip's curve, as texts beside the curve that the device said."""

from collections.abc import Sequence
from decimal import Decimal

from drivers.curves import Lines

PLACES = Decimal("0.0001")


def line_texts(found: Lines) -> dict[str, str]:
    """The computed lines; a test line that is not there is 0 high, a control line that is not there is missing."""
    texts: dict[str, str] = {}
    if found.t_height is None:
        texts |= {"t_missing": "true", "t_height": "0"}
    else:
        texts |= {"t_index": str(found.t_index), "t_height": f"{found.t_height:f}"}
    if found.c_height is None:
        return texts | {"c_missing": "true"}
    texts |= {"c_index": str(found.c_index), "c_height": f"{found.c_height:f}"}
    if found.c_height > 0:
        texts["t_over_c"] = f"{((found.t_height or Decimal(0)) / found.c_height).quantize(PLACES):f}"
    return texts


def curve_text(samples: Sequence[int | Decimal]) -> str:
    """A curve as one text, point by point, as readings and screens keep it."""
    return " ".join(f"{Decimal(one):f}" for one in samples)
