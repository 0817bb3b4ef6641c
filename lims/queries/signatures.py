"""Electronic signatures as they are shown and printed, each checked against the key on record."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from lims.door import question
from lims.evidence import signing
from lims.evidence.signing import Signed
from lims.queries import sites
from lims.queries.people import names
from lims.queries.search import holds
from lims.records.log import LogEntry
from lims.records.signatures import PersonKey, Signature
from lims.storage import replay
from lims.storage.unit import View


@question()
def listed(view: View, *, seqs: tuple[int, ...] = ()) -> list[Signed]:
    """Return the signatures over entries of this station (all, when none is named), each checked."""
    query = _signed(view).where(Signature.station == view.place.station)
    if seqs:
        query = query.where(Signature.seq.in_(seqs))
    return _checked(view, view.rows(query))


@question()
def of_sample(view: View, number: str, *, upto: int | None = None) -> list[Signed]:
    """Return the signatures over the entries about a sample, of every station, each checked.

    Looked at are the entries since shortly before the sample was drawn, as its replay does.

    Args:
        view: the snapshot.
        number: of the sample.
        upto: the last entry of this station's log that counts; None for all.
    """
    view = sites.holding(view, number)
    connection = view.session.connection()
    told = or_(*(holds(view, name) for name in replay.names_of(connection, view.site, number)))
    since = replay.first_arrival(connection, view.site, number)
    query = _signed(view).where(LogEntry.arrival >= since, told)
    if upto is not None:
        entry = aliased(LogEntry)
        last = select(entry.arrival).where(
            entry.site == view.site, entry.station == view.place.station, entry.seq == upto
        )
        query = query.where(LogEntry.arrival <= last.scalar_subquery())
    return _checked(view, view.rows(query))


def _signed(view: View) -> Select[Any, Any, Any]:
    return (
        select(Signature, PersonKey, LogEntry.leaf)
        .join(PersonKey, (PersonKey.site == Signature.site) & (PersonKey.id == Signature.key))
        .join(
            LogEntry,
            (LogEntry.site == Signature.site)
            & (LogEntry.station == Signature.station)
            & (LogEntry.seq == Signature.seq),
        )
        .where(Signature.site == view.site)
        .order_by(LogEntry.arrival)
    )


def _checked(view: View, rows: Iterable[Any]) -> list[Signed]:
    known = names(view)
    return [
        Signed(
            row.meaning,
            known(row.account),
            row.at,
            row.key,
            row.station,
            row.seq,
            key.account == row.account
            and signing.verify(
                key.public, row.value, signing.statement(bytes(leaf), row.meaning, row.key, row.nonce)
            ),
        )
        for row, key, leaf in rows
    ]
