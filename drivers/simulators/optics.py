"""Cuvettes in the light of a photometer board, over time: what a simulated board sees behind each hole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.profile import Record

PAUSE = 1.0  # seconds
EMPTY = 60000.0  # light of a hole with nothing in it


@dataclass(slots=True)
class Cuvette:
    """What stands in one hole: an absorbance that rises, once somebody has looked.

    Attributes:
        a: absorbance when it was put in; None for an empty hole.
        per_minute: how much the absorbance rises in a minute.
        lights: fixed lights by LED instead, for a device that plays a recording.
        put_in: when the cuvette began to be looked at, on the device's clock.
    """

    a: float | None = None
    per_minute: float = 0.0
    lights: Sequence[int] = ()
    put_in: float | None = None


_USUAL = (0.180, 0.176, 0.171, 0.160, 0.126, 0.081, 0.036, 0.009)  # a minute; the control first


def _no_holes() -> dict[str, Cuvette]:
    return {}


@dataclass(slots=True)
class Optics:
    """All holes of a board; what is not there is empty, or dark where a recording is played.

    A test may put cuvettes in and take them out.

    Attributes:
        holes: what stands in a hole, by its name.
        lamp: part of the usual light that the lamp gives.
        dark: dark current in every light.
        waiting: cuvettes that are put in at the first look after nobody looked for `PAUSE` seconds, as a person does
            between the zeroing of a board and its assay.
    """

    holes: dict[str, Cuvette] = field(default_factory=_no_holes)
    lamp: float = 1.0
    dark: float = 0.0
    waiting: dict[str, Cuvette] = field(default_factory=_no_holes)
    _looked: float | None = None

    def lights(self, position: str, leds: int, now: float) -> list[int]:
        """The light behind one hole, LED by LED, at a moment of the device's clock."""
        if self._looked is not None and now - self._looked >= PAUSE:
            self.holes.update(self.waiting)
            self.waiting.clear()
        self._looked = now
        cuvette = self.holes.get(position, Cuvette())
        if any(one.lights for one in self.holes.values()):
            return list(cuvette.lights) or [0] * leds
        if cuvette.put_in is None:
            cuvette.put_in = now
        return [round(self._light(cuvette, now - cuvette.put_in) + self.dark)] * leds

    def _light(self, cuvette: Cuvette, age: float) -> float:
        light = EMPTY * self.lamp
        if cuvette.a is None:
            return light
        return float(light * 10 ** -(cuvette.a + cuvette.per_minute * age / 60))

    def put(self, position: str, a: float, per_minute: float = 0.0) -> None:
        """Put a cuvette into a hole."""
        self.holes[position] = Cuvette(a, per_minute)

    def take_out(self, position: str) -> None:
        """Take the cuvette out of a hole."""
        self.holes.pop(position, None)


def optics_of(records: Sequence[Record], wavelengths: Sequence[int]) -> Optics:
    """The holes that records describe: `light_<nm>` for a fixed look, `a` and `per_minute` for a reaction.

    A cuvette with `waits` is put in as in `Optics.waiting`.
    Without records a control and seven samples, from clean to strongly inhibited, wait to be put in.
    """
    if not records:
        return Optics(waiting={str(at + 1): Cuvette(0.25, rate) for at, rate in enumerate(_USUAL)})
    made = {record.position: _cuvette(record.fields, wavelengths) for record in records}
    waiting = {record.position for record in records if "waits" in record.fields}
    return Optics(
        {name: one for name, one in made.items() if name not in waiting},
        waiting={name: one for name, one in made.items() if name in waiting},
    )


def _cuvette(fields: Mapping[str, str], wavelengths: Sequence[int]) -> Cuvette:
    fixed = [int(fields[f"light_{led}"]) for led in wavelengths if f"light_{led}" in fields]
    if fixed:
        return Cuvette(lights=fixed)
    return Cuvette(float(fields["a"]) if "a" in fields else None, float(fields.get("per_minute", "0")))
