"""Chinese and English: turns message ids, error codes and enumeration values into words for a person."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - `date` is this module's own verb
from decimal import Decimal
from enum import Enum
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Protocol, runtime_checkable

from lims import clock
from lims.errors import Problem, Word

LANGUAGES = ("zh_CN", "en")
"""What the program speaks; the first is what it speaks until told otherwise."""

LOCALE = Path(__file__).parent / "locale"
KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
"""A message id of this form is a key that both languages translate; any other id is itself the English."""


@runtime_checkable
class Coded(Protocol):
    """An error or a problem that carries a code and its values instead of prose."""

    code: str
    values: Mapping[str, object]


@runtime_checkable
class Bilingual(Protocol):
    """A term of a vocabulary, which brings its own two words."""

    zh: str
    en: str


class _Values(dict[str, object]):
    """Leaves a placeholder standing when its value is missing: a sentence with a hole beats none."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language with its catalogue; never changes, so any thread may use it at any time.

    Reports take the one they are printed in by `tongue("zh_CN")`, whatever the screen speaks.
    """

    language: str
    catalogue: GNUTranslations

    def t(self, message: str, /, **values: object) -> str:
        """Translate a message and fill its {named} places."""
        found = self.catalogue.gettext(message) if message else ""
        return found.format_map(_Values(values)) if values else found

    def sentence(self, error: Coded | Problem | BaseException, /) -> str:
        """Say what is wrong, where, and what to do; further problems follow on lines of their own."""
        if not isinstance(error, Coded):
            return self.t("error.unexpected", detail=f"{type(error).__name__}: {error}")
        key = f"error.{error.code}"
        known = self.catalogue.gettext(key) != key
        values = {name: self._spoken(value) for name, value in error.values.items()}
        said = self.t(key, **values) if known else self.t("error.unexpected", detail=_bare(error))
        where = getattr(error, "where", "")
        lines = [f"{self.t(where)}: {said}" if where else said]
        return "\n".join([*lines, *(self.sentence(problem) for problem in getattr(error, "problems", ()))])

    def words(self, term: Enum | Word | str, /) -> str:
        """Name a value of an enumeration: `Call.NEGATIVE` or "call.negative" is 阴性, Negative.

        A value that no catalogue knows is shown as it is.
        """
        name = f"{type(term).__name__}.{term.value}".lower() if isinstance(term, Enum) else str(term)
        key = f"word.{name}"
        found = self.catalogue.gettext(key)
        return name.rpartition(".")[2] if found == key else found

    def number(self, value: Decimal | int, /) -> str:
        """Write a number with every digit it has and thousands apart: 95.20 stays 95.20."""
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"

    def date(self, value: Date, /) -> str:
        """Write a day as 2026-11-24; a moment (aware) counts by the laboratory's own wall clock."""
        return (clock.local(value).date() if isinstance(value, datetime) else value).isoformat()

    def long_date(self, value: Date, /) -> str:
        """Write a day as on a document: 2026年11月24日, 24 November 2026."""
        day = clock.local(value).date() if isinstance(value, datetime) else value
        return self.t("format.long_date", year=day.year, month=day.month, day=day.day,
                      month_name=_MONTHS[day.month - 1])  # fmt: skip

    def time(self, value: datetime, /) -> str:
        """Write an aware moment as 07:20 on the laboratory's wall clock."""
        return clock.local(value).strftime("%H:%M")

    def moment(self, value: datetime, /) -> str:
        """Write an aware moment as 2026-11-24 07:20:05 on the laboratory's wall clock."""
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")

    def _spoken(self, value: object) -> object:
        match value:
            case Enum() | Word():
                return self.words(value)
            case Bilingual():
                return value.en if self.language == "en" else value.zh
            case datetime():
                return self.moment(value) if value.utcoffset() is not None else value.isoformat(" ")
            case Date():
                return self.date(value)
            case list() | tuple() | set() | frozenset():
                return self.t("format.comma").join(str(self._spoken(item)) for item in value)
            case _:
                return value


_MONTHS = ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December")  # fmt: skip


