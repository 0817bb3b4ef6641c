"""The folder of a laboratory: where each thing lies in it, and the settings file of this station."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

import platformdirs

from lims.errors import Invalid, Problem

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)")


@dataclass(frozen=True, slots=True)
class Folder:
    """One laboratory's folder on this computer; nothing of it lies anywhere else."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings that a person may edit."""
        return self.root / "config.toml"

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.root / "laboratory.db"

    @property
    def journal(self) -> Path:
        """Raw bytes of the instruments, as they came."""
        return self.root / "journal"

    @property
    def spool(self) -> Path:
        """Readings that wait to be taken in."""
        return self.root / "spool"

    @property
    def attachments(self) -> Path:
        """Photographs, scans and other files of the samples."""
        return self.root / "attachments"

    @property
    def reports(self) -> Path:
        """Slips and registers that were made."""
        return self.root / "reports"

    def make(self) -> None:
        """Create what is missing.

        Raises:
            Invalid: the folder cannot be made or written.
        """
        try:
            for place in (self.root, self.journal, self.spool, self.attachments, self.reports):
                place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Invalid("config.folder", folder=str(self.root), reason=_reason(error)) from error


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument of this station as the laboratory set it up.

    Attributes:
        name: the laboratory's own name for it, unique here.
        profile: the id of its profile, for example `dayuan_tl310`.
        port: COM3, /dev/ttyUSB0, 192.168.1.20:4001, or a VISA address; empty while not connected.
        settings: what the profile lets a laboratory set.
    """

    name: str
    profile: str
    port: str = ""
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Config:
    """What this station was told: who it is, what it speaks, which instruments stand on its bench.

    `database` is the address of the server that holds the laboratory; empty for the file in the folder.
    """

    site: str = "LAB"
    station: str = "S1"
    language: str = "zh_CN"
    instruments: tuple[Instrument, ...] = ()
    database: str = ""


def default_folder() -> Folder:
    """Return the laboratory in this person's own data folder."""
    return Folder(Path(platformdirs.user_data_dir("kuaijian", appauthor=False, roaming=False)))


def load(folder: Folder) -> Config:
    """Read the settings; a laboratory without a settings file has the defaults.

    Raises:
        Invalid: the file cannot be read or says something that cannot be meant; each problem names its line.
    """
    try:
        text = folder.settings.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid("config.encoding", file=str(folder.settings), line=line) from error
    except OSError as error:
        raise Invalid("config.unreadable", file=str(folder.settings), reason=_reason(error)) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Invalid("config.syntax", file=str(folder.settings), line=line, detail=str(error)) from error
    problems = list(_problems(table, text))
    if problems:
        raise Invalid("config.content", problems, file=str(folder.settings))
    instruments = tuple(
        Instrument(**{**entry, "settings": MappingProxyType(dict(entry.get("settings", {})))})
        for entry in table.get("instruments", [])
    )
    return Config(**{**table, "instruments": instruments})


def save(folder: Folder, config: Config) -> None:
    """Write the settings so that a power cut leaves the old file or the new one, never a half.

    Raises:
        Invalid: the file cannot be written.
    """
    draft = folder.settings.with_suffix(".toml.new")
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(_written(config))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder.settings)
    except OSError as error:
        raise Invalid("config.unwritable", file=str(folder.settings), reason=_reason(error)) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


# What is wrong with a file --------------------------------------------------------------------------------

_TOP: Mapping[str, type] = {
    "site": str,
    "station": str,
    "language": str,
    "database": str,
    "instruments": list,
}
_INSTRUMENT: Mapping[str, type] = {"name": str, "profile": str, "port": str, "settings": dict}


def _problems(table: Mapping[str, Any], text: str) -> Iterator[Problem]:
    yield from _misfits(table, _TOP, text, "", 0)
    for key in ("site", "station"):
        value = table.get(key)
        if isinstance(value, str) and not _NAME.fullmatch(value):
            yield _problem("config.name", text, key, value=value)
    entries = table.get("instruments", [])
    names: set[str] = set()
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            yield _problem("config.type", text, "instruments", value=str(entry))
            continue
        yield from _instrument_problems(entry, text, place, names)
        names.add(str(entry.get("name", "")))


def _instrument_problems(
    entry: Mapping[str, Any], text: str, place: int, taken: set[str]
) -> Iterator[Problem]:
    yield from _misfits(entry, _INSTRUMENT, text, "instruments", place)
    for key in ("name", "profile"):
        if not entry.get(key):
            yield _problem("config.missing", text, key, "instruments", place)
    name = str(entry.get("name", ""))
    if name and name in taken:
        yield _problem("config.twice", text, "name", "instruments", place, value=name)


def _misfits(
    table: Mapping[str, Any], known: Mapping[str, type], text: str, section: str, place: int
) -> Iterator[Problem]:
    for key, value in table.items():
        if key not in known:
            yield _problem("config.unknown", text, key, section, place, known=", ".join(known))
        elif not isinstance(value, known[key]):
            yield _problem("config.type", text, key, section, place, value=str(value))


def _problem(
    code: str, text: str, key: str, section: str = "", place: int = 0, /, **values: object
) -> Problem:
    return Problem(code, "", {"line": _line(text, key, section, place), "key": key, **values})


def _line(text: str, key: str, section: str, place: int) -> int:
    """Find the line of a key in the n-th table of a name; the table's own line where the key is missing."""
    here, seen, header = "", -1, 1
    for number, line in enumerate(text.splitlines(), start=1):
        opened = _HEADER.match(line)
        if opened:
            here = opened[1]
            seen += here == section
            if here == section and seen == place:
                header = number
        wanted = here == section and (not section or seen == place)
        if (wanted and re.match(rf'\s*"?{re.escape(key)}"?\s*[=.]', line)) or (opened and here == key):
            return number
    return header


# Writing TOML ---------------------------------------------------------------------------------------------


def _written(config: Config) -> str:
    keys = ("site", "station", "language", *(("database",) if config.database else ()))
    lines = [f"{key} = {_value(getattr(config, key))}" for key in keys]
    for instrument in config.instruments:
        lines += ["", "[[instruments]]"]
        lines += [f"{key} = {_value(getattr(instrument, key))}" for key in ("name", "profile", "port")]
        if instrument.settings:
            lines += [f"settings = {_value(instrument.settings)}"]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case _:
            return _quoted(str(value))


def _key(key: str) -> str:
    return key if _NAME.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
