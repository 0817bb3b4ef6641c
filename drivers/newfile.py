"""The first files of an instrument that needs a programmer; driver, simulator, transcript and test run as they are."""

import re
from collections.abc import Mapping
from pathlib import Path

from drivers.errors import Refused

_PART = re.compile(r"[a-z0-9]+")
_DRIVER = '''"""{maker} {model}: what it measures, in one sentence.

What it is: a first draft. It takes lines of the form `position;value` and knows nothing of the genuine wire yet.
Wire source: nothing yet; name the manual, the host program or the capture.
There is no check: every reading is flagged `unverifiable`.
Unverified: everything.
"""

from collections.abc import Sequence

from drivers.figures import figure
from drivers.profile import Evidence, Profile, Record, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.{id} import simulator
from protocols.codec import Codec
from protocols.lines import Line, Lines


def codec(settings: Settings) -> Codec[Line]:
    """The host's side, which only listens."""
    del settings
    return Lines(b"\\r\\n", timeout=2.0)


def read(event: Line, settings: Settings) -> Sequence[Reading]:
    """One reading for each line."""
    del settings
    position, _, value = event.data.decode("ascii", "backslashreplace").partition(";")
    found = figure(value)
    flags = (*found.flags, Flag.UNKNOWN_ITEM, Flag.UNVERIFIABLE)
    return (Reading(position=position, value=found.value, flags=flags),)


PROFILE = Profile(
    id="{id}",
    title=("{maker} {model} 检测仪（草稿）", "{maker} {model}, a first draft"),
    family="{maker}",
    measures=("pesticide",),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(Rung.DOCUMENT, "nothing yet", ("everything",)),
    simulator=simulator,
    samples=(Record("1", value="12.5"),),
)
'''
_SIMULATOR = '''"""A {maker} {model} that says a line for each of its records."""

from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A device with these records."""
    del settings
    return Pushing([f"{{one.position}};{{one.value}}\\r\\n".encode("ascii") for one in records])
'''
_WIRE = """# kuaijian wire 1
instrument: {id}
source: made up; replace it by what `kuaijian capture` wrote down

0.000 < 31 3B 31 32 2E 35 0D 0A
"""
_EXPECTED = """[
 {{
  "instrument": "{id}",
  "position": "1",
  "sample": null,
  "item": null,
  "value": "12.5",
  "unit": null,
  "call": null,
  "flags": ["unknown_item", "unverifiable"],
  "measured_at": null,
  "extra": {{}}
 }}
]
"""
_TEST = '''"""{maker} {model}: what no transcript shows."""

from drivers.registry import profile
from protocols.lines import Line


def test_a_line_without_a_figure_has_no_value() -> None:
    one = profile("{id}")
    (found,) = one.read(Line(b"1;none", 0), one.defaults)
    assert found.value is None
    assert "not_a_number" in found.flags
'''
FILES: Mapping[str, str] = {
    "drivers/instruments/{id}.py": _DRIVER,
    "drivers/simulators/{id}.py": _SIMULATOR,
    "tests/wire/{id}/first.wire": _WIRE,
    "tests/wire/{id}/first.expected.json": _EXPECTED,
    "tests/drivers/test_{id}.py": _TEST,
}


def id_of(maker: str, model: str) -> str:
    """Return the id of a new instrument: maker and model in small letters and digits.

    Raises:
        Refused: `new_name`, one of them has no Latin letter or digit.
    """
    parts = ["_".join(_PART.findall(part.lower())) for part in (maker, model)]
    if not all(parts) or not parts[0][0].isalpha():
        raise Refused("new_name", maker=maker, model=model)
    return "_".join(parts)


def write(root: Path, maker: str, model: str) -> list[Path]:
    """Write the files of a new instrument into a source tree and return their paths; none is ever overwritten.

    Raises:
        Refused: `new_name`; `new_tree`, there is no source tree; or `new_exists`, the instrument has a file already.
    """
    if not (root / "drivers" / "instruments").is_dir():
        raise Refused("new_tree", folder=str(root))
    id_ = id_of(maker, model)
    told = {"id": id_, "maker": _plain(maker), "model": _plain(model)}
    paths = [root / name.format(**told) for name in FILES]
    for path in paths:
        if path.exists():
            raise Refused("new_exists", file=str(path))
    for path, text in zip(paths, FILES.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**told), encoding="utf-8", newline="\n")
    return paths


def _plain(name: str) -> str:
    """A name as it may stand in a Python text: ASCII, without quotes."""
    return re.sub(r"[^A-Za-z0-9 ._/-]", "", name).strip()
