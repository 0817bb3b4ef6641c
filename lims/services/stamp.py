"""Time stamps over heads: where a service is configured its token is fetched, checked and kept."""

import secrets
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from urllib.error import URLError
from urllib.parse import urlsplit

from sqlalchemy import select

from lims.door import question, verb
from lims.errors import Invalid, NotFound, StorageUnfit
from lims.evidence import checkpoint, notes, timestamp
from lims.evidence.timestamp import Stamp
from lims.records.checkpoints import TimeStamp
from lims.records.settings import Setting
from lims.services.leaving import Sealing
from lims.services.plan import setting
from lims.storage.unit import Unit, View, new_id

URL, CERTIFICATES = "timestamp.url", "timestamp.certificates"
_MOST = 1 << 20
_SECONDS = 20


@verb(needs="manager administrator")
def configure(unit: Unit, *, url: str, certificates: str) -> str:
    """Set which time-stamp service is asked and which authorities (PEM) it must lead to; an empty address ends it.

    Raises:
        Invalid: the address is not http or https, or no certificate can be read.
    """
    if url:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise Invalid("timestamp.url", url=url)
        timestamp.certificates(certificates)
    setting(unit, CERTIFICATES, certificates.replace("\r\n", "\n") or "/")
    return setting(unit, URL, url or "/")


@dataclass(frozen=True, slots=True)
class Service:
    """A configured service: its address and the authorities in PEM."""

    url: str
    certificates: str


@question()
def service(view: View) -> Service | None:
    """Return the configured service, or None."""
    url, trusted = view.find(Setting, URL), view.find(Setting, CERTIFICATES)
    if url is None or trusted is None or url.value == "/":
        return None
    return Service(url.value, trusted.value)


@verb(needs="station manager")
def stamped(unit: Unit, *, note: str, token: str, url: str) -> str:
    """Keep a token (hex) over one of our heads, checked once more.

    Raises:
        Tampered: it does not hold.
        NotFound: no service is configured.
    """
    known = service(unit.view())
    if known is None:
        raise NotFound("timestamp.none")
    read = bytes.fromhex(token)
    stamp = timestamp.verify(read, note.encode(), timestamp.certificates(known.certificates))
    head = checkpoint.parse(notes.parse(note).body)
    row = TimeStamp(
        id=new_id(),
        station=unit.place.station,
        size=head.size,
        note=note,
        service=url[:200],
        token=token,
        stated_at=stamp.at,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def fetch(sealing: Sealing) -> Stamp:
    """Let the present head leave to the configured service and keep its token; return what it states.

    Raises:
        NotFound: no service is configured.
        StorageUnfit: the service cannot be reached.
        Tampered: its answer is for something else, or its signature does not hold.
    """
    known = sealing.lims.ask(service)
    if known is None:
        raise NotFound("timestamp.none")
    note = sealing.leave("timestamp", known.url[:200]).text()
    nonce = secrets.randbits(63)
    token = timestamp.token_of(_post(known.url, timestamp.request(note.encode(), nonce)))
    stamp = timestamp.verify(token, note.encode(), timestamp.certificates(known.certificates), nonce)
    sealing.lims.do(stamped, note=note, token=token.hex(), url=known.url)
    return stamp


def _post(url: str, data: bytes) -> bytes:
    asked = urllib.request.Request(  # noqa: S310 - `configure` lets http and https through alone
        url, data=data, headers={"Content-Type": "application/timestamp-query"}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310 - the same
            found: bytes = answer.read(_MOST)
    except (URLError, TimeoutError, OSError) as fault:
        raise StorageUnfit("timestamp.away", url=url, reason=str(getattr(fault, "reason", fault))) from None
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A token that is kept: over which head, by which service, and the moment it states."""

    size: int
    service: str
    at: datetime
    token: bytes
    note: str


@question()
def stamps(view: View) -> list[Kept]:
    """Return the tokens of this station, the earliest first."""
    query = (
        select(TimeStamp)
        .where(TimeStamp.site == view.site, TimeStamp.station == view.place.station)
        .order_by(TimeStamp.id)
    )
    return [
        Kept(row.size, row.service, row.stated_at, bytes.fromhex(row.token), row.note)
        for row in view.all(query)
    ]
