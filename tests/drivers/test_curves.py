"""The lines of a strip are found where they are, and nothing is found where nothing is."""

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.curves import Lines, lines

E4 = bytes.fromhex(
    "FF222E26ED28712B952D3B2F3F30AC30C930CA30DB30F330B530DF2F9E2E692D912CFA2BA72B752B442B2B2B352B502B"
    "502B452B1F2B8A2A6829D62701266824A223D6231125E0269028D829B42A332B6C2B832B902B902B572BCF2AE0297D28"
    "D02638251424F123EC2482263F28A9296B2AD02A262B652B982BDE2B3D2CB82C5F2D112EBC2EBC2FF531BB36A93DDD43"
    "9F468544AB3DA434F62CAC276B23591F5B1B44171513060F500B5008E605E903A9020A02"
)
CAPTURED = tuple(int.from_bytes(E4[i : i + 2], "little") for i in range(0, len(E4), 2))


def curve(
    points: int, dips: Sequence[tuple[float, float]], slope: float = 0.0, width: float = 5.0
) -> list[int]:
    def at(i: int) -> float:
        return (
            11000 + slope * i - sum(depth * math.exp(-(((i - place) / width) ** 2)) for place, depth in dips)
        )

    return [round(at(i)) for i in range(points)]


def test_the_captured_scan_has_both_lines() -> None:
    assert len(CAPTURED) == 90
    found = lines(CAPTURED)
    assert (found.c_index, found.t_index) == (32, 51)
    assert (found.c_height, found.t_height) == (Decimal("1135.6"), Decimal("1077.2"))


@pytest.mark.parametrize(("points", "c", "t", "width"), [(90, 32, 51, 3.0), (320, 120, 200, 5.0)])
def test_both_lines_of_a_made_curve(points: int, c: int, t: int, width: float) -> None:
    found = lines(curve(points, [(c, 2000), (t, 1000)], width=width))
    assert found.c_height is not None
    assert found.t_height is not None
    assert (found.c_index, found.t_index) == (c, t)
    assert abs(found.t_height / found.c_height - Decimal("0.5")) < Decimal("0.03")


@pytest.mark.parametrize(("points", "place"), [(90, 32), (320, 120)])
def test_a_lone_line_in_front_is_the_control(points: int, place: int) -> None:
    found = lines(curve(points, [(place, 1500)]))
    assert found.c_index == place
    assert (found.t_index, found.t_height) == (None, None)


@pytest.mark.parametrize(("points", "place"), [(90, 51), (320, 220)])
def test_a_lone_line_behind_is_never_taken_for_the_control(points: int, place: int) -> None:
    found = lines(curve(points, [(place, 1500)]))
    assert found.t_index == place
    assert (found.c_index, found.c_height) == (None, None)


def test_the_fall_of_light_along_a_long_strip_is_no_line() -> None:
    assert lines(curve(320, [], slope=-9)) == Lines()


@pytest.mark.parametrize("samples", [[], [5], [9000] * 44, [9000] * 90, [9000] * 400, list(range(300))])
def test_nothing_is_found_in_nothing(samples: list[int]) -> None:
    assert lines(samples) == Lines()


@settings(max_examples=60)
@given(st.lists(st.integers(0, 65535), max_size=260))
def test_any_curve_is_answered_and_every_line_has_a_height(samples: list[int]) -> None:
    found = lines(samples)
    assert (found.c_index is None) == (found.c_height is None)
    assert (found.t_index is None) == (found.t_height is None)
    assert found.c_height is None or found.c_height >= 0
