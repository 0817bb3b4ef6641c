"""Where the control line C and the test line T lie in a strip's brightness curve, and how deep they are.

A line on the strip is dark, so it is a valley of the curve. Two ways are known from hosts of card readers:
short curves (90 points, first boards) are smoothed by a trailing average and searched by the signs of ten slopes;
long curves need a baseline, because the light falls off along the strip. A camera's rows are searched by the area
between a chord of fifteen points and the curve under it, in each half.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

SHORT = 150  # curves with fewer points are of the first boards' kind
FRONT, BACK = 25, 20  # points of a short curve before the strip and behind it
AVERAGE = 10
SLOPE_WITHIN = 7  # points behind its bottom within which a valley is said to end
ONLY_C_BEFORE = 24  # a lone valley that ends before this point of the kept part is C, else T
LONG_FRONT, LONG_BACK = 50, 60
LONG_AVERAGE = 7
LONG_REACH = 30  # points to each side in which the shoulders of a long curve's valley are looked for
LEAST_DEPTH = 30  # of a long curve's valley, in units of the sensor
LINES_APART = 35  # least distance of C and T in a long curve, in points
CHORD = 15  # points of a camera's curve that a line may take


@dataclass(frozen=True, slots=True)
class Valley:
    """A valley: the index of the darkest raw point, and the height of each shoulder above the smoothed bottom.

    Heights are in the sensor's units, exact: tenths in short curves, sevenths rounded to four places in long ones.
    """

    index: int
    left: Decimal
    right: Decimal
    end: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines found, each with its height; None where no valley stands in the place of that line."""

    c_index: int | None = None
    c_height: Decimal | None = None
    t_index: int | None = None
    t_height: Decimal | None = None


def lines(samples: Sequence[int]) -> Lines:
    """Find C and T in a curve of any length; a curve too short to hold a strip has neither."""
    return _short_lines(samples) if len(samples) < SHORT else _long_lines(samples)


def _short_lines(samples: Sequence[int]) -> Lines:
    """C is measured from the shoulder behind it and T from the one before it: the ground between both lines."""
    valleys = _short_valleys(samples)
    if not valleys:
        return Lines()
    first = valleys[0]
    if len(valleys) == 1 and first.end - FRONT >= ONLY_C_BEFORE:
        return Lines(t_index=first.index, t_height=first.left)
    if len(valleys) == 1:
        return Lines(c_index=first.index, c_height=first.right)
    second = valleys[1]
    return Lines(first.index, first.right, second.index, second.left)


def _short_valleys(samples: Sequence[int]) -> list[Valley]:
    tenfold = [
        AVERAGE * samples[i] if i < AVERAGE - 1 else sum(samples[i - AVERAGE + 1 : i + 1])
        for i in range(len(samples))
    ]
    last = len(samples) - BACK
    found: list[Valley] = []
    bottoms = [i for i in range(FRONT + 5, last - 5) if _turns_up(tenfold, i)]
    for bottom in _lowest_of_each_group(tenfold, bottoms):
        start, end = _climb(tenfold, bottom, -1, FRONT), _climb(tenfold, bottom, 1, last - 1)
        window = range(bottom - AVERAGE + 1, bottom + 1)
        found.append(
            Valley(
                index=min(window, key=lambda i: samples[i]),
                left=Decimal(tenfold[start] - tenfold[bottom]) / AVERAGE,
                right=Decimal(tenfold[end] - tenfold[bottom]) / AVERAGE,
                end=min(end, bottom + SLOPE_WITHIN),
            )
        )
    return found


def _turns_up(curve: Sequence[int], at: int) -> bool:
    """Nine of the ten slopes around a bottom have the sign they should: five falling, then five rising."""
    falling = sum(curve[i] > curve[i + 1] for i in range(at - 5, at))
    rising = sum(curve[i] < curve[i + 1] for i in range(at, at + 5))
    return falling + rising >= 9


def _lowest_of_each_group(curve: Sequence[int], bottoms: Sequence[int]) -> list[int]:
    groups: list[list[int]] = []
    for at in bottoms:
        if groups and at - groups[-1][-1] <= 2:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [min(group, key=lambda i: curve[i]) for group in groups]


def _climb(curve: Sequence[int], at: int, step: int, limit: int) -> int:
    """Walk up from a bottom to the shoulder, over a dent of two points at most."""
    while at != limit:
        ahead = [at + step * k for k in (1, 2, 3) if (limit - at - step * k) * step >= 0]
        higher = [i for i in ahead if curve[i] > curve[at]]
        if not higher:
            return at
        at = higher[0]
    return at


def _long_lines(samples: Sequence[int]) -> Lines:
    """The deepest valley of each half, measured from the line between its two shoulders."""
    half = LONG_AVERAGE // 2
    smooth = [
        Decimal(sum(samples[max(0, i - half) : i + half + 1])) / len(samples[max(0, i - half) : i + half + 1])
        for i in range(len(samples))
    ]
    kept = range(LONG_FRONT, len(samples) - LONG_BACK)
    depths = {i: _depth(smooth, i, kept) for i in kept}
    noise = median(abs(samples[i] - smooth[i]) for i in kept) if kept else Decimal(0)
    least = max(Decimal(LEAST_DEPTH), 6 * noise)
    bottoms = [i for i in kept if depths[i] > least and smooth[i] == min(smooth[max(0, i - 6) : i + 7])]
    middle = len(samples) // 2
    c = max((i for i in bottoms if i < middle), key=lambda i: depths[i], default=None)
    t = max(
        (i for i in bottoms if i >= middle and (c is None or i - c > LINES_APART)),
        key=lambda i: depths[i],
        default=None,
    )
    return Lines(c, None if c is None else round(depths[c], 4), t, None if t is None else round(depths[t], 4))


def _depth(smooth: Sequence[Decimal], at: int, kept: range) -> Decimal:
    left = max(range(max(kept.start, at - LONG_REACH), at + 1), key=lambda i: smooth[i])
    right = max(range(at, min(kept.stop, at + LONG_REACH + 1)), key=lambda i: smooth[i])
    if left == right:
        return Decimal(0)
    ground = smooth[left] + (smooth[right] - smooth[left]) * (at - left) / (right - left)
    return ground - smooth[at]


def camera_lines(rows: Sequence[Decimal]) -> Lines:
    """Find C in the first half of a camera's rows and T in the second: the greatest area under a chord of 15 rows.

    A half whose chords all lie under the curve has no line. Heights are areas, in gray values times rows; a line
    stands where the curve is farthest under its chord.
    """
    depths = [_under_chord(rows[at : at + CHORD]) for at in range(len(rows) - CHORD + 1)]
    middle = len(rows) // 2 - CHORD // 2
    c, t = (_greatest(depths, half) for half in (range(middle), range(max(middle, 0), len(depths))))
    return Lines(*c, *t)


def _greatest(depths: Sequence[Sequence[Decimal]], half: range) -> tuple[int | None, Decimal | None]:
    at = max((i for i in half if i < len(depths)), key=lambda i: sum(depths[i]), default=None)
    if at is None or sum(depths[at]) <= 0:
        return None, None
    return at + max(range(CHORD), key=lambda k: depths[at][k]), round(sum(depths[at], Decimal(0)), 4)


def _under_chord(rows: Sequence[Decimal]) -> list[Decimal]:
    first, step = rows[0], (rows[-1] - rows[0]) / (CHORD - 1)
    return [first + step * at - row for at, row in enumerate(rows)]
