"""The one door of the laboratory: `do` changes, `ask` reads; permission, transaction, log, notice."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from lims import clock
from lims.actor import STATION, Actor
from lims.errors import LimsError, NotAllowed, Word
from lims.evidence.entry import Entry
from lims.evidence.signing import Signer
from lims.rules import regulation
from lims.storage import granted, handed, signature
from lims.storage.log import append
from lims.storage.store import Store
from lims.storage.unit import Unit, View
from lims.storage.writer import storage_fault
from lims.version import BUILD, SCHEMA

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a verb or a question, and the name under which it is logged."""

    name: str
    needs: frozenset[str]
    cli: str = ""
    signs: str = ""
    offices: bool = False


VERBS: dict[Callable[..., object], Rule] = {}
QUESTIONS: dict[Callable[..., object], Rule] = {}


def _rule(
    function: Callable[..., object], needs: str, cli: str = "", signs: str = "", *, offices: bool = False
) -> Rule:
    module = function.__module__.rsplit(".", 1)[-1]
    return Rule(f"{module}.{function.__name__}", frozenset(needs.split()), cli, signs, offices)


def verb(
    *, needs: str, cli: str = "", signs: str = ""
) -> Callable[[Callable[Concatenate[Unit, P], R]], Callable[Concatenate[Unit, P], R]]:
    """Mark a function as a verb.

    Args:
        needs: the roles that may use it, separated by spaces.
        cli: name of its command on the command line; empty for none. Its parameters must be flat scalars.
        signs: what doing it means when it is signed (`lims.evidence.signing.MEANINGS`); empty for none.
    """

    def mark(function: Callable[Concatenate[Unit, P], R]) -> Callable[Concatenate[Unit, P], R]:
        VERBS[function] = _rule(function, needs, cli, signs)
        return function

    return mark


def question(
    *, needs: str = "", offices: bool = False
) -> Callable[[Callable[Concatenate[View, P], R]], Callable[Concatenate[View, P], R]]:
    """Mark a function as a question.

    Args:
        needs: the roles that may ask it; without any, everybody of the laboratory who signed in.
        offices: the reading account of a department may ask it too; it may ask nothing else.
    """

    def mark(function: Callable[Concatenate[View, P], R]) -> Callable[Concatenate[View, P], R]:
        QUESTIONS[function] = _rule(function, needs, offices=offices)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class Notice:
    """What a committed act changed: the verb and the tables with the keys of their rows.

    `station` is empty for an act of this program, and names who acted where another one did.
    """

    verb: str
    touched: tuple[tuple[str, str], ...]
    seq: int
    station: str = ""


Listener = Callable[[Notice], None]


@dataclass
class Listeners:
    """Who wants to hear of committed acts; called on the writing thread's caller, so they must be quick."""

    _listeners: list[Listener] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, listener: Listener) -> Callable[[], None]:
        """Add a listener and return what removes it."""
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._remove(listener)

    def _remove(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def tell(self, notice: Notice) -> None:
        """Tell all of them; one that cannot do its part, since the database went away just now, undoes nothing."""
        with self._lock:
            listeners: Iterable[Listener] = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(notice)
            except (LimsError, SQLAlchemyError):
                log.warning("a listener failed at %s", notice.verb, exc_info=True)


def _roles(rule: Rule) -> list[regulation.Term]:
    """Name the roles that would be needed, those of people where there are any."""
    return [regulation.term("role", code) for code in sorted(rule.needs - STATION.roles or rule.needs)]


@dataclass(frozen=True)
class Lims:
    """The laboratory as one actor sees it; every screen, command and instrument holds one of these."""

    store: Store
    actor: Actor = STATION
    listeners: Listeners = field(default_factory=Listeners)
    signer: Signer | None = None

    def acting(self, actor: Actor) -> "Lims":
        """Return the same laboratory for another actor."""
        return replace(self, actor=actor, signer=None)

    def signing(self, signer: Signer) -> "Lims":
        """Return the same laboratory for the same actor, whose key is open for the next act."""
        return replace(self, signer=signer)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of every committed act of this program; returns what stops it."""
        return self.listeners.add(listener)

    def may(self, verb_: Callable[..., object]) -> bool:
        """Tell whether this actor may use a verb."""
        needs = VERBS[verb_].needs
        return not needs.isdisjoint(self.actor.roles)

    def do(self, verb_: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do one act: one transaction, one log entry, one notice.

        Raises:
            NotAllowed: this actor holds none of the roles the verb needs, or they were taken away since.
            LimsError: what the verb refused, or why the storage could not keep it; then nothing changed.
        """
        rule = VERBS[verb_]
        held = sorted(rule.needs & self.actor.roles)
        if not held:
            raise NotAllowed("door.role", verb=Word(f"verb.{rule.name}"), needs=_roles(rule))

        def work(connection: Connection) -> tuple[R, Notice | None]:
            with Session(
                bind=connection, autoflush=False, join_transaction_mode="conditional_savepoint"
            ) as session:
                tick = clock.tick()
                unit = Unit(session, self.store.place, self.actor, tick.wall, tick=tick)
                role = granted.still(unit, held)
                signature.check(unit, rule.signs, self.signer)
                value = verb_(unit, *args, **kwargs)
                handed.check(unit)
                notice = _record(connection, unit, rule.name, role)
                if notice and rule.signs and self.signer:
                    signed = signature.attest(unit, notice.seq, rule.signs, self.signer)
                    _record(connection, signed, "sign.attest", role)
                session.commit()
                return value, notice

        value, notice = self.store.writer.submit(work)
        if notice:
            self.listeners.tell(notice)
        return value

    def ask(self, question_: Callable[Concatenate[View, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask one question against one snapshot.

        Raises:
            NotAllowed: this actor may not ask it.
            LimsError: what the question refused, or why the storage could not answer.
        """
        rule = QUESTIONS[question_]
        if self.actor.office and not rule.offices:
            raise NotAllowed("door.office")
        if rule.needs and rule.needs.isdisjoint(self.actor.roles):
            raise NotAllowed("door.look", needs=_roles(rule))
        try:
            with Session(self.store.engine, autoflush=False) as session:
                return question_(View(session, self.store.place, self.actor), *args, **kwargs)
        except DBAPIError as fault:
            raise storage_fault(fault) from None


def _record(connection: Connection, unit: Unit, name: str, role: str) -> Notice | None:
    if not unit.changes:
        return None
    draft = Entry(
        origin="",
        seq=0,
        prev="",
        at=unit.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        mono=int(unit.tick.steady * 1000),
        boot=unit.tick.boot,
        actor=unit.actor.account,
        role=role,
        verb=name,
        why=unit.why,
        build=BUILD,
        schema=SCHEMA,
        changes=tuple(unit.changes),
    )
    seq = append(connection, unit.place, draft)
    touched = tuple((change.table, str(change.row.get("id", ""))) for change in unit.changes)
    return Notice(name, touched, seq)
