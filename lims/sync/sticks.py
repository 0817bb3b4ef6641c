"""Bundles and replies by stick or shared folder: everything that waits is written, everything that lies there is taken.

One file that cannot be taken keeps nothing else from being taken; it stays where it is, with the reason told.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lims.door import Lims
from lims.errors import LimsError, NotFound
from lims.services.leaving import Sealing
from lims.sync import bundle, inbox, members, outbox, receipts, sealedfile
from lims.sync.inbox import Outcome
from lims.sync.outbox import Made
from lims.sync.receipts import Accepted

Step = Callable[[int, int], None]
"""Told how many of how many are done; may raise to end the work between two."""
_MOUNTS = ("/media", "/run/media", "/mnt")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, and why."""

    file: str
    error: LimsError


@dataclass(frozen=True)
class Taken:
    """What became of the files of a folder.

    Attributes:
        outcomes: of the bundles, those that waited beside the database too.
        accepted: what a reply brought, or None.
        refused: files that were not taken.
        replies: what was written for the stations to take home.
    """

    outcomes: tuple[Outcome, ...] = ()
    accepted: Accepted | None = None
    refused: tuple[Refused, ...] = ()
    replies: tuple[Path, ...] = ()


def places() -> list[Path]:
    """Return the sticks and other media that are put in now, as far as this system tells; the newest last."""
    if sys.platform == "win32":
        found = [Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"]
        return [place for place in found if place.is_dir()]
    tops = [Path(top) for top in _MOUNTS]
    found = [place for top in tops for pattern in ("*", "*/*") for place in top.glob(pattern)]
    return sorted((place for place in found if place.is_mount()), key=lambda place: place.stat().st_ctime)


def write(lims: Lims, sealing: Sealing, to: Path, *, photo_bytes: int = 32 << 20) -> list[Made]:
    """Write everything that waits as bundles, each of at most `outbox.ENTRIES` acts; attachments in the first.

    Args:
        lims: the station's own door.
        sealing: its seals.
        to: the folder.
        photo_bytes: most bytes of attachments; the rest waits for the receipt.

    Raises:
        NotFound: this site has no county.
        StorageUnfit: the medium is full, read-only or gone.
    """
    made: list[Made] = []
    end, since = lims.ask(outbox.arrival), lims.ask(outbox.known)
    while not made or since.last < end:
        one = outbox.make(lims, sealing, to, since=since, photo_bytes=0 if made else photo_bytes)
        made.append(one)
        since = outbox.Known(one.last, since.size, since.base, since.files)
    return made


def take(lims: Lims, sealing: Sealing, place: Path, step: Step = lambda _done, _total: None) -> Taken:
    """Take a file, or everything in a folder that is for this station; a county leaves its replies beside it.

    Args:
        lims: the station's own door.
        sealing: its seals.
        place: a bundle, a reply, or the folder they lie in.
        step: told after each file.

    Raises:
        NotFound: nothing for this station lies there.
    """
    files = _for_us(lims, place)
    if not files:
        raise NotFound("sync.nothing_there", folder=str(place))
    outcomes: list[Outcome] = []
    refused: list[Refused] = []
    accepted: Accepted | None = None
    for at, file in enumerate(files):
        step(at, len(files))
        try:
            data = sealedfile.read(file)
            if file.suffix == receipts.SUFFIX:
                accepted = receipts.accept(lims, sealing, data, file.name)
            else:
                outcomes += inbox.receive(lims, sealing, data, file.name)
        except LimsError as fault:
            refused.append(Refused(file.name, fault))
    folder = place if place.is_dir() else place.parent
    sites = sorted({one.of for one in outcomes})
    replies = tuple(path for of in sites for path in reply(lims, sealing, of, folder))
    return Taken(tuple(outcomes), accepted, tuple(refused), replies)


def _for_us(lims: Lims, place: Path) -> list[Path]:
    if not place.is_dir():
        return [place] if place.is_file() else []
    if lims.ask(members.home) is None:
        return sorted(place.glob(f"*{bundle.SUFFIX}"))
    return sorted(place.glob(f"{lims.store.place.station}{receipts.SUFFIX}"))


def reply(lims: Lims, sealing: Sealing, of: str, folder: Path) -> Iterator[Path]:
    """Write what each station of a site takes home: receipt, sets, what is wanted next; yield the files.

    Raises:
        StorageUnfit: the medium is full, read-only or gone.
    """
    for one in lims.ask(members.members):
        if one.of == of and one.key is not None:
            file = folder / f"{one.station}{receipts.SUFFIX}"
            sealedfile.write(file, receipts.reply(lims, sealing, one.station))
            yield file
