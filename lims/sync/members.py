"""Sites that a county founds: a charter to take along, an answer to admit, a key to revoke."""

import base64
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from lims.app import SITE, Founding, Laboratory, found
from lims.door import Lims, question, verb
from lims.errors import Conflict, Invalid, NotFound, RuleBroken, Tampered
from lims.evidence import notes
from lims.evidence.canonical import Json, decode, encode
from lims.evidence.notes import Key, Note
from lims.records.peers import Home, Member
from lims.records.places import Site, Station
from lims.records.settings import Setting
from lims.rules import practice
from lims.rules.numbering import station_fits
from lims.services.leaving import Sealing
from lims.services.plan import setting
from lims.storage import keys
from lims.storage.incoming import arrived
from lims.storage.log import place_of
from lims.storage.unit import Unit, View
from lims.sync import sealedfile, sets, tls
from lims.sync.identity import Identity, fingerprint, identity

CHARTER = "kuaijian-charter-1"
ANSWER = "kuaijian-answer-1"
URL = "sync.url"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A station of another site as the county wants it: codes, names, and the hash of its log."""

    site: str
    station: str
    name: str
    algorithm: str = "sha256"


@verb(needs="manager")
def charter(unit: Unit, wanted: Wanted) -> str:
    """Put a station of another site on record, before its key is known; return its log's origin.

    Raises:
        Invalid: a code that cannot be one, or no name.
        RuleBroken: the station's code is in use, so numbers would clash, or the site's code is our own.
    """
    if not station_fits(wanted.station):
        raise Invalid("station.code", station=wanted.station)
    if practice.is_number(wanted.station) or practice.is_site(wanted.site) or practice.is_site(unit.site):
        raise RuleBroken("practice.bundle", site=wanted.site)
    if not SITE.fullmatch(wanted.site) or not wanted.name.strip():
        raise Invalid("sync.site_code", site=wanted.site)
    taken = unit.find(Member, wanted.station) or unit.find(Station, wanted.station)
    if taken is not None:
        raise RuleBroken("sync.code_taken", station=wanted.station)
    if wanted.site == unit.site:
        raise RuleBroken("sync.own_site", site=wanted.site)
    origin = place_of(wanted.site, wanted.station, wanted.algorithm).origin
    unit.put(
        Member(
            id=wanted.station,
            of=wanted.site,
            origin=origin,
            name=wanted.name,
            state="chartered",
            key="/",
            sealing="/",
            certificate="/",
            reason="/",
            by=unit.actor.account,
            at=unit.now,
        )
    )
    return origin


@dataclass(frozen=True, slots=True)
class Answer:
    """What a founded station says of itself: its code and origin, its keys, its certificate."""

    station: str
    origin: str
    key: Key
    sealing: str
    certificate: str


@verb(needs="manager")
def admit(unit: Unit, answer: Answer, *, read: str) -> str:
    """Take a founded station's key on record, after its fingerprint was read to us by the people there.

    Args:
        unit: the act.
        answer: as it came.
        read: the fingerprint as a person on the other side read it aloud, not as the file has it.

    Raises:
        NotFound: nobody gave this station a charter.
        Invalid: the fingerprint is another one.
        RuleBroken: it was admitted before, or revoked.
    """
    row = unit.get(Member, answer.station)
    if row.origin != answer.origin:
        raise NotFound("member.unknown", id=answer.station)
    if "".join(read.split()).lower() != fingerprint(answer.key).replace(" ", ""):
        raise Invalid("sync.fingerprint", station=answer.station)
    if row.state != "chartered":
        raise RuleBroken("sync.member_state", station=row.id, state=row.state)
    row.state, row.key, row.sealing = "admitted", answer.key.text(), answer.sealing
    row.certificate, row.by, row.at = answer.certificate, unit.actor.account, unit.now
    unit.put(row)
    return row.id


@verb(needs="manager")
def revoke(unit: Unit, station: str, *, reason: str) -> str:
    """Take nothing from a station any more: it was stolen, lost or given up. What came before stays.

    Raises:
        NotFound: no such station.
        RuleBroken: it was revoked before, or no reason is given.
    """
    row = unit.get(Member, station)
    if not reason.strip():
        raise RuleBroken("sync.reason")
    if row.state == "revoked":
        raise RuleBroken("sync.member_state", station=row.id, state=row.state)
    unit.why = reason
    row.state, row.reason, row.by, row.at = "revoked", reason, unit.actor.account, unit.now
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class MemberView:
    """A station of another site as it stands: `held` entries of its site are here."""

    station: str
    of: str
    origin: str
    name: str
    state: str
    reason: str
    key: Key | None
    sealing: str
    certificate: str
    held: int


@question()
def members(view: View) -> list[MemberView]:
    """Return the stations of other sites that this county founded, by code."""
    rows = view.all(select(Member).where(Member.site == view.site).order_by(Member.id))
    connection = view.session.connection()
    return [
        MemberView(
            row.id,
            row.of,
            row.origin,
            row.name,
            row.state,
            row.reason,
            None if row.key == "/" else notes.parse_key(row.key),
            row.sealing,
            row.certificate,
            arrived(connection, row.of),
        )
        for row in rows
    ]


# The charter, on the county's side ----------------------------------------------------------------------------


def new_code() -> str:
    """Return a code that opens one charter: sixteen characters that cannot be misread, in groups."""
    letters = "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def give_charter(manager: Lims, sealing: Sealing, wanted: Wanted, out: Path) -> str:
    """Found a station of another site on paper: note it, write its charter, return the code that opens that file.

    The file and the code go different ways. The file holds the county's keys and the sets in force.

    Raises:
        LimsError: as `charter` does, or the file cannot be written.
    """
    own = identity(sealing)
    manager.do(charter, wanted)
    told: dict[str, Json] = {
        "site": wanted.site,
        "station": wanted.station,
        "name": wanted.name,
        "algorithm": wanted.algorithm,
        "county": manager.ask(county_code),
        "key": own.key.text(),
        "sealing": own.sealing,
        "certificate": tls.certificate(own),
        "url": manager.ask(own_url),
        "sets": [*manager.ask(sets.newest)],
    }
    body = f"{CHARTER}\n{own.origin}\n{base64.b64encode(encode(told)).decode()}\n"
    note = notes.sign(body, own.origin, own.signer).text()
    code, key = new_code(), secrets.token_bytes(32)
    header = {"form": CHARTER, "box": dict(keys.wrap(key, code))}
    sealedfile.write(out, sealedfile.sealed_bytes([note.encode()], key, header))
    return code


@question()
def own_url(view: View) -> str:
    """Return where this county is reached on the net, `/` for by stick alone."""
    row = view.find(Setting, URL)
    return row.value if row else "/"


@question()
def county_code(view: View) -> str:
    """Return the six-digit code of this laboratory's county."""
    row = view.find(Site)
    return row.county if row else ""


