"""Samples in lists: by state, by page, by what somebody typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select

from lims.door import question
from lims.records.places import Business
from lims.records.samples import Sample
from lims.rules.numbering import split
from lims.storage.unit import View

PAGE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of samples."""

    number: str
    food: str
    product_group: str
    stage: str
    kind: str
    township: str
    business: str
    drawn_at: datetime
    seal: str
    state: str
    version: int


def row(sample: Sample) -> Row:
    """Return a sample as a line of a list."""
    return Row(
        sample.id,
        sample.food,
        sample.product_group,
        sample.stage,
        sample.kind,
        sample.township,
        sample.business_name,
        sample.drawn_at,
        sample.seal,
        sample.state,
        sample.version,
    )


def like(text: str) -> str:
    """Return a LIKE pattern that finds `text` anywhere, its own `%` and `_` taken literally (escape: backslash)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _matching(view: View, text: str) -> Select[Sample]:
    query = select(Sample).where(Sample.site == view.site)
    wanted = text.strip()[:100]
    if not wanted:
        return query
    if numbers := split(wanted):
        return query.where(Sample.id.in_(numbers))
    pattern = like(wanted)
    initials = select(Business.id).where(
        Business.site == view.site, Business.pinyin.like(like(wanted.lower()), escape="\\")
    )
    return query.where(
        or_(
            Sample.id.like(like(wanted.upper()), escape="\\"),
            Sample.food.like(pattern, escape="\\"),
            Sample.business_name.like(pattern, escape="\\"),
            Sample.seal.like(pattern, escape="\\"),
            Sample.business.in_(initials),
        )
    )


@question()
def page(
    view: View, *, text: str = "", states: Sequence[str] = (), before: str = "", count: int = PAGE
) -> list[Row]:
    """Return samples, the newest first, a page at a time.

    Args:
        view: the snapshot.
        text: number, food, business (Chinese or pinyin initials) or seal; empty for all.
        states: only these states; empty for all.
        before: the last number of the page before; empty for the first page.
        count: lines of a page.
    """
    query = _matching(view, text)
    if states:
        query = query.where(Sample.state.in_(list(states)))
    if before:
        query = query.where(Sample.id < before)
    return [row(sample) for sample in view.all(query.order_by(Sample.id.desc()).limit(count))]


@question()
def by_number(view: View, number: str) -> Row | None:
    """Return the line of one sample, or None when no sample has this number."""
    found = view.find(Sample, number)
    return row(found) if found else None
