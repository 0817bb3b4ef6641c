"""Bags, portions, places, gaps and handovers as lines that people read."""

from gui.screens import _codes
from gui.screens._facts import Line
from gui.widgets import terms
from gui.widgets.rows import Row
from lims import text
from lims.queries import samples
from lims.queries.custody import Passing
from lims.queries.portions import Held, Storage
from lims.rules.custody import Gap
from lims.rules.numbering import spell
from lims.text import t


def bag_row(row: samples.Row) -> Row:
    """Return the line of a sample."""
    cells = (spell(row.number), row.food, "", terms.state(row.state), "", "", "")
    return Row(row.number, cells, "muted" if row.state in {"void", "rejected"} else "")


def held_row(one: Held) -> Row:
    """Return the line of a portion, with its retention and what locks it."""
    until = one.clock.until if one.clock else None
    kept = t("no conclusion yet") if one.clock and until is None else until.isoformat() if until else ""
    lock = next((each.dispute for each in one.locks if each.released_at is None), "")
    cells = (
        one.id, terms.term("portion_role", one.role), str(one.quantity), terms.term("portion_state", one.state),
        one.place, f"✓ {kept}" if one.over else kept, lock,
    )  # fmt: skip
    return Row(one.id, cells, "muted" if one.state != "held" else "late" if lock else "")


def place_row(one: Storage) -> Row:
    """Return the line of a place, with its limits and how much lies in it."""
    limits = f"{one.low or '…'} – {one.high or '…'} ℃" if one.low or one.high else ""
    kind = terms.term("store_kind", one.kind)
    return Row(one.id, (f"{one.id} {one.name}", kind, str(one.holds), limits, one.parent, "", ""),
               "" if one.active else "muted")  # fmt: skip


def held_lines(one: Held) -> list[Line]:
    """Return what is known of one portion."""
    rule = one.clock.rule if one.clock else None
    source = _codes.unverified(rule.source, verified=rule.verified) if rule else ""
    found: list[Line] = [
        (t("Sample"), spell(one.sample), ""),
        (t("Divided"), f"{text.moment(one.divided_at)} {one.divided_by}", ""),
        (t("Rest"), str(one.rest) if one.rest else "", ""),
        (t("Kept until"), one.clock.until.isoformat() if one.clock and one.clock.until else "", ""),
        (t("By the rule"), source, "muted"),
    ]
    for lock in one.locks:
        ended = f" → {text.moment(lock.released_at)} {lock.released_by}" if lock.released_at else ""
        role = "" if lock.released_at else "wrong"
        found.append((t("Locked by"), f"{lock.dispute} {lock.reason} {lock.by}{ended}", role))
    if one.ended:
        words = [
            terms.term("disposal_method", one.ended.method),
            terms.term("disposal_reason", one.ended.reason),
        ]
        people_ = f"{one.ended.first}, {one.ended.second}"
        found.append((t("Disposed of"), " · ".join([*words, people_, text.moment(one.ended.at)]), ""))
    return found


def gap_line(gap: Gap) -> Line:
    """Return a gap of custody as a sentence."""
    return t("Gap"), f"{text.moment(gap.start)[:16]} {gap.portion} {text.sentence(gap.reason)}", "wrong"


def passing_line(one: Passing) -> Line:
    """Return a handover as a sentence."""
    how = "✓" if one.giver.how != "typed" and one.taker.how != "typed" else t("nobody identified")
    words = (
        f"{text.moment(one.at)[:16]} {one.giver.name} → {one.taker.name} · {one.place} · {one.seal} · {how}"
    )
    refused = f" · {t('Refused')}: {one.reason}" if not one.accepted else ""
    return t("Handover"), words + refused, "" if one.accepted else "late"
