"""Methods that judge a reading: what each says on a day, read from a text that ships or that two people published."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from lims.errors import Invalid, NotFound, Problem, Word
from lims.rules import analytes, boards, curves, foods, texts, units
from lims.rules.boards import Assay
from lims.rules.curves import Curve
from lims.rules.figures import number

FORMATS = ("inhibition", "competitive", "sandwich", "quantitative")
INSERT = "说明书"
"""Stands in the name of a document that is a kit's insert; such documents have no number of their own."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method that judges readings of one assay format.

    Attributes:
        id: stands on every verdict.
        standard: the document, or `试剂盒说明书` (kit insert).
        title: (Chinese, English).
        item: the analyte or class it screens for, (Chinese, English).
        format: `inhibition` (%), `competitive` or `sandwich` (strips: T/C), or `quantitative`.
        unit: of the value that is judged.
        threshold: for inhibition and quantitative.
        at_threshold: the word at exactly the threshold.
        negative_from: T/C from which a competitive strip is negative.
        positive_below: T/C below which it is positive; between the two it is suspect.
        control_line_least: height of C under which a strip is invalid.
        verified: whether the bands or the threshold were checked against their source.
        source: the document the figures come from.
        clause: where in it, in words that may be printed.
        effective_from: first day it may judge.
        effective_to: last day, or None.
        controls: roles a run needs: `blank`, `control`.
        control_scope: `run`, or `day` where one control a day, instrument and lot is enough.
        blank_low: least value of a blank.
        blank_high: greatest value of a blank.
        control_source: where the control limits come from.
        control_verified: whether they were checked.
        positive_from: of a sandwich strip, the T/C from which it is positive.
        negative_below: T/C below which it is negative; between the two it is suspect.
        difference_above: for kits that judge |C - T|, the figure above which it means `difference_word`.
        difference_word: `positive` or `negative`.
        read_from: minutes after the start of the run before which a strip must not be read.
        read_until: minutes after which it must not be read any more.
        device_items: what devices call the item; a reading of another item is never judged by this method.
        analyte: code of the analyte or class that it finds.
        class_screen: it finds a class as a whole, so that no limit of one analyte can be compared.
        foods: codes of the classes of foods that it is for; empty for any.
        interfering: codes of foods whose own substances may read as positive.
        curve: how an absorbance becomes a content, where the device gives no content itself.
        board_absorbance: how its assay is run on a bare board in cuvettes, where the laboratory says it.
        board_gray: the same of dry cards.
        edition: number of the laboratory's edition that put it in, 0 as it ships.
    """

    id: str
    standard: str
    title: tuple[str, str]
    item: tuple[str, str]
    format: str
    unit: str
    verified: bool
    source: str
    clause: str
    effective_from: date
    controls: tuple[str, ...]
    control_source: str
    control_verified: bool
    device_items: tuple[str, ...] = ()
    analyte: str = ""
    class_screen: bool = False
    foods: tuple[str, ...] = ()
    interfering: tuple[str, ...] = ()
    threshold: Decimal | None = None
    at_threshold: str = "positive"
    negative_from: Decimal | None = None
    positive_below: Decimal | None = None
    control_line_least: Decimal | None = None
    effective_to: date | None = None
    control_scope: str = "run"
    blank_low: Decimal | None = None
    blank_high: Decimal | None = None
    positive_from: Decimal | None = None
    negative_below: Decimal | None = None
    difference_above: Decimal | None = None
    difference_word: str = ""
    read_from: Decimal | None = None
    read_until: Decimal | None = None
    curve: Curve | None = None
    board_absorbance: Assay | None = None
    board_gray: Assay | None = None
    edition: int = 0

    @property
    def designation(self) -> str:
        """What tells it from other methods: the number of its document, its own where that is a kit's insert."""
        return self.id if INSERT in self.standard else self.standard

    @property
    def rule(self) -> str:
        """What stands on every verdict: no two editions of a method share it."""
        since = f"{self.id}@{self.effective_from.isoformat()}"
        return f"{since}#{self.edition}" if self.edition else since

    @property
    def mark(self) -> str:
        """What a confirmation of it is kept under: each edition by itself."""
        return f"method:{self.rule}"

    def board(self, measure: str) -> Assay | None:
        """Return how its assay is run on a bare board: as the laboratory says, else as it ships, or None."""
        own = {"absorbance": self.board_absorbance, "gray": self.board_gray}.get(measure)
        return own or boards.shipped().get((self.id, measure))

    @property
    def takes_curve(self) -> bool:
        """Whether a curve has a place in it: what judges contents needs one where a device gives none."""
        return self.format == "quantitative"

    @property
    def runs_on_boards(self) -> bool:
        """Whether this program can run it on a bare board: by the fall of a reaction, or off a working curve."""
        return self.format == "inhibition" or (self.curve is not None and self.curve.fit == curves.LINE)

    def in_force(self, on: date) -> bool:
        """Tell whether it may judge on a day; its first and its last day count."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


class Methods:
    """Every method of one text, by its id and the day."""

    def __init__(self, rows: Iterable[Method]) -> None:
        known: dict[str, list[Method]] = {}
        for row in rows:
            known.setdefault(row.id, []).append(row)
        self._known: Mapping[str, tuple[Method, ...]] = MappingProxyType(
            {id_: tuple(sorted(of, key=lambda one: one.effective_from)) for id_, of in known.items()}
        )

    @property
    def every(self) -> tuple[Method, ...]:
        """Every edition of every method."""
        return tuple(one for of in self._known.values() for one in of)

    @property
    def titles(self) -> dict[str, tuple[str, str]]:
        """(Chinese, English) of each method by its id, as its newest edition says."""
        return {id_: of[-1].title for id_, of in self._known.items()}

    def method(self, id_: str, on: date | None = None) -> Method:
        """Return one method as it is in force on a day; without a day its newest edition.

        Raises:
            NotFound: no such method, or not in force that day.
        """
        of = self._known.get(id_)
        if of is None:
            raise NotFound("method.unknown", id=id_)
        if on is None:
            return of[-1]
        for one in of:
            if one.in_force(on):
                return one
        raise NotFound("method.not_in_force", id=id_, on=on.isoformat())

    def in_force(self, on: date) -> Mapping[str, Method]:
        """Return every method that may judge on a day, by its id."""
        return {one.id: one for one in self.every if one.in_force(on)}


# From text ------------------------------------------------------------------------------------------------

DECIMALS = (
    "threshold", "negative_from", "positive_below", "positive_from", "negative_below", "difference_above",
    "control_line_least", "blank_low", "blank_high", "read_from", "read_until",
)  # fmt: skip
"""The figures of a method; a text spells them as strings, so that 0.50 stays 0.50."""
BOARDS: Mapping[str, str] = MappingProxyType({f"board_{measure}": measure for measure in boards.MEASURES})
"""The fields that say how an assay is run on a bare board, with the measure of each."""
_LISTS = ("title", "item", "controls", "device_items", "foods", "interfering")
KINDS: Mapping[str, type] = MappingProxyType(
    {
        **{one.name: str for one in fields(Method)},
        **dict.fromkeys(_LISTS, list),
        **dict.fromkeys(("verified", "control_verified", "class_screen"), bool),
        **dict.fromkeys(("effective_from", "effective_to"), date),
        **dict.fromkeys(("curve", *BOARDS), dict),
        "edition": int,
    }
)
_NEEDED = tuple(one.name for one in fields(Method) if one.default is MISSING)
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "format": FORMATS,
        "at_threshold": ("positive", "negative"),
        "difference_word": ("", "positive", "negative"),
        "control_scope": ("run", "day"),
    }
)


@cache
def shipped_text() -> str:
    """Return the text that ships with the program."""
    return resources.files("lims.rules").joinpath("data", "methods.toml").read_text("utf-8")


@cache
def shipped() -> Methods:
    """Return the methods that ship with the program: editable defaults of every laboratory."""
    return read(shipped_text())


def titled(id_: str, titles: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Return (Chinese, English) of a method as the laboratory titles it, else as it ships, else its bare id."""
    return titles.get(id_) or shipped().titles.get(id_) or (id_, id_)


