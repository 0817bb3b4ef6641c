"""Signed, versioned sets that flow down: people, plan, limits, rules, settings; who holds an expired one may test.

The county issues a set with the day until which it holds; a site takes it only from its county and never an older one.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select

from lims.door import question, verb
from lims.errors import Invalid, NotFound, RuleBroken, Tampered
from lims.evidence import notes
from lims.evidence.canonical import Json, decode, encode
from lims.evidence.notes import Signer
from lims.records.base import Record
from lims.records.catalogue import metadata
from lims.records.peers import Home, SetIssued, SetTaken
from lims.records.types import parse_time, time_text
from lims.storage.images import image, values
from lims.storage.unit import Unit, View

FORM = "kuaijian-set-1"
KINDS: dict[str, tuple[str, ...]] = {
    "people": ("account", "role_grant"),
    "plan": ("township", "population"),
    "limits": ("limit_edition", "limit_row", "food_name"),
    "rules": ("edition", "edition_refusal", "confirmation"),
    "settings": ("setting",),
}
"""What flows down, and the tables each kind consists of, parents first."""

_SETTINGS = ("quota.", "password.", "signature.", "retention.")
DAYS = 30
"""How long a set holds unless its issuer says otherwise."""


@dataclass(frozen=True, slots=True)
class Read:
    """A set that was read: its kind, version, last moment, rows by table, hash."""

    kind: str
    version: int
    until: datetime
    rows: dict[str, list[dict[str, Any]]]
    digest: str


def _record(table: str) -> type[Record]:
    for mapper in Record.registry.mappers:
        if mapper.class_.__tablename__ == table:
            found: type[Record] = mapper.class_
            return found
    raise Invalid("log.table", table=table)


def _table(name: str) -> Table:
    return metadata().tables[name]


def _flows(table: str, row: dict[str, Any]) -> bool:
    return table != "setting" or str(row["name"]).startswith(_SETTINGS)


def _rows(view: View, kind: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for table in KINDS[kind]:
        record = _record(table)
        key = list(_table(table).primary_key.columns)
        rows = [
            dict(image(row))
            for row in view.all(select(record).where(record.site == view.site).order_by(*key))
        ]
        found[table] = cast("Json", [row for row in rows if _flows(table, row)])
    return found


@dataclass(frozen=True, slots=True)
class Issue:
    """A set to be issued: its kind, for how many days, and the key of this station that signs it."""

    kind: str
    signer: Signer
    days: int = DAYS


@verb(needs="manager")
def issue(unit: Unit, wanted: Issue) -> int:
    """Issue the next version of a set from what this county works by now; return the version.

    Raises:
        Invalid: an unknown kind, or a time that is none.
    """
    if wanted.kind not in KINDS or not 1 <= wanted.days <= 3660:
        raise Invalid("sync.set_kind", kind=wanted.kind, known=" ".join(KINDS))
    query = select(SetIssued.version).where(SetIssued.site == unit.site, SetIssued.kind == wanted.kind)
    version = max(unit.all(query), default=0) + 1
    until = unit.now + timedelta(days=wanted.days)
    told: dict[str, Json] = {
        "kind": wanted.kind,
        "version": version,
        "until": time_text(until),
        "rows": _rows(unit.view(), wanted.kind),
    }
    data = encode(told)
    body = f"{FORM}\n{unit.place.origin}\n{base64.b64encode(data).decode()}\n"
    text = notes.sign(body, unit.place.origin, wanted.signer).text()
    unit.put(
        SetIssued(
            id=f"{wanted.kind}-{version:06d}",
            kind=wanted.kind,
            version=version,
            until=until,
            digest=hashlib.sha256(data).hexdigest(),
            text=text,
            by=unit.actor.account,
            at=unit.now,
        )
    )
    return version


@question()
def newest(view: View) -> list[str]:
    """Return the newest set of each kind that this county issued, as it travels."""
    rows = view.all(select(SetIssued).where(SetIssued.site == view.site).order_by(SetIssued.version))
    return [row.text for row in {row.kind: row for row in rows}.values()]


def read(text: str, home: Home) -> Read:
    """Read a set that the county signed.

    Raises:
        Tampered: it is not signed by this county.
        Invalid: it is no set.
    """
    note = notes.parse(text)
    try:
        form, origin, coded, _ = note.body.split("\n")
        data = base64.b64decode(coded, validate=True)
        told = cast("dict[str, Any]", decode(data))
        until, version = parse_time(told["until"]), int(told["version"])
        kind, rows = str(told["kind"]), cast("dict[str, list[dict[str, Any]]]", told["rows"])
    except (ValueError, KeyError, TypeError):
        raise Invalid("sync.form", what="set") from None
    if form != FORM or kind not in KINDS or not set(rows) <= set(KINDS[kind]):
        raise Invalid("sync.form", what="set")
    if origin != home.origin or not note.signed_by(notes.parse_key(home.key)):
        raise Tampered("sync.set_unsigned", kind=kind)
    return Read(kind, version, until, rows, hashlib.sha256(data).hexdigest())


@verb(needs="station")
def take(unit: Unit, text: str) -> str:
    """Work by a newer set from the county from now on; return its kind, or nothing when it is known already.

    Raises:
        NotFound: no county founded this site.
        Tampered: the county did not sign it, or another set of the same version is in force.
        RuleBroken: it is older than the one in force.
    """
    home = unit.find(Home, "county")
    if home is None:
        raise NotFound("sync.no_home")
    found = read(text, home)
    known = unit.find(SetTaken, found.kind)
    if known is not None and known.version >= found.version:
        if known.version > found.version:
            raise RuleBroken("sync.set_old", kind=found.kind, version=found.version, known=known.version)
        if known.digest != found.digest:
            raise Tampered("sync.set_two", kind=found.kind, version=found.version)
        return ""
    unit.put(*_changed(unit, found))
    unit.put(
        SetTaken(id=found.kind, version=found.version, until=found.until, digest=found.digest, at=unit.now)
    )
    return found.kind


def _changed(unit: Unit, found: Read) -> Iterator[Record]:
    for table in KINDS[found.kind]:
        record = _record(table)
        for told in found.rows.get(table, ()):
            row = {**told, "site": unit.site}
            if not _flows(table, row):
                continue
            key = [row[column.key] for column in _table(table).primary_key.columns]
            present = unit.session.get(record, tuple(key))
            if present is None or image(present) != row:
                yield record(**values(_table(table), row))


@dataclass(frozen=True, slots=True)
class InForce:
    """A set that this site works by, and whether its time is over."""

    kind: str
    version: int
    until: datetime
    expired: bool


@question()
def in_force(view: View) -> list[InForce]:
    """Return the sets that this site works by; a county has none, since it is where they come from."""
    rows = view.all(select(SetTaken).where(SetTaken.site == view.site).order_by(SetTaken.id))
    return [InForce(row.id, row.version, row.until, row.until < view.now) for row in rows]


@dataclass(frozen=True, slots=True)
class Issued:
    """A set that this county issued: its version, until when it holds, who issued it and when."""

    kind: str
    version: int
    until: datetime
    expired: bool
    at: datetime


@question()
def issued(view: View) -> list[Issued]:
    """Return the newest set of each kind that this county issued, by kind."""
    rows = view.all(select(SetIssued).where(SetIssued.site == view.site).order_by(SetIssued.version))
    found = {row.kind: row for row in rows}
    return [
        Issued(row.kind, row.version, row.until, row.until < view.now, row.at)
        for row in sorted(found.values(), key=lambda row: row.kind)
    ]


@question()
def here(view: View) -> list[Issued]:
    """Return the sets that this site works by: those it took, or at a county those it issued."""
    taken = view.all(select(SetTaken).where(SetTaken.site == view.site).order_by(SetTaken.id))
    found = [Issued(row.id, row.version, row.until, row.until < view.now, row.at) for row in taken]
    return found or issued(view)
