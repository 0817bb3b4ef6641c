"""Slips on paper: where they go, each printing counted, printing again with a reason, and what did not come out."""

from collections.abc import Callable
from dataclasses import dataclass

from lims.door import Lims, question, verb
from lims.errors import Invalid, LimsError, RuleBroken
from lims.queries import slips
from lims.records.results import Certificate
from lims.records.settings import Setting
from lims.records.slips import SlipPrint
from lims.services.plan import setting
from lims.storage.unit import Unit, View, new_id

FORMS = ("A4", "A5", "58mm")
SYSTEM = "system"
"""The printer that the computer's own settings name."""
_NAME = "slip.printer"


@dataclass(frozen=True, slots=True)
class Destination:
    """Which paper slips are printed on, and where: `SYSTEM`, or the address of a receipt printer."""

    form: str = "A4"
    printer: str = SYSTEM

    def __str__(self) -> str:
        """Return it as it is typed and kept."""
        return f"{self.form} {self.printer}"


def destination_of(text: str) -> Destination:
    """Read `A4`, `A5`, `A4 system` or `58mm tcp:192.168.1.60`.

    Raises:
        Invalid: no such paper, or paper and printer do not go together: only 58 mm goes to an address.
    """
    form, _, printer = " ".join(text.split()).partition(" ")
    found = next((one for one in FORMS if one.casefold() == form.casefold()), "")
    receipt = found == FORMS[-1]
    printer = printer or ("" if receipt else SYSTEM)
    if not found or not printer or receipt == (printer == SYSTEM):
        raise Invalid("slip.destination", text=text)
    return Destination(found, printer)


@question()
def destination(view: View) -> Destination:
    """Return where this station prints its slips; A4 on the system's printer until something else is set."""
    found = view.find(Setting, f"{_NAME}.{view.place.station}")
    return destination_of(found.value) if found else Destination()


@verb(needs="manager technician signatory", cli="slip-printer")
def choose(unit: Unit, to: str) -> str:
    """Set where this station prints its slips: `A4`, `A5`, or `58mm` with the address of a receipt printer.

    Raises:
        Invalid: no such paper, or no printer that goes with it.
    """
    return setting(unit, f"{_NAME}.{unit.place.station}", str(destination_of(to)))


@verb(needs="signatory technician reviewer manager")
def printed(unit: Unit, slip: str, to: Destination, *, reason: str = "") -> str:
    """Count a slip before it is printed and return the id of the fact.

    Counting comes first: a slip that left the printer without a trace would be worse than one counted in vain.

    Raises:
        NotFound: no such slip.
        RuleBroken: it was printed before, it came out, and no reason is given.
    """
    row = unit.get(Certificate, slip)
    again = any(not one.failed for one in slips.prints(unit.view(), slip))
    if again and not reason.strip():
        raise RuleBroken("slip.print_reason", number=row.sample, version=row.number)
    unit.why = reason
    made = SlipPrint(
        id=new_id(),
        slip=row.id,
        form=to.form,
        printer=to.printer,
        reason=reason.strip() if again else "",
        failed="",
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(made)
    return made.id


@verb(needs="signatory technician reviewer manager")
def not_printed(unit: Unit, print_: str, why: str) -> str:
    """Note that a printing did not come out; the slip waits to be printed, and needs no reason then.

    Raises:
        NotFound: no such printing.
    """
    row = unit.get(SlipPrint, print_)
    row.failed = why.strip()[:64] or "?"
    unit.put(row)
    return row.id


def carry(lims: Lims, slip: str, to: Destination, send: Callable[[], object], *, reason: str = "") -> str:
    """Count a printing, print, and note it when it did not come out; return the id of the fact.

    Raises:
        RuleBroken: it was printed before and no reason is given.
        LimsError: what the printer said; the slip waits.
    """
    made: str = lims.do(printed, slip, to, reason=reason)
    try:
        send()
    except LimsError as fault:
        lims.do(not_printed, made, fault.code)
        raise
    return made
