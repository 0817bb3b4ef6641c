"""The county's boundary file (GeoJSON): outlines of townships, and which of them are the laboratory's own.

Coordinates are longitude and latitude in degrees, as RFC 7946 has them; any datum will do, for the map is drawn, not
measured. A township may have several outlines (islands).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lims.errors import Invalid

LARGEST = 30_000_000
"""Bytes of a file that is read; a county's townships take a tenth of it."""
_CODES = ("code", "adcode", "id", "XZQDM", "town_code", "PAC")
_NAMES = ("name", "NAME", "XZQMC", "town", "乡镇", "名称")
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One feature: its name and code as the file has them, and every ring of its outline, holes too."""

    name: str
    code: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What was found of each township: its shapes by its code; shapes of nobody, townships without a shape."""

    shapes: Mapping[str, tuple[Shape, ...]]
    unmatched: tuple[str, ...]
    without: tuple[str, ...]


def read(data: bytes) -> tuple[Shape, ...]:
    """Return the shapes of a file.

    Raises:
        Invalid: it is too large, no GeoJSON, holds no outline, or one whose coordinates are no degrees.
    """
    if len(data) > LARGEST:
        raise Invalid("boundary.large", megabytes=LARGEST // 1_000_000)
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid("boundary.json") from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise Invalid("boundary.none")
    return tuple(_shape(at, one) for at, one in enumerate(features, start=1))


def _shape(at: int, feature: object) -> Shape:
    row: dict[str, Any] = feature if isinstance(feature, dict) else {}
    told = row.get("properties")
    said: dict[str, Any] = told if isinstance(told, dict) else {}
    name, code = _first(said, _NAMES), _first({**said, "id": said.get("id", row.get("id"))}, _CODES)
    try:
        rings = tuple(_rings(row["geometry"]))
    except (KeyError, TypeError, ValueError, IndexError):
        raise Invalid("boundary.geometry", at=at, name=name or code or "?") from None
    if not rings:
        raise Invalid("boundary.geometry", at=at, name=name or code or "?")
    return Shape(name, code, rings)


def _first(said: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(said[name]).strip() for name in names if said.get(name) not in (None, "")), "")


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    coordinates = geometry["coordinates"]
    several = {"Polygon": [coordinates], "MultiPolygon": coordinates}[geometry["type"]]
    for polygon in several:
        for ring in polygon:
            points = tuple((float(point[0]), float(point[1])) for point in ring)
            sound = all(math.isfinite(x) and abs(x) <= 180 and abs(y) <= 90 for x, y in points)
            if len(points) < 4 or not sound:
                raise ValueError(geometry["type"])
            yield points


def placed(shapes: Sequence[Shape], towns: Mapping[str, str]) -> Placed:
    """Say which shape is which township, by its code (of nine digits or more) or else by its whole name.

    Args:
        shapes: of the file.
        towns: names by their codes.
    """
    by_name = {name: code for code, name in towns.items()}
    found: dict[str, list[Shape]] = {}
    strangers = []
    for shape in shapes:
        code = shape.code[:9] if shape.code[:9] in towns else by_name.get(shape.name, "")
        if code:
            found.setdefault(code, []).append(shape)
        else:
            strangers.append(shape.name or shape.code or "?")
    without = tuple(name for code, name in towns.items() if code not in found)
    return Placed({code: tuple(of) for code, of in found.items()}, tuple(strangers), without)
