"""How the desktop of this computer looks and what hangs on it: one small file, outside every laboratory."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs

from lims import text
from lims.errors import Invalid

SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
ALLOWED: Mapping[str, tuple[object, ...]] = {
    "theme": ("light", "dark", "contrast"),
    "layout": ("desk", "touch"),
    "scale": SCALES,
    "language": text.LANGUAGES,
    "sound": (True, False),
    "suffix": ("either", "enter", "tab", "none"),
}
"""What each choice may be; the other fields are free text."""


@dataclass(frozen=True, slots=True)
class Look:
    """The settings of this computer.

    Attributes:
        theme: `light`, `dark` or `contrast`.
        layout: `desk`, or `touch` for wet fingers and gloves.
        scale: 1.0 to 2.0.
        language: what the program speaks.
        sound: whether tones are played.
        suffix: what ends a scan of a keyboard scanner: `either` (Enter or Tab), `enter`, `tab`, or `none` (a pause).
        scanner: serial port of a scanner; empty where none hangs on one.
        printer: name of the printer for slips; empty for the system's own.
    """

    theme: str = "light"
    layout: str = "desk"
    scale: float = 1.0
    language: str = text.LANGUAGES[0]
    sound: bool = True
    suffix: str = "either"
    scanner: str = ""
    printer: str = ""


def place() -> Path:
    """Return where this person's look lies on this computer."""
    return Path(platformdirs.user_config_dir("kuaijian", appauthor=False, roaming=False)) / "desktop.toml"


def read(path: Path) -> Look:
    """Read the look; a computer without the file has the first one.

    Raises:
        Invalid: the file cannot be read, or says what cannot be.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Look()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Invalid("look.unreadable", file=str(path), detail=str(fault)) from None
    return _look(told, path)


def _look(told: Mapping[str, Any], path: Path) -> Look:
    first = asdict(Look())
    for name, value in told.items():
        known = name in first and type(value) is type(first[name])
        if not known or (name in ALLOWED and value not in ALLOWED[name]):
            raise Invalid("look.content", file=str(path), key=name, value=str(value))
    return Look(**{**first, **told})


def write(path: Path, look: Look) -> None:
    """Keep the look, so that a power cut leaves the old file or the new one; for a worker thread.

    Raises:
        Invalid: the file cannot be written.
    """
    lines = [
        f"{field.name} = {json.dumps(getattr(look, field.name), ensure_ascii=False)}\n"
        for field in fields(look)
    ]
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8", newline="\n") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as fault:
        raise Invalid("look.unwritable", file=str(path), reason=fault.strerror or "") from None