@lru_cache(maxsize=32)
def read(text: str) -> Methods:
    """Return the methods of a text.

    Args:
        text: as `lims/rules/data/methods.toml` is written.

    Raises:
        Invalid: the text is no TOML, or what is wrong in a method, one by one.
    """
    rows = texts.parsed(text).get("method", [])
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Invalid("edition.problems", [Problem("methods.none")], count=1)
    refuse(problem for place, row in enumerate(rows, 1) for problem in _problems(place, row))
    found = [_method(row) for row in rows]
    refuse(problem for one in found for problem in _figures(one))
    refuse(_overlaps(found))
    return Methods(found)


def field(name: str) -> Word:
    """Return the name of a method's field as people read it."""
    return Word(f"method_field.{name}")


def refuse(problems: Iterable[Problem]) -> None:
    """Refuse a text that has problems.

    Raises:
        Invalid: there is one.
    """
    if found := list(problems):
        raise Invalid("edition.problems", found, count=len(found))


def _method(row: Mapping[str, Any]) -> Method:
    figures = {name: Decimal(row[name]) for name in DECIMALS if name in row}
    lists = {name: tuple(row[name]) for name in _LISTS if name in row}
    curve = {"curve": curves.read(row["curve"])} if "curve" in row else {}
    ran = {
        name: boards.read(row["id"], measure, row[name]) for name, measure in BOARDS.items() if name in row
    }
    return Method(**{**row, **figures, **lists, **curve, **ran})


