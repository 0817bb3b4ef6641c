"""Readings of a photometer board: one look as the board said it, and an assay's figures as this program computed them.

In a reading of a look nothing is computed: it has no value, the lights stand in extra. In a reading of an assay the
lights of both windows are what the board said; T, A and delta A beside them are ours, with the formula's name.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.assay import FORMULAS, Done, Outcome, Point, State
from drivers.profile import Settings
from drivers.reading import Flag, Reading
from protocols.lights import Colours, Hole, Lights

WAVELENGTHS = (410, 536, 595, 620)
"""Nanometres of the LEDs in the order of the Dayuan boards, unless the setting `wavelengths` says otherwise."""
ITEM = "pesticide inhibition"


def wavelengths(settings: Settings) -> tuple[int, ...]:
    """The LEDs of a board in its own order, in nanometres."""
    return tuple(int(one) for one in settings.get("wavelengths", WAVELENGTHS))


def light_readings(look: Lights, settings: Settings, positions: Sequence[str]) -> list[Reading]:
    """One reading for each hole that is fitted; a board with fewer rows sends zeros for those it has not."""
    leds = wavelengths(settings)
    fitted = max((at + 1 for at, hole in enumerate(look.holes) if any(hole.lights)), default=0)
    flags = _doubts(lenient=look.lenient, checked=look.checked)
    return [
        Reading(position=name, flags=flags, extra=MappingProxyType(_lit(hole, leds, len(look.holes))))
        for name, hole in zip(positions, look.holes[:fitted], strict=False)
    ]


def _lit(hole: Hole, leds: Sequence[int], sent: int) -> dict[str, str]:
    texts = {f"light_{led}": f"{light:f}" for led, light in zip(leds, hole.lights, strict=False)}
    texts["holes_sent"] = str(sent)
    return texts if hole.dark is None else {**texts, "dark": f"{hole.dark:f}"}


def colour_readings(seen: Colours) -> list[Reading]:
    """One reading for each dry-chemistry card: its colours as the board said them."""
    flags = _doubts(lenient=seen.lenient, checked=seen.checked)
    return [
        Reading(
            position=str(at),
            flags=flags,
            extra=MappingProxyType({"red": f"{red:f}", "green": f"{green:f}", "blue": f"{blue:f}"}),
        )
        for at, (red, green, blue) in enumerate(seen.cards, 1)
    ]


def assay_readings(done: Done, settings: Settings) -> list[Reading]:
    """One reading for each position of an assay; a void one says why in `void`, and keeps its figures."""
    item = settings.get("item", ITEM)
    return [
        Reading(position=one.position, item=item, extra=MappingProxyType(_figures(done, one)))
        for one in done.outcomes
    ]


def _figures(done: Done, one: Outcome) -> dict[str, str]:
    order = done.order
    texts = {
        "assay": "inhibition",
        "measure": order.measure.value,
        "formula": FORMULAS[order.measure],
        "role": one.role,
        "state": one.state.value,
        "wavelength": str(order.wavelength),
        "preheat_s": f"{order.preheat:g}",
        "detect_s": f"{order.detect:g}",
    }
    if one.position in order.reference:
        texts["reference_light"] = f"{order.reference[one.position]:f}"
    for name, point in (("first", one.first), ("last", one.last)):
        texts |= _point(name, point) if point else {}
    if one.delta is not None:
        texts["delta_a"] = f"{one.delta:f}"
    void = done.void.value if done.void else "" if one.state is State.MEASURED else one.state.value
    return texts | {"void": void} if void else texts


def _point(name: str, point: Point) -> dict[str, str]:
    texts = {f"{name}_at_s": f"{point.at:.2f}", f"{name}_light": f"{point.light:f}"}
    texts |= {f"{name}_t": f"{point.t:f}"} if point.t is not None else {}
    return texts | ({f"{name}_a": f"{point.a:f}"} if point.a is not None else {})


def _doubts(*, lenient: bool, checked: bool) -> tuple[Flag, ...]:
    return (*([Flag.LENIENT_CHECK] if lenient else []), *([] if checked else [Flag.UNVERIFIABLE]))
