"""Whose samples a county answers for: its own and those of the sites it founded, as far as they have come in."""

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, select

from lims.errors import RuleBroken
from lims.records.custody import GivenBack
from lims.records.peers import Member
from lims.records.samples import Sample
from lims.storage.unit import View

_FOUNDED = (
    select(Member.of, Member.name)
    .where(Member.site == bindparam("site"))
    .order_by(Member.of, Member.id.desc())
)


def vans(view: View) -> dict[str, str]:
    """Return the sites that this one founded by their codes, each with its name; a revoked one stays."""
    return dict(view.columns(_FOUNDED, site=view.site))


def answered_for(view: View) -> list[str]:
    """Return the site's own code and those of the sites it founded; what came from a revoked one stays counted."""
    return [view.site, *vans(view)]


def holding(view: View, number: str) -> View:
    """Return the snapshot as the site reads it that keeps a sample: this one, or one that it founded.

    Whatever belongs to the sample (people, runs, seals, personal texts) stands in the rows of its site. A number
    that nobody keeps leaves the view as it is; one that was given back is kept where it came from.
    """
    own = view.find(Sample, number)
    if own is None or own.state == "returned":
        query = select(Sample.site).where(Sample.site.in_(vans(view)), Sample.id == number)
        for site in view.all(query):
            return view.at(site)
    return view


def handover_id(handed: Sample) -> str:
    """Return what names one handing over of a sample: its number and its version, which grows with each move."""
    return f"{handed.id}.{handed.version}"


def expected(view: View, row: Sample) -> None:
    """Make sure that a van's sample was handed over to us and not given back since.

    Raises:
        RuleBroken: it was not, as far as the van's bundles have come in, or it was.
    """
    van = vans(view)[row.site]
    if row.state != "handed":
        raise RuleBroken("custody.not_handed", number=row.id, van=van)
    if view.find(GivenBack, handover_id(row)) is not None:
        raise RuleBroken("returns.given_back", number=row.id, van=van)


def drawn_by(view: View, number: str) -> View | None:
    """Return the snapshot as the site reads it that drew a sample, one that this one founded; None for any other."""
    station = view.find(Member, number[:4])
    there = view.at(station.of) if station else None
    return there if there is not None and there.find(Sample, number) is not None else None


def taken_over(view: View) -> ColumnElement[bool]:
    """Return which rows stand for samples that another site drew and handed over; the number says who drew it."""
    stations = view.all(select(Member.id).where(Member.site == view.site))
    return and_(Sample.site == view.site, func.substr(Sample.id, 1, 4).in_(stations))


def once(view: View) -> ColumnElement[bool]:
    """Return the samples that a county answers for, each once: as the row of the site that drew it."""
    return and_(Sample.site.in_(answered_for(view)), not_(taken_over(view)))


def telling(view: View, number: str) -> list[str]:
    """Return the sites whose rows tell of a sample: the one that handed it over here, if any, then this one."""
    drawn_by = view.find(Member, number[:4])
    return [drawn_by.of, view.site] if drawn_by else [view.site]