def _problems(place: int, row: Mapping[str, Any]) -> Iterator[Problem]:
    where = str(row.get("id") or f"[[method]] {place}")
    wrong = [name for name, value in row.items() if name in KINDS and not _is_of(KINDS[name], value)]
    wrong += [name for name in _NEEDED if name not in row]
    yield from (Problem("edition.unknown_field", where, {"name": name}) for name in row if name not in KINDS)
    yield from (Problem("edition.field", where, {"name": name}) for name in wrong)
    if not wrong:
        yield from _said(where, row)
        yield from _coded(where, row)


def _is_of(kind: type, value: object) -> bool:
    """Tell whether a value is of a kind; lists and tables hold texts."""
    within = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return type(value) is kind and all(isinstance(one, str) for one in within)


def _said(where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is empty though a judgement must name it, and figures that are none."""
    for name in ("id", "standard", "source", "clause", "control_source"):
        if not row[name].strip() or (name == "id" and row[name] != "".join(row[name].split())):
            yield Problem("edition.field", where, {"name": name})
    for name in ("title", "item"):
        if len(row[name]) != 2 or not all(one.strip() for one in row[name]):
            yield Problem("methods.pair", where, {"name": name})
    for name in DECIMALS:
        if name in row and number(row[name]) is None:
            yield Problem("methods.figure", where, {"name": field(name), "value": row[name]})


def _coded(where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield words that the program does not know."""
    yield from _of_lists(where, row)
    for name, known in _WORDS.items():
        if name in row and row[name] not in known:
            yield Problem("methods.word", where, {"name": name, "value": row[name], "known": " ".join(known)})
    if row.get("analyte") and row["analyte"] not in analytes.analytes():
        yield Problem("methods.word", where, {"name": "analyte", "value": row["analyte"], "known": "…"})
    yield from curves.problems(where, row["curve"]) if "curve" in row else ()
    for name in BOARDS.keys() & row.keys():
        yield from boards.problems(where, BOARDS[name], row[name])
    if row["format"] == "quantitative":
        try:
            units.tidy(row["unit"])
        except Invalid:
            yield Problem(
                "methods.word", where, {"name": "unit", "value": row["unit"], "known": " ".join(units.UNITS)}
            )


def _of_lists(where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    known = {"foods": foods.foods(), "interfering": foods.foods(), "controls": ("blank", "control")}
    for name, of in known.items():
        for value in row.get(name, ()):
            if value not in of:
                yield Problem("methods.word", where, {"name": name, "value": value, "known": "…"})


_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "inhibition": ("threshold",),
        "quantitative": ("threshold",),
        "competitive": ("negative_from", "positive_below"),
        "sandwich": ("positive_from", "negative_below"),
    }
)
"""The figures without which a format judges nothing; a strip that is judged by its difference needs none of them."""
_ORDERED = (
    ("positive_below", "negative_from"), ("negative_below", "positive_from"), ("blank_low", "blank_high"),
    ("read_from", "read_until"), ("effective_from", "effective_to"),
)  # fmt: skip


def needs(format_: str) -> tuple[str, ...]:
    """Return the names of the figures by which a format judges."""
    return _NEEDS[format_]


def _figures(one: Method) -> Iterator[Problem]:
    by_difference = one.difference_above is not None
    for name in () if by_difference or one.curve else _NEEDS[one.format]:
        if getattr(one, name) is None:
            yield Problem("methods.needed", one.id, {"name": field(name)})
    if by_difference and not (one.difference_word and one.format in {"competitive", "sandwich"}):
        yield Problem("methods.needed", one.id, {"name": field("difference_word")})
    if one.curve and not one.takes_curve:
        yield Problem("curve.no_content", one.id)
    if (one.board_absorbance or one.board_gray) and not one.runs_on_boards:
        yield Problem("board.no_method", one.id)
    for low, high in _ORDERED:
        least, most = getattr(one, low), getattr(one, high)
        if least is not None and most is not None and least > most:
            yield Problem("methods.order", one.id, {"low": field(low), "high": field(high)})


def _overlaps(found: Iterable[Method]) -> Iterator[Problem]:
    latest: dict[str, Method] = {}
    for one in sorted(found, key=lambda one: (one.id, one.effective_from)):
        before = latest.get(one.id)
        if before and before.in_force(one.effective_from):
            yield Problem("clocks.overlap", one.id, {"day": one.effective_from.isoformat()})
        latest[one.id] = one
