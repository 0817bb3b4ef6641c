"""A table that a laboratory wrote in TOML, read name by name, so that nothing misspelt is taken for absent."""

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

from drivers.errors import Refused

T = TypeVar("T")


class MapError(Refused):
    """A table of an instrument that cannot be used: `code` says what is wrong, `where` is the path in the file."""

    def __init__(self, code: str, where: str, **values: object) -> None:
        """Keep the code, the place and the values for a message in the reader's language."""
        super().__init__(f"map_{code}", where=where, **values)
        self.where = where


class Table:
    """One table of the file with the path that leads to it; remembers what was read, so the rest is unknown."""

    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self.data = data
        self.where = where
        self.read: set[str] = set()
        self.opened: list[Self] = []

    def place(self, name: str) -> str:
        """Return the path of a name in the file."""
        return f"{self.where}.{name}" if self.where else name

    def take(self, name: str, kind: type | tuple[type, ...], *, needed: bool = True) -> Any:  # noqa: ANN401 - TOML
        """Return a value of this kind; None where it is absent and not needed."""
        self.read.add(name)
        if name not in self.data:
            if needed:
                raise MapError("missing", self.place(name))
            return None
        found = self.data[name]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is int):
            raise MapError("type", self.place(name), value=str(found))
        return found

    def open(self, data: Mapping[str, Any], where: str) -> Self:
        """Return a table inside this one, checked with it."""
        made = type(self)(data, where)
        self.opened.append(made)
        return made

    def table(self, name: str) -> Self:
        """Return the table of a name."""
        return self.open(self.take(name, dict), self.place(name))

    def tables(self, name: str) -> list[Self]:
        """Return the list of tables of a name; an empty one is an error."""
        found = self.take(name, list)
        if not found or not all(isinstance(one, dict) for one in found):
            raise MapError("type", self.place(name), value=str(found))
        return [self.open(one, f"{self.place(name)}[{number}]") for number, one in enumerate(found)]

    def text(self, name: str, *, needed: bool = True) -> Any:  # noqa: ANN401 - str, or None where not needed
        """Return a text; None where it is absent and not needed."""
        return self.take(name, str, needed=needed)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, at least one."""
        found = self.take(name, list)
        if not found or not all(isinstance(one, str) and one for one in found):
            raise MapError("type", self.place(name), value=str(found))
        return tuple(found)

    def whole(self, name: str, *, low: int, high: int, otherwise: int | None = None) -> int:
        """Return a whole number within bounds."""
        found = self.take(name, int, needed=otherwise is None)
        number = int(otherwise or 0) if found is None else int(found)
        if not low <= number <= high:
            raise MapError("range", self.place(name), value=number, low=low, high=high)
        return number

    def wholes(self, name: str, *, needed: bool = True) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        found = self.take(name, list, needed=needed) or []
        if not all(type(one) is int for one in found) or (needed and not found):
            raise MapError("type", self.place(name), value=str(found))
        return tuple(found)

    def one_of(self, name: str, allowed: tuple[Any, ...], otherwise: Any = None) -> Any:  # noqa: ANN401 - TOML
        """Return one of the allowed values."""
        found = self.take(name, type(allowed[0]), needed=otherwise is None)
        if found is None:
            return otherwise
        if found not in allowed:
            raise MapError("range", self.place(name), value=found, allowed=" ".join(map(str, allowed)))
        return found

    def seconds(self, name: str, otherwise: float) -> float:
        """Return a time up to a minute."""
        found = self.take(name, (int, float), needed=False)
        if found is None:
            return otherwise
        if isinstance(found, bool) or not 0 < found <= 60:
            raise MapError("range", self.place(name), value=str(found), low=0, high=60)
        return float(found)

    def number(self, name: str) -> Decimal | None:
        """Return an exact decimal, written as text; None where it is absent."""
        found = self.take(name, str, needed=False)
        if found is None:
            return None
        try:
            number = Decimal(found)
        except InvalidOperation as error:
            raise MapError("type", self.place(name), value=found) from error
        if not number.is_finite():
            raise MapError("range", self.place(name), value=found)
        return number

    def finish(self) -> None:
        """Refuse names that nothing reads: a misspelt name must not be taken for an absent one."""
        for name in self.data:
            if name not in self.read:
                raise MapError("unknown", self.place(name))
        for one in self.opened:
            one.finish()


def load(settings: Mapping[str, Any], name: str, shipped: Path, parse: Callable[[Mapping[str, Any]], T]) -> T:
    """Return what a setting names: a table, TOML itself, a path of a TOML file, or the name of a shipped one.

    Args:
        settings: of the instrument.
        name: of the setting, such as `form` or `map`.
        shipped: folder of the shipped files.
        parse: checks a table and makes something of it.

    Raises:
        MapError: the file is missing or not TOML, or `parse` refuses the table; the error says what and where.
    """
    named = settings.get(name)
    if isinstance(named, Mapping):
        return parse(named)
    if not isinstance(named, str) or not named:
        raise MapError("missing", name)
    text, where = (named, name) if "\n" in named else _file(named, shipped)
    try:
        found: T = _parsed(parse, text)
    except tomllib.TOMLDecodeError as error:
        raise MapError("toml", where, reason=str(error)) from error
    return found


def _file(named: str, shipped: Path) -> tuple[str, str]:
    path = shipped / f"{named}.toml" if re.fullmatch(r"[a-z0-9_]+", named) else Path(named)
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except OSError as error:
        raise MapError("file", str(path), reason=str(error.strerror)) from error
    except ValueError as error:  # bytes that are not UTF-8, or a name that no file can have
        raise MapError("toml", str(path), reason=str(error)) from error


@lru_cache(maxsize=64)
def _parsed(parse: Callable[[Mapping[str, Any]], Any], text: str) -> Any:  # noqa: ANN401 - whatever `parse` makes
    return parse(tomllib.loads(text))
