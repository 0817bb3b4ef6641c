"""Food businesses as samplers look for them: by name, by pinyin initials, by what was bought there before."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from lims.door import question
from lims.queries.samples import like
from lims.records.places import Business
from lims.records.samples import Sample
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Known:
    """What the last form at a business said, ready to be filled in again."""

    id: str
    name: str
    fields: dict[str, str]


@question()
def find(view: View, text: str, *, count: int = 12) -> list[Known]:
    """Return businesses whose name, initials, credit code or stall hold `text`, with their known fields."""
    pattern = like(text.strip()[:60])
    query = (
        select(Business)
        .where(
            Business.site == view.site,
            or_(
                Business.name.like(pattern, escape="\\"),
                Business.pinyin.like(pattern.lower(), escape="\\"),
                Business.credit_code.like(pattern, escape="\\"),
                Business.stall.like(pattern, escape="\\"),
            ),
        )
        .order_by(Business.name)
        .limit(count)
    )
    return [Known(row.id, row.name, _fields(view, row)) for row in view.all(query)]


def _fields(view: View, row: Business) -> dict[str, str]:
    return {
        "business_name": row.name,
        "township": row.township,
        "business_address": row.address,
        "stall": row.stall,
        "credit_code": row.credit_code,
        "contact": view.personal(row.contact),
        "phone": view.personal(row.phone),
    }


@question()
def favourites(view: View, *, count: int = 12) -> list[str]:
    """Return the foods drawn most lately, each once, the latest first."""
    query = select(Sample.food).where(Sample.site == view.site).order_by(Sample.id.desc()).limit(count * 8)
    return list(dict.fromkeys(view.all(query)))[:count]
