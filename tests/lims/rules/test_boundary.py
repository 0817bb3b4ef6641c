"""Boundary files: what is read of one, which township is which, and what is refused."""

import json

import pytest

from lims.errors import Invalid
from lims.rules import boundary

SQUARE = [[[119.5, 26.2], [119.6, 26.2], [119.6, 26.3], [119.5, 26.2]]]
TOWNS = {"350122100": "凤城镇", "350122101": "敖江镇", "350122102": "东岱镇"}


def feature(geometry: object, **properties: str) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def file(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def test_a_township_is_known_by_code_or_name_and_strangers_are_told() -> None:
    shapes = boundary.read(
        file(
            feature({"type": "Polygon", "coordinates": SQUARE}, code="350122100000"),
            feature({"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}, name="敖江镇"),
            feature({"type": "Polygon", "coordinates": SQUARE}, name="外县镇"),
        )
    )
    found = boundary.placed(shapes, TOWNS)
    assert {code: len(of[0].rings) for code, of in found.shapes.items()} == {"350122100": 1, "350122101": 2}
    assert (found.unmatched, found.without) == (("外县镇",), ("东岱镇",))


FAR = [[[500000.0, 2900000.0], [500100.0, 2900000.0], [500100.0, 2900100.0], [500000.0, 2900000.0]]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "boundary.json"),
        (b"[" * 100_000, "boundary.json"),
        (b"{}", "boundary.none"),
        (b'{"features": []}', "boundary.none"),
        (file("x"), "boundary.geometry"),
        (file(feature(None, name="凤城镇")), "boundary.geometry"),
        (file(feature({"type": "Point", "coordinates": [1, 2]})), "boundary.geometry"),
        (file(feature({"type": "Polygon", "coordinates": []})), "boundary.geometry"),
        (file(feature({"type": "Polygon", "coordinates": [[[1, 2]]]})), "boundary.geometry"),
        (file(feature({"type": "Polygon", "coordinates": FAR})), "boundary.geometry"),
        (b" " * (boundary.LARGEST + 1), "boundary.large"),
    ],
)
def test_what_is_no_boundary_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        boundary.read(data)
    assert refused.value.code == code