# The charter, on the other side -------------------------------------------------------------------------------


def _open_charter(file: Path, code: str) -> tuple[dict[str, Any], Key]:
    data = sealedfile.read(file)
    header, bound, stream = sealedfile.header_of(data, file.name, CHARTER)
    key = keys.unwrap(header.get("box") or {}, code.strip().upper())
    (text,) = sealedfile.opened(stream, key, header, bound, file.name)
    note = notes.parse(text.decode())
    form, origin, coded, _ = note.body.split("\n")
    told = cast("dict[str, Any]", decode(base64.b64decode(coded)))
    county = notes.parse_key(told["key"])
    if form != CHARTER or county.name != origin or not note.signed_by(county):
        raise Tampered("sync.damaged", file=file.name)
    return told, county


@verb(needs="station")
def settle(unit: Unit, home: Home) -> str:
    """Note the county that founded this site; return its origin.

    Raises:
        Conflict: another county did.
    """
    known = unit.find(Home, "county")
    if known is not None and known.origin != home.origin:
        raise Conflict("sync.other_home", origin=known.origin)
    unit.put(home)
    return home.origin


@verb(needs="station manager")
def address(unit: Unit, url: str) -> str:
    """Set where the county is reached on the net, empty for by stick alone; return it.

    A county sets its own for the charters it gives from now on.

    Raises:
        Invalid: it is no https address.
    """
    if url and not url.startswith("https://"):
        raise Invalid("sync.url", url=url)
    row = unit.find(Home, "county")
    if row is None:
        return setting(unit, URL, url or "/")
    row.url = url or "/"
    unit.put(row)
    return row.url


@question()
def home(view: View) -> Home | None:
    """Return the county that founded this site, or None for a county itself."""
    return view.find(Home, "county")


def join(file: Path, code: str, root: Path, database: str = "") -> Laboratory:
    """Found the laboratory that a charter describes, on this computer, and return it open.

    Its answer, which the county must admit, lies in the folder as `<station>.kjanswer`.

    Raises:
        NotAllowed: the code is another one.
        Invalid: the file is no charter.
        StorageUnfit: a laboratory is there already, or the folder cannot keep it.
    """
    told, county = _open_charter(file, code)
    founding = Founding(
        told["site"], told["station"], told["name"], told["county"], told["name"], told["algorithm"]
    )
    laboratory = found(founding, root, database)
    try:
        row = Home(
            id="county",
            origin=county.name,
            key=county.text(),
            sealing=told["sealing"],
            certificate=told["certificate"],
            url=told["url"],
            at=laboratory.lims.ask(now),
        )
        laboratory.lims.do(settle, row)
        for text in told["sets"]:
            laboratory.lims.do(sets.take, text)
        own = identity(laboratory.sealing)
        answer = answer_text(told["station"], own)
        sealedfile.write(laboratory.folder.root / f"{told['station']}.kjanswer", answer.encode())
    except BaseException:
        laboratory.close()
        raise
    return laboratory


@question()
def now(view: View) -> Any:  # noqa: ANN401 - a moment
    """Return the moment of the asking."""
    return view.now


def answer_text(station: str, own: Identity) -> str:
    """Return what a founded station says of itself, signed by its own key."""
    certificate = base64.b64encode(tls.certificate(own).encode()).decode()
    body = f"{ANSWER}\n{own.origin}\n{station}\n{own.key.text()}\n{own.sealing}\n{certificate}\n"
    return notes.sign(body, own.origin, own.signer).text()


def read_answer(file: Path) -> Answer:
    """Read a station's answer.

    Raises:
        Invalid: it is none.
        Tampered: it is not signed by the key in it.
    """
    try:
        note: Note = notes.parse(sealedfile.read(file).decode())
        form, origin, station, key_text, sealing, certificate, _ = note.body.split("\n")
        key = notes.parse_key(key_text)
        pem = base64.b64decode(certificate, validate=True).decode()
    except (ValueError, Invalid):
        raise Invalid("sync.foreign", file=file.name) from None
    if form != ANSWER or key.name != origin or not re.fullmatch(r"[0-9a-f]{64}", sealing):
        raise Invalid("sync.foreign", file=file.name)
    if not note.signed_by(key) or tls.public_of(pem) != key.public:
        raise Tampered("sync.damaged", file=file.name)
    return Answer(station, origin, key, sealing, pem)
