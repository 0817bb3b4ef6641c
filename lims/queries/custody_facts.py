"""What custody has to say in a sample's trail: handovers, seals, division, moves, locks, disposal, attachments."""

from collections.abc import Iterator

from sqlalchemy import select

from lims.queries import attachments, custody, gaps
from lims.queries.fact import Fact
from lims.queries.gaps import Rows
from lims.queries.people import Names
from lims.records.custody import Custody
from lims.records.portions import Disposal, PortionLock
from lims.records.samples import Sample
from lims.rules.custody import masked_name
from lims.storage.unit import View


def facts(view: View, sample: Sample, known: Names) -> Iterator[Fact]:
    """Yield what custody has to say in a sample's trail, in no order."""
    found = gaps.rows(view, sample)
    yield from _handed(view, found, known)
    yield from _sealed(found, known)
    yield from _divided(view, found, known)
    for row in found.moves:
        detail = {"portion": row.portion or "", "reason": row.reason}
        yield Fact(
            row.at, "moved" if row.place else "taken_out", known(row.by), row.place or "", detail, row.id
        )
    subjects = [sample.id, *(part.id for part in found.portions)]
    for one in subjects:
        for paper in attachments.of_row(view, "portion" if one != sample.id else "sample", one):
            detail = {"attachment_role": paper.role, "kind": paper.kind, "sha256": paper.sha256[:16]}
            yield Fact(paper.at, "attached", paper.by, "", detail, paper.id)


def _shown(view: View, row: Custody, side: str, known: Names) -> str:
    party = custody.who(view, row, side, known)
    return f"{masked_name(party.name)} ({party.organisation})" if party.how == "paper" else party.name


def _handed(view: View, found: Rows, known: Names) -> Iterator[Fact]:
    for row in found.handovers:
        detail = {
            "taker": _shown(view, row, "taker", known),
            "seal": row.seal,
            "seal_state": row.seal_state,
            "condition": row.condition,
            "temperature": custody.temperature(row),
            "quantity": custody.quantity(row),
            "portion": row.portion or "",
            "reason": row.reason,
        }
        what = "handed_over" if row.accepted else "refused_handover"
        yield Fact(row.at, what, _shown(view, row, "giver", known), row.place, detail, row.id)


def _sealed(found: Rows, known: Names) -> Iterator[Fact]:
    for row in found.seals:
        detail = {"seal": row.seal, "portion": row.portion or "", "reason": row.reason}
        yield Fact(row.at, f"seal_{row.what}", known(row.by), row.place, detail, row.id)


def _divided(view: View, found: Rows, known: Names) -> Iterator[Fact]:
    ids = [row.id for row in found.portions]
    for part in found.portions:
        detail = {"portion": part.id, "portion_role": part.role, "quantity": f"{part.quantity} {part.unit}"}
        yield Fact(part.divided_at, "divided", known(part.divided_by), "", detail, part.id)
    locks = select(PortionLock).where(PortionLock.site == view.site, PortionLock.portion.in_(ids))
    for lock in view.all(locks):
        detail = {"portion": lock.portion, "dispute": lock.dispute, "reason": lock.reason}
        yield Fact(lock.at, "locked", known(lock.by), "", detail, lock.id)
        if lock.released_at:
            detail = {"portion": lock.portion, "reason": lock.release_reason}
            yield Fact(lock.released_at, "released", known(lock.released_by), "", detail, lock.id)
    for row in view.all(select(Disposal).where(Disposal.site == view.site, Disposal.portion.in_(ids))):
        detail = {
            "portion": row.portion,
            "disposal_reason": row.reason,
            "disposal_method": row.method,
            "second_person": known(row.second_person),
            "reason": row.remarks,
        }
        yield Fact(row.at, "disposed", known(row.first_person), "", detail, row.id)