def _bare(error: Coded) -> str:
    values = ", ".join(f"{name}={value}" for name, value in error.values.items())
    return f"{error.code} ({values})" if values else error.code


# The catalogues -------------------------------------------------------------------------------------------


_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""What a compiled catalogue says of its day: the same sources compile to the same bytes whenever that is."""


def sources(language: str) -> list[Path]:
    """List the catalogues of a language, one `.po` for each area of the program."""
    return sorted((LOCALE / language).glob("*.po"))


def compiled(language: str) -> Path:
    """Say where the compiled catalogue of a language belongs."""
    return LOCALE / language / "LC_MESSAGES" / "kuaijian.mo"


def _merged(paths: Iterable[Path], language: str) -> bytes:
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - slow, and not needed once compiled
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - the same
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    whole = Catalog(locale=language, creation_date=_UNDATED)
    for path in paths:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy and message.id not in whole:
                    whole[message.id] = message
    buffer = BytesIO()
    write_mo(buffer, whole)
    return buffer.getvalue()


def compile_all() -> list[Path]:
    """Write the compiled catalogue of each language and return where they lie; run at set-up."""
    for language in LANGUAGES:
        compiled(language).parent.mkdir(exist_ok=True)
        compiled(language).write_bytes(_merged(sources(language), language))
    return [compiled(language) for language in LANGUAGES]


@cache
def tongue(language: str) -> Tongue:
    """Return a language to speak in; the catalogue is compiled in memory when the file is missing or old.

    Raises:
        ValueError: the program does not speak this language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
    ready, paths = compiled(language), sources(language)
    newest = max((path.stat().st_mtime_ns for path in paths), default=0)
    fresh = ready.is_file() and ready.stat().st_mtime_ns >= newest
    return Tongue(
        language, GNUTranslations(BytesIO(ready.read_bytes() if fresh else _merged(paths, language)))
    )


# What the program speaks now ------------------------------------------------------------------------------


class _Spoken:
    """The language of the screen and those who want to hear when it changes."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._language = LANGUAGES[0]
        self._listeners: list[Callable[[str], None]] = []

    @property
    def tongue(self) -> Tongue:
        return tongue(self._language)

    def use(self, language: str) -> None:
        tongue(language)
        with self._lock:
            changed, self._language = self._language != language, language
            told = tuple(self._listeners) if changed else ()
        for listener in told:
            listener(language)

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop


_spoken = _Spoken()


def use(language: str) -> None:
    """Speak this language from now on and tell the listeners, in the calling thread.

    Raises:
        ValueError: the program does not speak it.
    """
    _spoken.use(language)


def current() -> str:
    """Return the language spoken now, for example `zh_CN`."""
    return _spoken.tongue.language


def listen(listener: Callable[[str], None]) -> Callable[[], None]:
    """Have `listener(language)` called at each change; the returned function ends that."""
    return _spoken.listen(listener)


def mark(message: str) -> str:
    """Return the message unchanged; marks a constant that is translated where it is shown."""
    return message


def t(message: str, /, **values: object) -> str:
    """Translate a message into the language spoken now and fill its {named} places."""
    return _spoken.tongue.t(message, **values)


def sentence(error: Coded | Problem | BaseException, /) -> str:
    """Say an error in the language spoken now: what is wrong, where, what to do."""
    return _spoken.tongue.sentence(error)


def words(term: Enum | str, /) -> str:
    """Name a value of an enumeration in the language spoken now."""
    return _spoken.tongue.words(term)


def number(value: Decimal | int, /) -> str:
    """Write a number with every digit it has."""
    return _spoken.tongue.number(value)


def date(value: Date, /) -> str:
    """Write a day as 2026-11-24."""
    return _spoken.tongue.date(value)


def time(value: datetime, /) -> str:
    """Write an aware moment as 07:20 on the laboratory's wall clock."""
    return _spoken.tongue.time(value)


def moment(value: datetime, /) -> str:
    """Write an aware moment as 2026-11-24 07:20:05 on the laboratory's wall clock."""
    return _spoken.tongue.moment(value)
