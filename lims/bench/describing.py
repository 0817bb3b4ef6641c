"""Descriptions of devices that a laboratory writes itself: registers, checked, handed to other laboratories."""

import re
from collections.abc import Mapping
from pathlib import Path

from drivers import listening, register_map, wire_form
from drivers.checked import MapError
from lims import clock
from lims.door import Lims
from lims.errors import Invalid, NotFound
from lims.queries import equipment
from lims.rules.visible import visible

SETTING = {"profile_file": "form", "modbus_reader": "map", "modbus_logger": "map"}
"""Kinds of instrument that are described in TOML, and the setting that holds the description."""
_HEAD = "# kuaijian description of "
_SHIPPED = re.compile(r"[a-z0-9_]*")
_WHOLE = re.compile(r"-?\d{1,5}")


def checked(kind: str, toml: str) -> None:
    """Refuse a description that cannot be used.

    Raises:
        Invalid: it is no TOML, or something in it is missing, unknown or does not fit.
    """
    setting = SETTING.get(kind)
    if setting is None:
        raise Invalid("listen.kind", kind=kind, known=" ".join(SETTING))
    load = wire_form.load if setting == "form" else register_map.load
    try:
        load({setting: toml if "\n" in toml else f"{toml}\n"})
    except MapError as fault:
        raise Invalid("listen.form", where=fault.where, fault=fault.code) from None


def registers(name: str, said: Mapping[str, str]) -> str:
    """Return a map of registers from what a person says of a reader that keeps one result a channel.

    Args:
        name: of the device.
        said: `unit_id`, `function`, `word_order`, `status`, `ready`, `run_number`, `value`, `type`, `scale`,
            `channels`, `stride`, `item`, `unit`; addresses are those of the wire, the first register is 0.

    Raises:
        Invalid: something is missing or no whole number.
    """
    number = {one: _whole(one, said.get(one, "")) for one in
              ("unit_id", "function", "status", "ready", "run_number", "value", "channels", "stride")}  # fmt: skip
    wide = 2 if said["type"].endswith("32") else 1
    ends = [number["status"] + 1, number["run_number"] + 1,
            number["value"] + number["stride"] * (number["channels"] - 1) + wide]  # fmt: skip
    first = min(number["status"], number["run_number"], number["value"])
    device = {
        "name": name,
        "source": f"described by the laboratory on {clock.local(clock.now()).date().isoformat()}",
        "unit_id": number["unit_id"],
        "function": number["function"],
        "word_order": said["word_order"],
    }
    value = {"address": number["value"], "type": said["type"], "scale": said.get("scale") or "1"}
    result: dict[str, object] = {
        "positions": [str(at) for at in range(1, number["channels"] + 1)],
        **{one: said[one] for one in ("item", "unit") if said.get(one)},
        "stride": number["stride"],
        "value": value,
    }
    tables: list[tuple[str, Mapping[str, object]]] = [
        ("[[blocks]]", {"address": first, "count": max(ends) - first}),
        ("status", {"address": number["status"], "ready": [number["ready"]]}),
        ("run_number", {"address": number["run_number"]}),
        ("[[results]]", result),
    ]
    return listening.registers(device, tables)


def _whole(name: str, text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise Invalid("listen.number", field=name, text=text)
    return int(text)


def export(lims: Lims, instrument: str, target: Path) -> Path:
    """Write an instrument's description for other laboratories, with where it is from and how well it is known.

    Raises:
        NotFound: no such instrument, this kind of instrument is not described in TOML, or it uses one that is shipped.
        Invalid: the file is there already or cannot be written.
    """
    owned = next((one for one in lims.ask(equipment.instruments) if one.id == instrument), None)
    if owned is None:
        raise NotFound("instrument.unknown", id=instrument)
    toml = _own(owned.settings.get(SETTING.get(owned.profile, "")))
    if not toml:
        raise NotFound("listen.no_description", id=owned.id)
    head = f"{_HEAD}{owned.profile}\n# {visible(lims.ask(equipment.owner))} {clock.now().isoformat(timespec='seconds')}"
    told = f"{head} {owned.evidence} {visible(owned.name)}, {owned.readings} readings"
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"{told}\n{toml.rstrip()}\n")
    except FileExistsError:
        raise Invalid("listen.exists", file=str(target)) from None
    except OSError as fault:
        raise Invalid("wire.file", file=str(target), fault=fault.strerror or "") from None
    return target


def _own(named: object) -> str:
    """Return a description of the laboratory's own, read where only its path is known; nothing for a shipped one.

    Raises:
        Invalid: its file cannot be read.
    """
    if not isinstance(named, str) or "\n" in named:
        return named if isinstance(named, str) else ""
    if _SHIPPED.fullmatch(named):
        return ""
    try:
        return Path(named).read_text("utf-8")
    except (OSError, ValueError) as fault:
        raise Invalid("wire.file", file=named, fault=str(fault)) from None


def taken(source: Path) -> tuple[str, str]:
    """Return the kind of instrument and the description that another laboratory wrote into a file.

    Raises:
        Invalid: the file cannot be read, is no description, or the description is wrong.
    """
    try:
        text = source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid("wire.file", file=str(source), fault=str(fault)) from None
    first, _, _ = text.partition("\n")
    if not first.startswith(_HEAD):
        raise Invalid("listen.foreign", file=str(source))
    kind = first.removeprefix(_HEAD).strip()
    checked(kind, text)
    return kind, text
