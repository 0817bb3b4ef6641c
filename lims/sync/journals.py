"""Raw bytes travel as files do: a journal's file that is finished and taken in is kept packed and goes to the county.

The journal's own file stays where it is until a person frees the disk (`pruning`); so nothing that reads the journal
needs to know of this.
"""

import gzip
from pathlib import Path

from sqlalchemy import select

from drivers import segments
from lims.config import Folder
from lims.door import Lims, question, verb
from lims.queries import gone
from lims.queries.gone import Part
from lims.records.attachments import AttachmentUse
from lims.records.equipment import Instrument
from lims.services import attach
from lims.storage import attached
from lims.storage.attached import Kept
from lims.storage.unit import Unit, View, new_id


@question(needs="station")
def instruments(view: View) -> list[str]:
    """Return the ids of this site's instruments, those out of use too."""
    return list(view.all(select(Instrument.id).where(Instrument.site == view.site).order_by(Instrument.id)))


@verb(needs="station")
def filed(unit: Unit, instrument: str, kept: Kept) -> str:
    """Note the packed file of an instrument's journal; return the attachment's id.

    Raises:
        NotFound: no such instrument.
    """
    unit.get(Instrument, instrument)
    row = attach.row_of(unit, kept, personal=False)
    unit.put(row)
    use = AttachmentUse(
        id=new_id(),
        attachment=row.id,
        subject=Instrument.__tablename__,
        subject_id=instrument,
        role=gone.JOURNAL,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(use)
    return row.id


def keep(lims: Lims, folder: Folder) -> int:
    """Keep every finished file of the journals that is not kept yet; return how many were.

    Args:
        lims: the station's own door.
        folder: the laboratory's folder on this computer.

    Raises:
        StorageUnfit: the disk cannot keep one.
    """
    known = {(one.instrument, one.first) for one in lims.ask(gone.parts)}
    count = 0
    for instrument in lims.ask(instruments):
        for first, last, path in segments.finished(folder.journal / instrument):
            if (instrument, first) not in known:
                packed = gzip.compress(path.read_bytes(), mtime=0)
                name = f"{first}-{last}{segments.SUFFIX}.gz"
                kept = attached.keep_own(
                    folder.attachments, packed, gone.JOURNAL, name, lims.store.place.hash
                )
                lims.do(filed, instrument, kept)
                count += 1
    return count


def raw_file(folder: Folder, part: Part) -> Path | None:
    """Return the journal's own file that a kept part was made of, as long as it is here and holds the same bytes."""
    path = segments.path_of(folder.journal / part.instrument, part.first)
    packed = folder.attachments / part.stored
    if not path.is_file() or not packed.is_file():
        return None
    return path if gzip.decompress(packed.read_bytes()) == path.read_bytes() else None
