"""What is attached to a sample, a handover, a seal, a portion or a place."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question
from lims.queries.people import names
from lims.records.attachments import Attachment, AttachmentUse
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment with what it belongs to; `name` is empty where it shows a person."""

    id: str
    role: str
    kind: str
    name: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    station: str
    personal: bool
    by: str
    at: datetime


@question()
def of_row(view: View, table: str, id_: str) -> list[Paper]:
    """Return what is attached to a row, the earliest first."""
    query = (
        select(AttachmentUse, Attachment)
        .join(
            Attachment,
            (Attachment.site == AttachmentUse.site) & (Attachment.id == AttachmentUse.attachment),
        )
        .where(
            AttachmentUse.site == view.site, AttachmentUse.subject == table, AttachmentUse.subject_id == id_
        )
        .order_by(AttachmentUse.id)
    )
    known = names(view)
    return [
        Paper(
            row.id,
            use.role,
            row.kind,
            row.name,
            row.size,
            row.width,
            row.height,
            row.sha256,
            row.station,
            row.personal,
            known(use.by),
            use.at,
        )
        for use, row in view.rows(query)
    ]
