"""Reception: a scan and a key take a bag in; what is wrong with it is said by a digit and a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.screens._asking import Asked, Asking
from gui.widgets import boxes, terms
from gui.widgets.label import Elided, Label
from gui.widgets.rows import Column, Row
from gui.widgets.scanfield import ScanField
from gui.widgets.seen import LETTERS, SeenPanel
from gui.widgets.table import Table
from lims import text
from lims.errors import Conflict
from lims.queries import receipts
from lims.queries.custody import Passing
from lims.queries.receipts import Arrival, Received
from lims.queries.samples import Row as Sample
from lims.rules.numbering import spell, split
from lims.services import returns
from lims.services import sample as verbs
from lims.text import mark, t

TITLE = mark("Reception")
ICON = "reception"
ORDER = 30
OFTEN = "technician"
NEEDS = "technician sampler"

SIDE = 400
NOT_OURS = mark("This is no sample of ours. Look for our label on the bag; its number can be typed too.")
TWO_NUMBERS = mark("Two numbers ran together. Scan one bag at a time.")
UNKNOWN = mark("Not registered. The sampler must save its form first, or its station must send its samples.")
CAME_IN = mark("Received already at {time} by {who}. Nothing to do; Ctrl+K opens it.")
WAS_REFUSED = mark("Refused already at {time} by {who}: {reason}. Give the bag back.")
IS_VOID = mark("This sample was voided. Ask the quality manager before anything is done with the bag.")
HANDED_ON = mark("Handed to the county: only the county receives it, and alone writes about it.")
ODD_STATE = mark("This sample is in the state {state} and cannot be received.")
GIVE_BACK = mark("Give back to its van")
GIVEN_BACK = mark(
    "Given back to {van}. The van hears of it with the county's next reply and then writes again."
)
WHY_BACK = mark(
    "For a sample that was handed over by mistake, or that the van must keep. Once the van has the county's next reply "
    "it alone writes about the sample, as before; here it can be received only after it was handed over again."
)
FINISH_FIRST = mark("{number} is not finished. Receive or refuse it, or leave it with Esc.")

COLUMNS = (
    Column("at", mark("Time"), 64),
    Column("number", mark("Number"), 180),
    Column("food", mark("Food"), 100),
    Column("business", mark("Business"), 180),
    Column("seen", mark("Seen"), 200),
    Column("by", mark("Received by"), 90),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What stands huge above the scan field: sign, head, line under it, and the tone of both."""

    sign: str = ""
    head: str = ""
    line: str = ""
    role: str = "muted"


