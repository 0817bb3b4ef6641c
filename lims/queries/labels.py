"""What stands on a sample's label, and how often one was printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question
from lims.queries.people import names
from lims.records.labels import LabelPrint
from lims.records.samples import Sample
from lims.reports.label import Label
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Print:
    """One printing of a label; `label` counts the labels of the sample up to and with this one."""

    id: str
    sample: str
    copies: int
    label: int
    form: str
    printer: str
    reason: str
    by: str
    at: datetime


@question()
def labels(view: View, samples: Sequence[str]) -> list[Label]:
    """Return the labels of samples, in the order asked for.

    Raises:
        NotFound: one of them is no sample.
    """
    return [_label(view, number) for number in dict.fromkeys(samples)]


def _label(view: View, number: str) -> Label:
    row = view.get(Sample, number)
    return Label(row.id, row.food, row.business_name)


@question()
def prints(view: View, sample: str) -> list[Print]:
    """Return every printing of a sample's label, the oldest first."""
    known = names(view)
    query = (
        select(LabelPrint)
        .where(LabelPrint.site == view.site, LabelPrint.sample == sample)
        .order_by(LabelPrint.id)
    )
    found: list[Print] = []
    for row in view.all(query):
        before = found[-1].label if found else 0
        found.append(
            Print(
                row.id,
                row.sample,
                row.copies,
                before + row.copies,
                row.form,
                row.printer,
                row.reason,
                known(row.by),
                row.at,
            )
        )
    return found
