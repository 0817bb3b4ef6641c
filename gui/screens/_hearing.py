"""What listening to an unknown device does off the GUI thread, and how what is read of it stands in a row."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gui.screens import _codes
from gui.widgets.rows import Row
from lims.text import t, words

SECONDS = 20.0


def hear(
    port: str, baud: int, parity: str, stop: threading.Event, told: Callable[[bytes], object]
) -> Sequence[Any]:
    """Listen; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the ports' libraries are loaded when they are needed

    seconds = SECONDS if baud else SECONDS / 8
    return listening.hear(port, seconds, baud=baud, parity=parity, stop=stop, told=told)


def reading(key: str, one: dict[str, Any]) -> Row:
    """Return what is read of one line or frame; a broken one says why."""
    if "error" in one:
        return Row(key, (t("broken"), "", "", _codes.coded("broken", one["error"]), "", "", ""), "wrong")
    call = words(f"call.{one['call']}") if one["call"] else ""
    said = [one[name] or "" for name in ("position", "sample", "item", "value", "unit")]
    return Row(
        key,
        (*said, call, (one["measured_at"] or "").replace("T", " ")),
        "" if one["value"] or call else "late",
    )


def read(heard: Any, marks: dict[int, str], told: dict[str, str]) -> Sequence[dict[str, Any]]:  # noqa: ANN401 - `Heard`
    """Decode what was heard by the marks; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the ports' libraries are loaded when they are needed

    return listening.check(heard.marked("?", marks, told), heard.wire("?"))


def take(folder: Any, file: str) -> tuple[str, str]:  # noqa: ANN401 - a path
    """Take a description of another laboratory in; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the ports' libraries are loaded when they are needed

    return listening.take(folder, Path(file))


def save(
    folder: Any,  # noqa: ANN401 - a path
    name: str,
    heard: Any,  # noqa: ANN401 - `Heard`
    marks: dict[int, str],
    told: dict[str, str],
) -> str:
    """Write both files; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the ports' libraries are loaded when they are needed

    return str(listening.save(folder, name, heard.marked(name, marks, told), heard.wire(name))[0])


def save_registers(folder: Any, name: str, said: dict[str, str]) -> str:  # noqa: ANN401 - a path
    """Write the map; for a worker thread."""
    from lims.bench import describing, listening  # noqa: PLC0415 - the ports' libraries are loaded when they are needed

    return str(listening.save(folder, name, describing.registers(name, said), kind="modbus_reader")[0])
