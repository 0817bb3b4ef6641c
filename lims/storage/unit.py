"""One act of one person: what it reads, the rows it hands over, and the reason it gives."""

import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Select, inspect, select
from sqlalchemy.orm import Session

from lims import clock
from lims.actor import Actor
from lims.clock import Tick
from lims.errors import LimsError, NotFound, RuleBroken
from lims.evidence.entry import Change
from lims.records.base import Record
from lims.records.log import LogHead, Personal
from lims.records.peers import Member
from lims.storage.images import image
from lims.storage.log import Place

R = TypeVar("R", bound=Record)
T = TypeVar("T")


def new_id() -> str:
    """Return an id that is made offline and sorts by its time (UUID version 7, RFC 9562)."""
    head = (time.time_ns() // 1_000_000) << 80
    body = head | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=body).hex


def id_from(moment: datetime) -> str:
    """Return the least id that could have been made at or after a moment, to read the newest rows by their key."""
    return f"{int(moment.timestamp() * 1000) << 80:032x}"


@dataclass
class Unit:
    """What a verb is handed. It reads freely; what it puts becomes one log entry when the verb returns.

    Attributes:
        session: for reading; nothing is ever flushed through it.
        place: the site and station that write.
        actor: who acts.
        now: the moment of the act, one for all its rows.
        why: the reason, when somebody gave one.
        tick: both clocks as they stood at that moment; a wait for the disk between them would look like a jump.
    """

    session: Session
    place: Place
    actor: Actor
    now: datetime = field(default_factory=clock.now)
    why: str = ""
    changes: list[Change] = field(default_factory=list)
    tick: Tick = field(default_factory=clock.tick)
    seen: list[Record] = field(default_factory=list, repr=False)
    """Rows that `find` gave out: a session knows a row only as long as somebody holds it."""

    @property
    def site(self) -> str:
        """The site that is written."""
        return self.place.site

    @property
    def connection(self) -> Connection:
        """The transaction."""
        return self.session.connection()

    def find(self, kind: type[R], *key: Any) -> R | None:  # noqa: ANN401 - a key is text or a year
        """Return the row of this site with `key`, or None; it is read once in an act."""
        row = self.session.get(kind, (self.site, *key))
        if row is not None:
            self.seen.append(row)
        return row

    def get(self, kind: type[R], *key: Any) -> R:  # noqa: ANN401 - a key is text or a year
        """Return the row of this site with `key`; see `View.get`."""
        return self.view().get(kind, *key)

    def all(self, query: Select[T]) -> Sequence[T]:
        """Return the rows of a query."""
        return self.session.scalars(query).all()

    def one(self, query: Select[T]) -> T | None:
        """Return the first value of a query, or None."""
        return self.session.scalars(query).first()

    def put(self, *rows: Record) -> None:
        """Hand rows over: their after-images enter the log and then the tables."""
        for row in rows:
            row.site = self.site
            self.changes.append(Change(row.__tablename__, image(row)))

    def next_seq(self) -> int:
        """Return the place in the log that this act's entry will have."""
        size = self.one(
            select(LogHead.size).where(LogHead.site == self.site, LogHead.station == self.place.station)
        )
        return size or 0

    def view(self) -> "View":
        """Return the same snapshot for a question that the verb needs answered."""
        return View(self.session, self.place, self.actor, self.now)

    def commit_personal(self, text: str) -> str:
        """Keep a personal text apart and return the salted commitment that may stand in the log."""
        if not text or text == "/":
            return text
        salt = secrets.token_hex(16)
        commitment = self.place.hash(bytes.fromhex(salt) + text.encode()).hex()
        self.session.add(Personal(site=self.site, commitment=commitment, salt=salt, text=text))
        self.session.flush()
        return commitment


@dataclass(frozen=True)
class View:
    """What a question is handed: a snapshot to read from, and who asks."""

    session: Session
    place: Place
    actor: Actor
    now: datetime = field(default_factory=clock.now)

    @property
    def site(self) -> str:
        """The site that is read."""
        return self.place.site

    def at(self, site: str) -> "View":
        """Return the same snapshot as another site reads it."""
        return replace(self, place=replace(self.place, site=site))

    def find(self, kind: type[R], *key: Any) -> R | None:  # noqa: ANN401 - a key is text or a year
        """Return the row of this site with `key`, or None."""
        return self.session.get(kind, (self.site, *key))

    def get(self, kind: type[R], *key: Any) -> R:  # noqa: ANN401 - a key is text or a year
        """Return the row of this site with `key`.

        Raises:
            NotFound: when there is none; its code is the table's name and `unknown`.
            RuleBroken: when a site that this one founded keeps it, which alone may write about it.
        """
        row = self.find(kind, *key)
        if row is None:
            raise self._absent(kind, key)
        return row

    def _absent(self, kind: type[R], key: tuple[Any, ...]) -> LimsError:
        named = "/".join(str(part) for part in key)
        _, *columns = inspect(kind).primary_key
        query = (
            select(Member.name)
            .join(kind, kind.site == Member.of)
            .where(
                Member.site == self.site, *(column == part for column, part in zip(columns, key, strict=True))
            )
        )
        for name in self.all(query.order_by(Member.id)):
            return RuleBroken("site.elsewhere", id=named, van=name)
        return NotFound(f"{kind.__tablename__}.unknown", id=named)

    def all(self, query: Select[T]) -> Sequence[T]:
        """Return the rows of a query."""
        return self.session.scalars(query).all()

    def rows(self, query: Executable) -> Sequence[Any]:
        """Return the rows of a query over several columns or records."""
        return self.session.execute(query).all()

    def columns(self, query: Executable, **values: Any) -> Sequence[Any]:  # noqa: ANN401 - what is bound
        """Return the rows of a query over columns alone, with its values, without a look at any record.

        The way for what screens ask all the time: such a query is built once, and here only bound and read.
        """
        return self.session.connection().execute(query, values).all()

    def personal(self, commitment: str) -> str:
        """Return the personal text behind a commitment; erased ones say so."""
        if not commitment or commitment == "/":
            return commitment
        row = self.find(Personal, commitment)
        return row.text if row else "〔erased〕"
