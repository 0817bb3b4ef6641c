"""One file for the repairman: versions, settings without secrets, schema, disk, log, lines, last errors, counts.

Nothing in it names a person, a business or a sample: figures, codes and the program's own words alone.
"""

import json
import platform
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from lims import clock, config
from lims.app import Laboratory
from lims.config import Folder
from lims.errors import Invalid, LimsError
from lims.queries import audit, equipment
from lims.queries.health import health
from lims.storage import migrate
from lims.storage.link import link
from lims.sync import arrivals, members, outbox, sets
from lims.version import BUILD, SCHEMA, fingerprint, statement

FOLDERS = (
    "journal",
    "spool",
    "attachments",
    "reports",
    "checkpoints",
    "incoming",
    "outgoing",
    "drafts",
    "keys",
)
"""Folders of a laboratory of which the number of files and their bytes are told, never a name."""


def write(laboratory: Laboratory, out: Path, *, verify: bool = False) -> Path:
    """Write the file and return it.

    Args:
        laboratory: what is looked at.
        out: the file to write; a zip.
        verify: check the whole log too, which takes its time.

    Raises:
        Invalid: the file cannot be written.
    """
    parts = {
        "program": program(),
        "settings": settings(laboratory.folder),
        "database": database(laboratory),
        "disk": disk(laboratory.folder),
        "log": log(laboratory, verify=verify),
        "instruments": instruments(laboratory),
        "sites": sites(laboratory),
    }
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, told in parts.items():
                packed.writestr(
                    f"{name}.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain)
                )
    except OSError as fault:
        raise Invalid("bundle.unwritable", file=str(out), reason=fault.strerror or "") from None
    return out


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def program() -> dict[str, object]:
    """Return what this program is and what it runs on, without the names of the computer and its user."""
    system = {"system": platform.system(), "release": platform.release(), "machine": platform.machine()}
    told = {"version": BUILD, "schema": SCHEMA, "files": fingerprint(), "python": platform.python_version()}
    return {**told, **statement(), **system, "at": clock.now(), "zone": str(clock.ZONE)}


def settings(folder: Folder) -> dict[str, object]:
    """Return the station's settings file without passwords; why it cannot be read where that is so."""
    try:
        told = config.load(folder)
    except LimsError as fault:
        return {"fault": fault.code}
    address = make_url(told.database).set(username=None, password=None) if told.database else None
    lines = [
        {"profile": one.profile, "port": one.port, "settings": dict(one.settings)} for one in told.instruments
    ]
    return {
        "site": told.site,
        "station": told.station,
        "language": told.language,
        "database": address.render_as_string() if address else "",
        "instruments": lines,
    }


def database(laboratory: Laboratory) -> dict[str, object]:
    """Return engine, schema, rows, newest entries without their content."""
    lims = laboratory.lims
    found = lims.ask(health)
    told = {"revision": migrate.current(lims.store.engine), "newest revision": migrate.head()}
    server = lims.store.engine.dialect.name == "postgresql"
    return {**told, **asdict(found), **({"link": link(lims.store.engine)} if server else {})}


def disk(folder: Folder) -> dict[str, object]:
    """Return the room on the laboratory's disk and what its folders hold, in numbers."""
    usage = shutil.disk_usage(folder.root)
    held = {name: _held(folder.root / name) for name in FOLDERS}
    files = {path.name: path.stat().st_size for path in folder.root.glob("laboratory.db*")}
    return {"total": usage.total, "free": usage.free, "database": files, "folders": held}


def _held(folder: Path) -> dict[str, int]:
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}


def log(laboratory: Laboratory, *, verify: bool) -> dict[str, object]:
    """Return whether the log may be written, the last fault of a head that should leave, and the proof if wanted."""
    barred, fault = laboratory.barred, laboratory.sealing.fault
    told: dict[str, object] = {
        "barred": barred.code if barred else "",
        "sealing": fault.code if fault else "",
    }
    if verify:
        found = laboratory.lims.ask(audit.verify)
        told |= {"whole": found.ok, "logs": found.logs, "differences": len(found.differences)}
    return told


def instruments(laboratory: Laboratory) -> list[Mapping[str, Any]]:
    """Return every line: profile, port, settings, how much came and when last."""
    return [
        {
            "id": one.id,
            "profile": one.profile,
            "port": one.port,
            "active": one.active,
            "settings": {
                name: value for name, value in one.settings.items() if not isinstance(value, str | dict)
            },
            "readings": one.readings,
            "last": one.last_reading,
        }
        for one in laboratory.lims.ask(equipment.instruments)
    ]


def sites(laboratory: Laboratory) -> dict[str, object]:
    """Return what waits for the county, or what came from vans and does not fit."""
    lims = laboratory.lims
    stations = [
        {"station": one.station, "of": one.of, "state": one.state, "held": one.held}
        for one in lims.ask(members.members)
    ]
    return {
        "waiting": lims.ask(outbox.waiting),
        "sets": lims.ask(sets.here),
        "stations": stations,
        "matters": [(one.kind, one.of, one.where, one.open) for one in lims.ask(arrivals.matters)],
    }
