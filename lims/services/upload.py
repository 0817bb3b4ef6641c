"""The outbox to the authorities' platforms: records enter it once, each answer is kept as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from lims.door import verb
from lims.errors import RuleBroken
from lims.records.uploads import Upload, UploadReceipt
from lims.rules import practice
from lims.storage.unit import Unit, new_id

_FIRST, _MOST = timedelta(minutes=1), timedelta(hours=6)
"""Wait after the first failure, and at most."""
_KEPT = 4000
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A record for the outbox; `against` says why it cannot be sent, empty when it can."""

    content: Mapping[str, str]
    against: str = ""


@verb(needs="technician reviewer manager station")
def enqueue(unit: Unit, platform: str, records: Sequence[Ready]) -> int:
    """Put records into the outbox of a platform; one whose key is there already is passed over.

    A record that cannot be sent is held there with its reason, for a person. Returns how many entered.

    Raises:
        RuleBroken: this is a practice laboratory.
    """
    if practice.is_site(unit.site):
        raise RuleBroken("practice.upload", platform=platform)
    known = set(unit.all(select(Upload.key).where(Upload.site == unit.site, Upload.platform == platform)))
    entered = 0
    for one in records:
        key = one.content["key"]
        if key in known:
            continue
        known.add(key)
        row = Upload(
            id=new_id(), platform=platform, key=key, sample=one.content["number"], verdict=key,
            content=dict(one.content), state="held" if one.against else "waiting", attempts=0, next_at=None,
            by=unit.actor.account, at=unit.now, version=1,
        )  # fmt: skip
        unit.put(row)
        if one.against:
            unit.put(_receipt(unit, row.id, Told(row.id, "held", one.against)))
        entered += 1
    return entered


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one record of the outbox: `accepted`, `refused`, `again` or `held`, in the platform's words."""

    upload: str
    outcome: str
    said: str = ""
    remote: str = ""


def _receipt(unit: Unit, upload: str, told: Told, answer: str = "") -> UploadReceipt:
    return UploadReceipt(
        id=new_id(), upload=upload, outcome=told.outcome, remote=told.remote, said=told.said,
        answer=answer[:_KEPT], at=unit.now,
    )  # fmt: skip


@verb(needs="technician reviewer manager station")
def note(unit: Unit, told: Sequence[Told], *, answer: str = "") -> None:
    """Keep what came back for some records, with the answer as it was; what failed waits longer each time.

    Raises:
        NotFound: no such record.
    """
    for one in told:
        row = unit.get(Upload, one.upload)
        row.version += 1
        row.attempts += 1
        if one.outcome == "again":
            row.next_at = unit.now + min(_MOST, _FIRST * 2 ** min(row.attempts - 1, 10))
        else:
            row.state, row.next_at = one.outcome, None
        unit.put(row, _receipt(unit, row.id, one, answer))


@verb(needs="technician reviewer manager", cli="upload-again")
def again(unit: Unit, *, upload: str, reason: str) -> str:
    """Send a refused or held record once more, after somebody mended what stood against it.

    Raises:
        NotFound: no such record.
        RuleBroken: no reason, or it waits or was accepted.
    """
    row = unit.get(Upload, upload)
    if not reason.strip() or row.state not in {"refused", "held"}:
        raise RuleBroken("upload.state", number=row.sample, state=row.state)
    unit.why = reason
    row.state, row.next_at, row.version = "waiting", None, row.version + 1
    unit.put(row)
    return upload
