"""What is done to the device behind an instrument, each act asked for in place and with its reason."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.screens._asking import Asked, Asking
from lims import text
from lims.door import Lims
from lims.queries.equipment import Owned
from lims.queries.identities import Stranger
from lims.services import rebind, retake
from lims.text import mark, t

Told = dict[str, str]
ERASING = Asked("reason", mark("Why its memory is erased"), unseen=False)
CLOCK = Asked("reason", mark("Why its clock is set"), unseen=False)
LAMPS = Asked("reason", mark("Why its lamps are set"), unseen=False)
REASON = Asked("reason", mark("Why it is bound anew"), unseen=False)


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

    def erase(self, one: Owned) -> None:
        """Ask for the instrument's short name once more and the reason, then erase what the device keeps."""
        note = t("Everything that {name} keeps is erased and cannot be brought back. It needs a download of "
                 "everything, taken in whole, within the last ten minutes.", name=one.name)  # fmt: skip
        typed = Asked("typed", mark("Type its short name to confirm"), unseen=False)
        self._asking.begin(t("Erase the memory of {id}", id=one.id), note, [typed, ERASING],
                           mark("Erase its memory"), partial(self._erase, one), self._back)  # fmt: skip

    def _erase(self, one: Owned, told: Told) -> None:
        sentence = t("{name} was told to erase its memory.", name=one.name)
        self._order(lambda acts, lims: acts.erase(lims, one.id, told["typed"], told["reason"]), sentence)

    def set_clock(self, one: Owned) -> None:
        """Ask why, then set the device's clock to this computer's."""
        note = t("The clock of {name} is set to this computer's time. Readings keep the time they came with.",
                 name=one.name)  # fmt: skip
        self._asking.begin(t("Set the clock of {id}", id=one.id), note, [CLOCK], mark("Set its clock"),
                           partial(self._set_clock, one), self._back)  # fmt: skip

    def _set_clock(self, one: Owned, told: Told) -> None:
        sentence = t("{name} was told the time.", name=one.name)
        self._order(lambda acts, lims: acts.set_clock(lims, one.id, told["reason"]), sentence)

    def calibrate(self, one: Owned) -> None:
        """Ask why, then have a board set its lamps anew."""
        note = t("The lamps of {name} are set anew. Take every cuvette and card out first; zero the board afterwards.",
                 name=one.name)  # fmt: skip
        self._asking.begin(t("Set the lamps of {id}", id=one.id), note, [LAMPS], mark("Set its lamps"),
                           partial(self._calibrate, one), self._back)  # fmt: skip

    def _calibrate(self, one: Owned, told: Told) -> None:
        sentence = t("{name} was told to set its lamps.", name=one.name)
        self._order(lambda acts, lims: acts.calibrate(lims, one.id, told["reason"]), sentence)

    def export(self, one: Owned) -> None:
        """Write the description of a described device for other laboratories."""
        papers = self._desk.papers
        if papers is not None:
            self._desk.work.run(papers.description, self._desk.door, one.id, in_order=True, failed=self._desk.complain,
                                then=self._exported)  # fmt: skip

    def _exported(self, path: object) -> None:
        said = t("The description is written: {file}. Another laboratory takes it in with kuaijian instruments import.",
                 file=str(path))  # fmt: skip
        self._desk.banner("description", said, "tell")

    def _order(self, act: Callable[[Any, Lims], object], sentence: str) -> None:
        """Have the running lines do it, off the GUI thread."""
        bench, lims = self._desk.bench, self._desk.door
        if bench is None:
            self._asking.refuse(t("No line runs in this window."))
            return
        self._desk.work.run(act, bench.deliberate, lims, in_order=True, failed=self._refused,
                            then=lambda _: self._done(sentence))  # fmt: skip

    def _done(self, sentence: str) -> None:
        self._asking.done()
        self._desk.toast(sentence)

    def _refused(self, error: BaseException) -> None:
        self._asking.refuse(text.sentence(error))


def _bound(lims: Lims, instrument: str, serial: str, reason: str) -> int:
    """Bind, then take in again what waited for it; for a worker thread."""
    lims.do(rebind.device, instrument, serial, reason=reason)
    return retake.strays(lims, instrument)
