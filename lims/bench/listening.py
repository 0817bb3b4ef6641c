"""An unknown device on a port, heard without a word to it, and the description of its wire that a person completes."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drivers import decode, listening, registry, wire_form
from drivers.figures import call_of
from drivers.listening import Heard as Raw
from drivers.profile import Serial
from lims.bench import describing
from lims.errors import Invalid, NotFound
from lims.queries.equipment import wiring_words
from protocols import guess, transcript

KIND = "profile_file"
BYTES = frozenset({"fixed", "framed"})
"""Shapes whose columns are bytes."""

NUMBERS = frozenset({"length", "length_at", "length_width", "length_plus", "covers_from", "most"})
ROLES = ("position", "sample", "item", "value", "unit", "call", "time", "record", "serial")
"""What a column may be, in the words of a description."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the lines, or one byte of the blocks.

    Attributes:
        place: what the description says of where it stands.
        samples: what stood there, line by line.
        role: what it may be, or nothing.
        form: of a time.
    """

    place: Mapping[str, int]
    samples: tuple[str, ...]
    role: str = ""
    form: str = ""


def _words(samples: Sequence[str]) -> dict[str, str]:
    """Return the device's own words for its conclusion, as far as they are known; others mean nothing yet."""
    return {one: call.value if (call := call_of(one, {})) else "none" for one in sorted(set(samples)) if one}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard at one setting of the port.

    Attributes:
        raw: the bytes with their times.
        guessed: the likely shape, or None where nothing repeats.
    """

    raw: Raw
    guessed: guess.Guess | None

    @property
    def line(self) -> str:
        """The setting in words."""
        return wiring_words(self.raw.line)

    @property
    def legible(self) -> float:
        """How much of it was text, 0 to 1."""
        return self.raw.legible

    @property
    def data(self) -> bytes:
        """All bytes."""
        return self.raw.data

    @property
    def shape(self) -> str:
        """The likely shape, empty where nothing repeats."""
        return self.guessed.shape if self.guessed else ""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The fields of each line, or each block in hex."""
        return self.guessed.rows if self.guessed else ()

    def cells(self) -> list[Cell]:
        """Return the columns of a line or the bytes of a block, each with what stood there and what it may be."""
        found = self.guessed
        if found is None:
            return []
        if found.shape == "delimited":
            told = guess.roles(found.rows)
            return [
                Cell(
                    {"column": at},
                    tuple(row[at - 1].strip() for row in found.rows if len(row) >= at),
                    *told[at - 1],
                )
                for at in range(1, len(told) + 1)
            ]
        if found.shape == "lines":
            lines = [row[0].encode(found.encoding) for row in found.rows]
            places = guess.segments(lines)
        else:
            lines = [bytes.fromhex(row[0]) for row in found.rows]
            frame = found.frame
            first, tail = (frame.head, frame.tail) if frame else (len(found.start), 0)
            places = [(at, 1) for at in range(first, found.length - tail)]
        return [self._cell(lines, first, count, found.shape) for first, count in places]

    @staticmethod
    def _cell(lines: Sequence[bytes], first: int, count: int, shape: str) -> Cell:
        parts = [line[first : first + count] for line in lines]
        shown = [
            part.hex().upper() if shape in BYTES else part.decode("gb18030", "replace").strip()
            for part in parts
        ]
        ((role, form),) = guess.roles([[text] for text in shown]) if shape == "lines" else [("", "")]
        return Cell({"first": first, "count": count}, tuple(shown), role, form)

    @property
    def frame(self) -> dict[str, str]:
        """How its frames begin, say their length, are checked and end, in texts; nothing where it has no frames."""
        found = self.guessed
        fixed = guess.fixed(found.start, found.length) if found and found.shape == "fixed" else None
        frame = (found.frame or fixed) if found else None
        return {name: str(value) for name, value in listening.frame_table(frame).items()} if frame else {}

    def reframed(self, said: Mapping[str, str]) -> "Heard":
        """Return the same bytes read as frames that a person describes; whole numbers are written in decimal.

        Raises:
            MapError: something is missing or does not fit.
            NotFound: no such frame was heard.
        """
        wire = {
            name: int(text) if text.isdecimal() and name in NUMBERS else text
            for name, text in said.items()
            if text
        }
        found = guess.framed(self.data, wire_form.frame_of(wire))
        if not found.rows:
            raise NotFound("listen.nothing", line=self.line)
        return replace(self, guessed=found)

    def marked(self, name: str, marks: Mapping[int, str], told: Mapping[str, str] | None = None) -> str:
        """Return the description of this wire with the columns that a person gave a role, by their place in `cells`.

        Neighbouring bytes of one role are one number, the high byte first where nothing else is told of the value.

        Args:
            name: of the device.
            marks: place in `cells` to role.
            told: what the wire does not say: `item` and `unit` of every reading; of the value `scale`, and where its
                columns are bytes `type` and `order`.

        Raises:
            NotFound: nothing repeats.
            Invalid: no column is the value or the device's word.
        """
        told = told or {}
        if not {"value", "call"} & set(marks.values()):
            raise Invalid("listen.value")
        cells, fields = self.cells(), dict[str, dict[str, object]]()
        for at, role in sorted(marks.items()):
            one = cells[at]
            if role in fields and "first" in one.place:
                fields[role]["count"] = (
                    one.place["first"] + one.place["count"] - int(str(fields[role]["first"]))
                )
                continue
            fields[role] = {**one.place, **({"form": one.form} if role == "time" and one.form else {})}
            fields[role] |= {"type": "uint"} if self.shape in BYTES else {}
            fields[role] |= {"words": _words(one.samples)} if role == "call" else {}
        if "value" in fields:
            of_value = ("type", "order", "scale") if self.shape in BYTES else ("scale",)
            fields["value"] |= {one: told[one] for one in of_value if told.get(one)}
        return self.toml(name, fields, {one: told[one] for one in ("item", "unit") if told.get(one)})

    def toml(
        self,
        name: str,
        fields: Mapping[str, Mapping[str, object]] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> str:
        """Return the description of this wire with the fields that a person marked, and what it does not say itself.

        Raises:
            NotFound: nothing repeats, so that nothing can be described.
        """
        if self.guessed is None:
            raise NotFound("listen.nothing", line=self.line)
        return listening.draft(self.guessed, name, f"heard at {self.line}", fields, told or {})

    def wire(self, name: str) -> str:
        """Return the bytes as a `.wire` transcript."""
        return transcript.write(listening.transcript(self.raw, f"heard from {name}"))


def hear(
    port: str,
    seconds: float,
    *,
    baud: int = 0,
    parity: str = "N",
    stop: threading.Event | None = None,
    told: Callable[[bytes], object] = lambda _: None,
) -> list[Heard]:
    """Listen at one setting, or at each usual one where no speed is given; the most legible first.

    Raises:
        DriverError: the port cannot be opened, or went away.
        NotFound: the device said nothing.
    """
    if baud:
        raws = [listening.hear(port, Serial(baud, parity=parity), seconds, stop, told)]
    else:
        raws = listening.settings(port, seconds, stop=stop)
    found = [Heard(raw, guess.guess(raw.data)) for raw in raws if raw.pieces]
    if not found:
        raise NotFound("listen.silent", port=port)
    return found


def check(toml: str, wire: str) -> list[dict[str, object]]:
    """Return what the description reads in the transcript: readings and broken pieces, for a person to compare.

    Raises:
        DriverError: the description is wrong; the error says what and where.
    """
    return list(decode.decode(registry.profile(KIND), transcript.read(wire), {"form": toml}))


def save(folder: Path, name: str, toml: str, wire: str = "", *, kind: str = KIND) -> list[Path]:
    """Write description and transcript, where there is one, under the device's name; nothing is overwritten.

    Raises:
        Invalid: the name makes no file, a file is there already, the folder cannot be written, or the description
            is wrong.
    """
    plain = re.sub(r"[^\w-]+", "_", name).strip("_")
    if not plain:
        raise Invalid("listen.name", name=name)
    describing.checked(kind, toml)
    texts = {".toml": toml, **({".wire": wire} if wire else {})}
    for suffix, text in texts.items():
        _write(folder / f"{plain}{suffix}", text)
    return [folder / f"{plain}{suffix}" for suffix in texts]


def take(folder: Path, file: Path) -> tuple[str, str]:
    """Take another laboratory's description into a folder; return its kind of instrument and where it lies.

    Raises:
        Invalid: as `describing.taken` and `save`.
    """
    kind, toml = describing.taken(file)
    return kind, str(save(folder, file.stem, toml, kind=kind)[0])


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Invalid("listen.exists", file=str(path)) from None
    except OSError as fault:
        raise Invalid("wire.file", file=str(path), fault=fault.strerror or "") from None