class Screen(QWidget):
    """The scan field, the last scan above it, today's bags below, what is seen beside."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._open: Sample | None = None
        self._last: Sample | None = None
        self._passed: Passing | None = None
        self._van = ""
        self.asking = Asking(desk)
        self._busy = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._head, self._food, self._line = Label(role="clock"), Elided(), Label(wrap=True)
        self._food.role("result")
        self.scan_field = ScanField(mark("Scan the label of a bag, or type its number"))
        self.scan_field.entered.connect(self.scanned)
        self.table = Table(COLUMNS, desk.work, mark("Received today"), mark("Nothing came in today."),
                           mark("Scan the first bag."))  # fmt: skip
        self.seen = SeenPanel()
        self._lay()
        self.seen.changed.connect(self._changed)
        self._tell(Told())

    def _lay(self) -> None:
        side = boxes.panel(self.seen, edge=12)
        side.setFixedWidth(theme.current().px(SIDE))
        self._line.setMinimumHeight(theme.current().px(40))
        self._line.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        left = boxes.column(
            self._head, self._food, self._line, self.asking, self.scan_field, self.table, gap=6
        )
        left.setStretch(5, 1)
        whole = boxes.row(left, side, of=self, edge=(16, 8, 16, 12), gap=16)
        whole.setStretch(0, 1)
        self.seen.setEnabled(False)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, number: str = "", **_: object) -> None:
        """Be ready for a scan."""
        self._ask_today()
        if number:
            self.scanned(Scan(number))
        elif self._open is None:
            self.scan_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, _: object) -> None:
        """Show what another desk received."""
        self._ask_today()

    def retranslate(self) -> None:
        """Write everything anew."""
        self.seen.dress()
        self._ask_today()
        if self._open:
            self._show_open(self._open)
        elif not self._last:
            self._tell(Told())

    def sentence(self) -> str:
        """Say what is expected now."""
        if self.asking.active:
            return t("Enter gives it back; the reason goes to the van and stays for ever.")
        if self._open is None:
            return t("Scan the next bag.")
        if self.seen.untouched:
            return t("Seal {seal} on the bag and all good? F7. Otherwise scan or type the seal it carries.",
                     seal=self._open.seal)  # fmt: skip
        return t("Enter takes it in as {seen}.", seen=self._seen_words())

    def acts(self) -> list[Action]:
        """Offer what can be done with the bag."""
        if self.asking.active:
            return self.asking.acts()
        closed = "" if self._open else t("scan a bag first")
        accept, refuse = self._missing(accept=True), self._missing(accept=False)
        return [
            *([Action(GIVE_BACK, "F8", self.give_back)] if self._van and self._last else []),
            Action(mark("Handover"), "F6", self.open_handover, missing="" if self._last else t("scan a bag first")),
            Action(mark("Refuse"), "F9", self.refuse, missing=closed or refuse, destroys=True),
            Action(mark("Seal matches, good") if self.seen.untouched else mark("Seal matches"), "F7",
                   self.seal_matches, missing=closed or (t("a seal was read already") if self.seen.seal() else "")),
            Action(mark("Receive with a defect") if self.seen.defect else mark("Good: receive"), "Return",
                   self.receive, primary=True, missing=closed or accept),
        ]  # fmt: skip

    def _wait(self) -> str:
        return t("one moment") if self._busy else ""

    def _missing(self, *, accept: bool) -> str:
        wanted = t("format.comma").join(self.seen.missing(accept=accept))
        return t("still missing: {fields}", fields=wanted) if wanted else self._wait()

    def back(self) -> bool:
        """Leave a field first, then the bag."""
        if self.asking.active:
            self.asking.done()
            return True
        if self._open is None:
            return False
        focus = QApplication.focusWidget()
        if focus is not None and self.seen.isAncestorOf(focus):
            self.setFocus()
        else:
            self._close(
                Told(line=t("Left as it was: {number} is not received.", number=spell(self._open.number)))
            )
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take digits for what is seen and letters for the fields."""
        written = event.text().upper()
        if self._open and written.isdigit() and 1 <= int(written) <= len(self.seen.codes):
            self.seen.choose(int(written) - 1)
            if self.seen.defect and not self.seen.reason() and self.seen.seal_state():
                self.seen.fields["reason"].setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self._open and written in LETTERS:
            self.seen.fields[LETTERS[written]].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            super().keyPressEvent(event)

    # Scans ------------------------------------------------------------------------------------------------

    def scanned(self, scan: Scan) -> None:
        """Take a bag's number, or the seal of the bag that is open."""
        if self.asking.active:
            self.desk.refuse(t("Give the reason first, or leave it with Esc."))
            return
        numbers = split(scan.text)
        if numbers is None:
            self._take_other(scan.text)
        elif len(numbers) > 1:
            self._wrong(scan.text[:40], t(TWO_NUMBERS))
        elif self._open and numbers[0] != self._open.number:
            self.desk.refuse(t(FINISH_FIRST, number=spell(self._open.number)))
        else:
            number = numbers[0]
            self.desk.ask(receipts.arrival, number, then=lambda found: self._take(number, found),
                          latest="reception.scan", owner=self)  # fmt: skip

    def _take_other(self, words: str) -> None:
        if self._open:
            self.seen.read_seal(words)
            self.setFocus()
        else:
            self._wrong(words[:40], t(NOT_OURS))
            return
        self.desk.sounds.good() if self.seen.seal_state() != "mismatch" else self.desk.sounds.bad()
        self.desk.changed.emit()

    def _take(self, number: str, found: Arrival) -> None:
        if found.sample is None:
            self._wrong(spell(number), t(UNKNOWN))
            return
        self._last, self._passed, self._van = found.sample, found.handover, found.van
        if found.sample.state == "drawn" or found.sample.van:
            self._begin(found.sample)
        else:
            self._wrong(spell(number), self._why_not(found.sample, found.receipt), found.sample)
        self.desk.changed.emit()

    @staticmethod
    def _why_not(sample: Sample, receipt: Received | None) -> str:
        if sample.state == "void":
            return t(IS_VOID)
        if sample.state == "handed":
            return t(HANDED_ON)
        if receipt is None:
            return t(ODD_STATE, state=terms.term("state", sample.state))
        words = CAME_IN if receipt.accepted else WAS_REFUSED
        return t(words, time=text.moment(receipt.at)[:16], who=receipt.by, reason=receipt.reason)

    def _wrong(self, head: str, line: str, sample: Sample | None = None) -> None:
        self.desk.sounds.bad()
        food = f"{sample.food} · {sample.business}" if sample else ""
        self._tell(Told("✗", head, line, "wrong"), food)
        self.scan_field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    # A bag ------------------------------------------------------------------------------------------------

    def _begin(self, sample: Sample) -> None:
        self._open = sample
        self.seen.setEnabled(True)
        self.seen.begin(sample.seal)
        self._show_open(sample)
        self.setFocus()
        self.desk.sounds.good()

    def _show_open(self, sample: Sample) -> None:
        place = terms.township(sample.township)
        drawn = t("Drawn {time}, {place}. The form says seal {seal}.", time=text.moment(sample.drawn_at)[:16],
                  place=place, seal=sample.seal)  # fmt: skip
        self._tell(Told("○", spell(sample.number), f"{drawn} {self._given()}".rstrip()),
                   f"{sample.food} · {sample.business}")  # fmt: skip

    def _given(self) -> str:
        """Say how a van gave the open bag to us; nothing for one of our own."""
        given, van = self._passed, self._open.van if self._open else ""
        if given is None:
            return ""
        seen = [one for one in (given.temperature, given.quantity) if one]
        return t("{van} handed it over {time} ({giver} to {taker}: {seen}); received here it is ours.", van=van,
                 time=text.moment(given.at)[:16], giver=given.giver.name, taker=given.taker.name,
                 seen=t("format.comma").join([terms.term("seal_state", given.seal_state), *seen]))  # fmt: skip

    def _close(self, told: Told, food: str = "") -> None:
        self._open, self._busy = None, False
        self.seen.begin("")
        self.seen.setEnabled(False)
        self._tell(told, food)
        self.scan_field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def _tell(self, told: Told, food: str = "") -> None:
        self._head.put(f"{told.sign} {told.head}".strip() or t("Ready for a scan"))
        self._head.setProperty("late", told.role == "wrong")
        self._food.put(food)
        self._line.put(told.line)
        self._line.role(told.role)

    def _changed(self) -> None:
        self.seen.dress()
        self.desk.changed.emit()

    def _seen_words(self) -> str:
        seen = self.seen.seen()
        return _words(seen.condition, seen.seal_state, seen.seal, seen.temperature)

    def seal_matches(self) -> None:
        """Note that the person read the form's seal on the bag; when nothing is wrong with it, take it in."""
        if self._open is None:
            return
        whole = self.seen.untouched
        self.seen.read_seal(self._open.seal)
        if whole and not self._missing(accept=True):
            self.receive()
        self.desk.changed.emit()

    def receive(self) -> None:
        """Take the bag in."""
        self._decide(accept=True)

    def refuse(self) -> None:
        """Refuse the bag."""
        self._decide(accept=False)

    def _decide(self, *, accept: bool) -> None:
        sample = self._open
        if sample is None or self._missing(accept=accept):
            return
        self._busy = True
        self.desk.changed.emit()
        words = self._seen_words() if accept else f"{t('Refused')}: {self.seen.reason()}"
        self.desk.do_signed(
            verbs.receive, sample.number, self.seen.seen(), accept=accept, reason=self.seen.reason(),
            version=sample.version, records=[f"{spell(sample.number)} · {sample.food} · {words}"], meaning="签收",
            then=lambda _: self._done(sample, accept), failed=self._failed, left=self._ready,
        )  # fmt: skip

    def _ready(self) -> None:
        self._busy = False
        self.desk.changed.emit()

    def _done(self, sample: Sample, accept: bool) -> None:
        given = (
            t(GIVEN_BACK, van=sample.van) if sample.van else t("Refused. Give the bag back with its reason.")
        )
        words = t("Received.") if accept else given
        told = Told("✓" if accept else "✗", spell(sample.number), words, "good" if accept else "late")
        self._close(told, f"{sample.food} · {sample.business}")
        self.desk.sounds.good()
        self._ask_today()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.desk.complain(error)
        if isinstance(error, Conflict) and self._open:
            number, self._open = self._open.number, None
            self.scanned(Scan(number))
        self.desk.changed.emit()

    def give_back(self) -> None:
        """Ask why the last bag goes back to the van that handed it over."""
        if self._last is not None:
            head = t("Give {number} back to {van}", number=spell(self._last.number), van=self._van)
            self.asking.begin(head, t(WHY_BACK), [Asked("reason", mark("Reason"), unseen=False)], GIVE_BACK,
                              self._give_back, self)  # fmt: skip

    def _give_back(self, told: dict[str, str]) -> None:
        sample, van = self._last, self._van
        if sample is None:
            return

        def done(_: object) -> None:
            self.asking.done()
            self._last, self._van = None, ""
            self._close(Told("↩", spell(sample.number), t(GIVEN_BACK, van=van), "late"))

        self.desk.do(returns.give_back, sample.number, reason=told["reason"], then=done,
                     failed=lambda error: self.asking.refuse(text.sentence(error)))  # fmt: skip

    def _ask_today(self) -> None:
        self.desk.ask(receipts.today, then=self._show_today, latest="reception.today", owner=self)

    def _show_today(self, found: Sequence[Received]) -> None:
        self.table.show_rows([_row(one) for one in found])

    def open_handover(self) -> None:
        """Go to the handover of the last bag, where both parties prove who they are."""
        if self._last is not None:
            self.desk.go("custody", number=self._last.number, act="F6")


def _words(condition: str, seal_state: str, seal: str, temperature: str) -> str:
    parts = [terms.term("condition", condition), f"{terms.term('seal_state', seal_state)} {seal}"]
    return t("format.comma").join([*parts, *([temperature] if temperature != "/" else [])])


def _row(one: Received) -> Row:
    seen = _words(one.condition, one.seal_state, one.seal, one.temperature)
    if not one.accepted:
        seen = f"✗ {t('Refused')}: {one.reason}"
    elif one.reason:
        seen = f"△ {seen}: {one.reason}"
    tone = "" if one.accepted else "positive"
    return Row(one.id, (text.time(one.at), spell(one.number), one.food, one.business, seen, one.by), tone)
