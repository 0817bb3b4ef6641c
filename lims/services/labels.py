"""Labels of samples: each printing is counted, and printing again needs a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lims.door import verb
from lims.errors import Invalid, Problem, RuleBroken
from lims.records.labels import LabelPrint
from lims.records.samples import Sample
from lims.storage.unit import Unit, new_id

FORMS = ("pdf", "zpl", "tspl")
"""A sheet of paper, or the language of a label printer."""


@dataclass(frozen=True, slots=True)
class Printing:
    """What is about to be printed.

    Attributes:
        form: one of `FORMS`.
        printer: the port or the file it goes to.
        copies: of each label.
    """

    form: str
    printer: str
    copies: int = 1


@verb(needs="sampler technician manager")
def printed(unit: Unit, samples: Sequence[str], printing: Printing, *, reason: str = "") -> list[str]:
    """Count labels before they are printed and return the ids of the facts, one for each sample.

    Counting comes first: a label that left the printer without a trace would be worse than one counted in vain.

    Raises:
        NotFound: no such sample.
        RuleBroken: a label of one of them was printed before, and no reason is given.
        Invalid: no sample, a form that is none, a blank printer, or copies below 1.
    """
    _check(samples, printing)
    numbers = list(dict.fromkeys(samples))
    for number in numbers:
        unit.get(Sample, number)
    again = _before(unit, numbers)
    if again and not reason.strip():
        raise RuleBroken("label.reason", numbers=again)
    unit.why = reason
    rows = [
        LabelPrint(
            id=new_id(),
            sample=number,
            copies=printing.copies,
            form=printing.form,
            printer=printing.printer,
            reason=reason if number in again else "",
            by=unit.actor.account,
            at=unit.now,
        )
        for number in numbers
    ]
    unit.put(*rows)
    return [row.id for row in rows]


def _check(samples: Sequence[str], printing: Printing) -> None:
    problems = [] if samples else [Problem("form.missing", "sample")]
    if printing.form not in FORMS:
        problems.append(Problem("form.option", "form", {"value": printing.form}))
    if not printing.printer.strip():
        problems.append(Problem("form.missing", "printer"))
    if not 1 <= printing.copies <= 99:
        problems.append(Problem("label.copies", "copies", {"copies": printing.copies}))
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))


def _before(unit: Unit, numbers: Sequence[str]) -> list[str]:
    query = (
        select(LabelPrint.sample)
        .where(LabelPrint.site == unit.site, LabelPrint.sample.in_(numbers))
        .distinct()
        .order_by(LabelPrint.sample)
    )
    return list(unit.all(query))
