"""What a desk keeps beside its journals so that it can capture when it is started while its server is away.

Nothing in it is secret, and nothing of it is believed once the server answers.
"""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from lims.storage.log import Place

FILE = "desk.json"
_SECRET = ("password", "sslpassword")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Placed:
    """An instrument in use: what it is, where it is plugged in, and the last journal entry that was taken in."""

    id: str
    name: str
    profile: str
    port: str
    settings: Mapping[str, Any]
    after: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was so when the laboratory was last open here.

    Attributes:
        database: address of the server, without a password (`address`).
        place: whose log this computer writes.
        name: of the laboratory, for people.
        instruments: those in use.
    """

    database: str
    place: Place
    name: str
    instruments: tuple[Placed, ...]


def address(database: str) -> str:
    """Return a server's address without what is secret in it."""
    url = make_url(database).difference_update_query(_SECRET)
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def write(journal: Path, known: Known) -> None:
    """Keep it, in one piece; a disk that does not take it holds up nothing else."""
    draft = journal / f"{FILE}.new"
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(known), file, ensure_ascii=False, indent=1, default=str)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(journal / FILE)
    except OSError:
        log.warning("what this desk needs without its server is not kept", exc_info=True)


def read(journal: Path) -> Known | None:
    """Return what is kept; None where nothing is, or nothing that can be read."""
    try:
        told = json.loads((journal / FILE).read_text("utf-8"))
        instruments = tuple(Placed(**one) for one in told["instruments"])
        return Known(told["database"], Place(**told["place"]), told["name"], instruments)
    except (OSError, ValueError, TypeError, KeyError):
        return None
