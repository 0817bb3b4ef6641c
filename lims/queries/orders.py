"""What an analyser is to run: the samples of its open run that have no result yet."""

from collections.abc import Mapping

from sqlalchemy import select

from lims.door import question
from lims.queries import methods
from lims.records.results import Result
from lims.records.runs import Position, Run
from lims.storage.unit import View


@question(needs="station")
def pending(view: View) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return, for each instrument with an open run, the samples that wait in it and what devices call the items."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    runs = view.all(select(Run).where(Run.site == view.site, Run.state == "open"))
    for run in runs:
        done = set(view.all(select(Result.position).where(Result.site == view.site, Result.run == run.id)))
        query = select(Position).where(
            Position.site == view.site, Position.run == run.id, Position.sample.is_not(None)
        )
        items = methods.of_run(view, run).device_items
        waiting = {str(row.sample): items for row in view.all(query) if row.position not in done}
        found[run.instrument] = dict(sorted(waiting.items()))
    return found
