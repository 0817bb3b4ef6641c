"""Files and raw bytes leave a van's disk once the county has read them back from a backup; the log keeps all.

What counts is the county's signed word: a receipt with the bytes it holds of each file, and how far its own log was in
the newest backup that it wrote and read back. A receipt younger than that backup frees nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from lims.config import Folder
from lims.door import Lims, question, verb
from lims.errors import RuleBroken
from lims.queries import gone
from lims.records.peers import Pruned, ReceiptKept
from lims.services import attach
from lims.services.leaving import Sealing
from lims.storage import attached
from lims.storage.unit import Unit, View
from lims.sync import files, journals
from lims.sync.files import Stored
from lims.sync.receipts import Accepted


@dataclass(frozen=True, slots=True)
class Freed:
    """What left the disk: files and their bytes."""

    files: int
    bytes: int


@question()
def held(view: View, backed_up: int) -> Mapping[str, int]:
    """Return how many bytes of each file the county held, by the receipts that its backup covers.

    What the county said later that it lost counts, whatever a backup holds.
    """
    query = select(ReceiptKept).where(ReceiptKept.site == view.site).order_by(ReceiptKept.id)
    found: dict[str, int] = {}
    for row in view.all(query):
        if row.bundle == "/":
            found |= {sha256: min(int(size), found.get(sha256, 0)) for sha256, size in row.files.items()}
        elif row.joined and row.county_seq < backed_up:
            found |= {sha256: int(size) for sha256, size in row.files.items()}
    return found


@question()
def left(view: View) -> Freed:
    """Return how many files left this disk so far, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(Pruned.size), 0)).where(Pruned.site == view.site)
    ((files_, bytes_),) = view.rows(query)
    return Freed(int(files_), int(bytes_))


@verb(needs="manager administrator")
def pruned(unit: Unit, one: Stored, backed_up: int) -> str:
    """Note that a file's bytes leave this computer; return its hash.

    Raises:
        RuleBroken: the county does not hold it whole in a backup.
    """
    if held(unit.view(), backed_up).get(one.sha256, 0) < one.size:
        raise RuleBroken("sync.not_safe", file=one.stored)
    row = Pruned(
        id=one.sha256,
        sha256=one.sha256,
        size=one.size,
        county_size=backed_up,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def prune(lims: Lims, sealing: Sealing, accepted: Accepted) -> Freed:
    """Free the disk of every file that is safe at the county; each is noted before it goes.

    Args:
        lims: the door of the person who decides.
        sealing: the station's seals; the folder lies there too.
        accepted: what the county's last reply said.

    Raises:
        RuleBroken: the county takes nothing from this station now, or it has no backup.
    """
    if accepted.state != "admitted" or not accepted.backed_up:
        raise RuleBroken("sync.no_backup")
    folder = Folder(sealing.folder)
    safe = lims.ask(held, accepted.backed_up)
    for one in lims.ask(files.own):
        if safe.get(one.sha256, 0) >= one.size:
            lims.do(pruned, one, accepted.backed_up)
    return _swept(lims, folder)


def _swept(lims: Lims, folder: Folder) -> Freed:
    """Take away every file here that was noted as pruned, that of an act which ended in between too."""
    left, raw = lims.ask(gone.gone), {one.stored: one for one in lims.ask(gone.parts)}
    freed: list[int] = []
    for one in lims.ask(attach.stored):
        packed = folder.attachments / one.stored
        if one.sha256 not in left or not packed.is_file():
            continue
        if one.stored in raw and (journal := journals.raw_file(folder, raw[one.stored])) is not None:
            freed.append(journal.stat().st_size)
            journal.unlink()
        freed.append(packed.stat().st_size)
        attached.drop(folder.attachments, one.stored)
    return Freed(len(freed), sum(freed))
