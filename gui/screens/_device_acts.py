"""What is done to the device behind an instrument, each act asked for in place and with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.screens._asking import Asked, Asking
from lims import text
from lims.door import Lims
from lims.queries.equipment import Kind, Owned
from lims.queries.identities import Stranger
from lims.services import rebind, retake
from lims.text import mark, t

Told = dict[str, str]
REASON = Asked("reason", mark("Why it is bound anew"), unseen=False)


@dataclass(frozen=True, slots=True)
class Order:
    """What a device is told to do with itself; its words (message ids) may name `{id}` and `{name}`.

    Attributes:
        word: on the button.
        key: of the button.
        able: whether a kind of device can do it.
        head: of the asking.
        note: what it means, read before it is done.
        why: what the reason is asked by.
        told: that it was told.
        do: takes the running lines, the door, the instrument's id and the answers.
        destroys: what it takes cannot come back, so that the short name is typed (`typed`) first.
    """

    word: str
    key: str
    able: Callable[[Kind], object]
    head: str
    note: str
    why: str
    told: str
    do: Callable[[Any, Lims, str, Told], object]
    destroys: bool = False


ORDERS = (
    Order(
        mark("Erase its memory"), "Z", lambda kind: kind.erases, mark("Erase the memory of {id}"),
        mark("Everything that {name} keeps is erased and cannot be brought back. It needs a download of "
             "everything, taken in whole, within the last ten minutes."),
        mark("Why its memory is erased"), mark("{name} was told to erase its memory."),
        lambda lines, lims, id_, told: lines.erase(lims, id_, told["typed"], told["reason"]), destroys=True,
    ),
    Order(
        mark("Set its clock"), "K", lambda kind: kind.sets_clock, mark("Set the clock of {id}"),
        mark("The clock of {name} is set to this computer's time. Readings keep the time they came with."),
        mark("Why its clock is set"), mark("{name} was told the time."),
        lambda lines, lims, id_, told: lines.set_clock(lims, id_, told["reason"]),
    ),
    Order(
        mark("Set its lamps"), "L", lambda kind: kind.calibrates, mark("Set the lamps of {id}"),
        mark("The lamps of {name} are set anew. Take every cuvette and card out first; zero the board afterwards."),
        mark("Why its lamps are set"), mark("{name} was told to set its lamps."),
        lambda lines, lims, id_, told: lines.calibrate(lims, id_, told["reason"]),
    ),
)  # fmt: skip


class DeviceActs:
    """Asks for what an act needs and does it off the GUI thread; the asking says what was refused."""

    def __init__(self, desk: Desk, asking: Asking, back: QWidget) -> None:
        self._desk, self._asking, self._back = desk, asking, back

    def bind(self, one: Owned, stranger: Stranger | None) -> None:
        """Ask for the serial number of the device that stands here now."""
        says = stranger.says if stranger else ""
        number = Asked("serial", mark("Serial number on the device"), unseen=False, value=says or one.serial)
        note = t("Bound so far: {bound}. The device says: {says}. Calibrations of another serial number count no more.",
                 bound=one.serial, says=says) if says else t(
            "Bound so far: {bound}. Read the number from the device's plate. Calibrations of another serial number "
            "count no more.", bound=one.serial)  # fmt: skip
        self._asking.begin(t("Bind a device: {name}", name=one.name), note, [number, REASON],
                           mark("Bind anew"), partial(self._bind, one), self._back)  # fmt: skip

    def _bind(self, one: Owned, told: Told) -> None:
        lims, serial = self._desk.door, told["serial"]
        self._desk.work.run(_bound, lims, one.id, serial, told["reason"], in_order=True, failed=self._refused,
                            then=lambda count: self._done(t("{name} is bound to {serial}. Taken in again: {count}",
                                                            name=one.name, serial=serial, count=count)))  # fmt: skip

    def order(self, order: Order, one: Owned) -> None:
        """Ask for the reason, and where something is destroyed for the short name once more; then have it done."""
        names = {"id": one.id, "name": one.name}
        typed = (
            [Asked("typed", mark("Type its short name to confirm"), unseen=False)] if order.destroys else []
        )
        asked = [*typed, Asked("reason", order.why, unseen=False)]
        self._asking.begin(t(order.head, **names), t(order.note, **names), asked, order.word,
                           partial(self._order, order, one), self._back)  # fmt: skip

    def _order(self, order: Order, one: Owned, told: Told) -> None:
        """Have the running lines do it, off the GUI thread."""
        bench, lims = self._desk.bench, self._desk.door
        if bench is None:
            self._asking.refuse(t("No line runs in this window."))
            return
        self._desk.work.run(order.do, bench.deliberate, lims, one.id, told, in_order=True, failed=self._refused,
                            then=lambda _: self._done(t(order.told, name=one.name)))  # fmt: skip

    def export(self, one: Owned) -> None:
        """Write the description of a described device for other laboratories."""
        papers = self._desk.papers
        if papers is not None:
            self._desk.work.run(papers.description, self._desk.door, one.id, in_order=True, failed=self._desk.complain,
                                then=self._exported)  # fmt: skip

    def _exported(self, path: object) -> None:
        said = t("The description is written: {file}. Another laboratory takes it in under New device (O).",
                 file=str(path))  # fmt: skip
        self._desk.banner("description", said, "tell")

    def _done(self, sentence: str) -> None:
        self._asking.done()
        self._desk.toast(sentence)

    def _refused(self, error: BaseException) -> None:
        self._asking.refuse(text.sentence(error))


def _bound(lims: Lims, instrument: str, serial: str, reason: str) -> int:
    """Bind, then take in again what waited for it; for a worker thread."""
    lims.do(rebind.device, instrument, serial, reason=reason)
    return retake.strays(lims, instrument)
