"""Whose samples a county answers for: its own and those of the sites it founded, as far as they have come in."""

from sqlalchemy import select

from lims.records.peers import Member
from lims.storage.unit import View


def answered_for(view: View) -> list[str]:
    """Return the site's own code and those of the sites it founded; what came from a revoked one stays counted."""
    founded = view.all(select(Member.of).where(Member.site == view.site).distinct().order_by(Member.of))
    return [view.site, *founded]
