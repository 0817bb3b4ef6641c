"""Opens a laboratory: its folder, its database, its station, and one door to all of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lims import config
from lims.config import Folder, default_folder
from lims.door import Lims
from lims.errors import Invalid, LimsError, Problem
from lims.rules import practice
from lims.rules.numbering import station_fits
from lims.services import enrol, passwords, watch
from lims.services.leaving import Sealing
from lims.storage import encrypt, keyrings, store
from lims.storage.keys import PassphraseSource, Secret
from lims.storage.log import place_of

SITE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
"""What a site's code may be."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What must be known to found a laboratory.

    Attributes:
        site: short code of the site, such as `LJ`.
        station: two letters and two digits that begin each sample number, such as `LJ01`.
        name: name of the laboratory as it is printed.
        county: six-digit code of the county.
        station_name: what people call this computer.
        algorithm: `sha256`, or `sm3`; it can never be changed.
    """

    site: str
    station: str
    name: str
    county: str = "350122"
    station_name: str = "/"
    algorithm: str = "sha256"


@dataclass(frozen=True)
class Laboratory:
    """An open laboratory: where its files lie and the door for the station itself; people sign in through it.

    Attributes:
        folder: its files.
        lims: the station's door.
        sealing: the heads of its log that leave.
    """

    folder: Folder
    lims: Lims
    sealing: Sealing

    @property
    def barred(self) -> LimsError | None:
        """Why nothing may be written until two people recover it (`sealing.recover`); None when all is well."""
        return self.lims.store.writer.barred

    @property
    def newer(self) -> bool:
        """Whether a newer program wrote it, so that this one may only read it."""
        return enrol.only_read(self.lims)

    @property
    def away(self) -> bool:
        """Whether its server was away when it was opened, and is not looked at yet: nothing can be asked or done."""
        return self.barred is not None and self.barred.code == "storage.away"

    def sign_in(self, login: str, password: str, new_password: str = "") -> Lims:
        """Return the door as one person sees it; see `lims.services.enrol.sign_in`."""
        return enrol.sign_in(self.lims, login, password, new_password)

    def close(self) -> None:
        """Finish what is being written and let go of everything."""
        self.lims.store.close()


def _folder(root: Path | None) -> Folder:
    folder = Folder(root) if root else default_folder()
    folder.make()
    return folder


def sealed_later(folder: Folder, lims: Lims) -> Laboratory:
    """Return a laboratory whose log nobody has compared yet, for a database that cannot be reached now."""
    return Laboratory(folder, lims, Sealing(lims, folder.root))


def seal(laboratory: Laboratory) -> None:
    """Compare the log with what is known of it outside, and let the head of each slip leave from now on."""
    laboratory.sealing.guard()
    watch.starts(laboratory.lims)
    laboratory.lims.listen(laboratory.sealing.watch)


def _sealed(folder: Folder, lims: Lims) -> Laboratory:
    laboratory = sealed_later(folder, lims)
    if laboratory.barred is not None:  # it can be read alone
        return laboratory
    try:
        seal(laboratory)
    except BaseException:
        lims.store.close()
        raise
    return laboratory


def found(founding: Founding, root: Path | None = None, database: str = "") -> Laboratory:
    """Found a laboratory in a folder (the person's own, when None) and open it.

    Args:
        founding: who and where.
        root: the folder.
        database: address of a PostgreSQL database; empty for the SQLite file in the folder.

    Raises:
        StorageUnfit: the place cannot keep what is committed, or a laboratory is there already.
        Invalid: the founding's codes or names cannot be used.
    """
    if not station_fits(founding.station):
        raise Invalid("station.code", station=founding.station)
    if not practice.fits(founding.site, founding.station):
        raise Invalid("practice.code", site=founding.site, station=founding.station)
    folder = _folder(root)
    place = place_of(founding.site, founding.station, founding.algorithm)
    lims = Lims(store.found(database or folder.database, place))
    lims.do(
        enrol.found,
        name=founding.name,
        county=founding.county,
        station_name=founding.station_name,
    )
    return _sealed(folder, lims)


@dataclass(frozen=True, slots=True)
class First:
    """The first person of a new laboratory: its administrator, who enrols the others."""

    login: str
    name: str
    password: str


def begin(founding: Founding, first: First, root: Path | None = None, database: str = "") -> None:
    """Found a laboratory with its administrator; nothing is made when something of it cannot be.

    Raises:
        Invalid: a code, a name or the password cannot be used.
        StorageUnfit: the place cannot keep what is committed, or a laboratory is there already.
    """
    texts = {"site": founding.site, "name": founding.name, "login": first.login, "person": first.name}
    if gaps := [Problem("form.missing", where) for where, words in texts.items() if not words.strip()]:
        raise Invalid("form.missing", gaps)
    if not SITE.fullmatch(founding.site):
        raise Invalid("sync.site_code", site=founding.site)
    hashed = passwords.hash_password(first.password)
    laboratory = found(founding, root, database)
    try:
        laboratory.lims.do(
            enrol.person, login=first.login, name=first.name, roles="administrator", password_hash=hashed
        )
    finally:
        laboratory.close()


def open_laboratory(
    root: Path | None = None,
    database: str = "",
    station: str = "",
    passphrase: PassphraseSource = keyrings.passphrase_of,
    *,
    examine: bool = False,
) -> Laboratory:
    """Open a laboratory that was founded before.

    Args:
        root: the folder.
        database: address of a PostgreSQL database; empty for what the folder's settings say, or its SQLite file.
        station: which station writes; empty for what the settings of a desk say, or the first.
        passphrase: asked when the file is encrypted.
        examine: one whose guards are gone is opened too, to be read alone.

    Raises:
        NotFound: nothing was founded there, or no such station.
        NotAllowed: the file is encrypted and the passphrase is missing or another one.
        StorageUnfit: the database cannot be trusted with what is written. One from a newer program can be read.
    """
    folder = Folder(root) if root else default_folder()
    told = config.load(folder)
    if told.database and not database:
        database, station = told.database, station or told.station
    if database:
        opened_store = store.open_store(database, station, examine=examine)
    else:
        file_keys = encrypt.keys_of(folder.root, lambda: Secret(passphrase(folder.root)))
        opened_store = store.open_store(folder.database, station, file_keys, examine=examine)
    folder.make()
    return _sealed(folder, Lims(opened_store))


@contextmanager
def opened(
    root: Path | None = None,
    database: str = "",
    station: str = "",
    passphrase: PassphraseSource = keyrings.passphrase_of,
    *,
    examine: bool = False,
) -> Iterator[Laboratory]:
    """Open a laboratory for the length of a `with` block."""
    laboratory = open_laboratory(root, database, station, passphrase, examine=examine)
    try:
        yield laboratory
    finally:
        laboratory.close()
