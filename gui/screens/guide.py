"""First steps: what a new laboratory still needs before its first slip, each led to, tried or skipped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens.today import reachable
from gui.widgets import boxes, terms
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.bench.rehearsal import rehearse
from lims.queries import beginning, equipment
from lims.queries.beginning import Step
from lims.services.beginning import skip
from lims.text import mark, t

TITLE = mark("First steps")
ICON = "note"
ORDER = 145
OFTEN = "administrator"
NEEDS = "administrator manager"
SIDE = 420

ONE_LEFT = mark("1 step is left; it can be skipped and taken up again.")
MANY_LEFT = mark("{count} steps are left; each can be skipped and taken up again.")
COLUMNS = (Column("step", mark("Step"), 220, sorts=False), Column("state", mark("State"), 200, sorts=False))


@dataclass(frozen=True, slots=True)
class Way:
    """A step in words: its name, what to do, and the screen where it is done (message ids)."""

    name: str
    words: str
    screen: str


WAYS = {
    "people": Way(
        mark("Enrol the people"),
        mark("Each role needs somebody: sampler, technician, reviewer, signatory, manager. The administrator enrols "
             "them under People and tells each one his first password alone."),
        "people",
    ),
    "populations": Way(
        mark("People of each township"),
        mark("The quota is reckoned from them. The manager enters the figure of each township with its source, "
             "under Quota by F2 or as a table: kuaijian import populations."),
        "quota",
    ),
    "instrument": Way(
        mark("The first instrument"),
        mark("Plug it in and press F: the idle ports are asked by harmless requests, and what answers is tried "
             "against its simulator on this computer: a real port, real bytes, and none of its readings goes "
             "anywhere. Enter adds what was found, or what you name, under Instruments; T tries it again."),
        "instruments",
    ),
    "sample": Way(
        mark("The first sample"),
        mark("A sampler fills the form in under Sampling. To try things out, use practice: kuaijian desktop "
             "--practice. What is real stays for ever."),
        "sampling",
    ),
    "label": Way(
        mark("The first label"),
        mark("Print the label of the first sample and scan it under Reception: so printer and scanner are proved "
             "too: kuaijian label."),
        "samples",
    ),
}  # fmt: skip


class Screen(QWidget):
    """The steps in their order, and beside them what the one under the cursor needs."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._steps: dict[str, Step] = {}
        self._device: equipment.Owned | None = None
        self._found: Any = None
        self._busy = False
        self.table = Table(COLUMNS, desk.work, TITLE, mark("One moment …"), "")
        self._head, self._words = Label(role="head"), Label(wrap=True)
        self._outcome = Label(role="good", wrap=True)
        side = boxes.panel(self._head, self._words, self._outcome, None, edge=16, gap=12)
        side.setFixedWidth(theme.current().px(SIDE))
        boxes.row(self.table, side, of=self, edge=16, gap=16).setStretch(0, 1)
        self.table.chosen.connect(lambda _: self._dress())

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: object) -> None:
        """Ask what is done."""
        self._ask()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, _: object) -> None:
        """Follow what is done meanwhile."""
        self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._show(list(self._steps.values()))

    def sentence(self) -> str:
        """Say how much is left."""
        left = sum(one.open for one in self._steps.values())
        return (
            t(ONE_LEFT if left == 1 else MANY_LEFT, count=left)
            if left
            else t("Every first step is done or skipped.")
        )

    def acts(self) -> list[Action]:
        """Offer to go there, to skip, and to try a simulator."""
        step = self._step()
        missing = "" if step else t("one moment")
        done = t("it is done") if step and step.done else missing
        word = mark("Take it up again") if step and step.skipped else mark("Skip it")
        acts = [
            Action(word, "S", self._skip, missing=done),
            Action(mark("Go there"), "Return", self._go, primary=True, missing=missing or self._closed()),
        ]
        return [*self._device_acts(), *acts] if step and step.id == "instrument" else acts

    def _device_acts(self) -> list[Action]:
        """Offer to find the first instrument, and to try its simulator."""
        wait = t("one moment") if self._busy else ""
        nothing = "" if self._device or self._found else t("add an instrument first")
        no_bench = "" if self.desk.bench else t("No line runs in this window.")
        return [
            Action(mark("Try its simulator"), "T", self._try, missing=wait or nothing),
            Action(mark("Find on the ports"), "F", self._find, missing=wait or no_bench),
        ]

    # Steps ------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.ask(beginning.steps, then=self._show, latest="guide", owner=self)
            self.desk.ask(equipment.instruments, then=self._devices, latest="guide.devices", owner=self)

    def _devices(self, found: Sequence[equipment.Owned]) -> None:
        self._device = next((one for one in found if one.active), None)
        self.desk.changed.emit()

    def _show(self, found: Sequence[Step]) -> None:
        self._steps = {one.id: one for one in found}
        self.table.show_rows([Row(one.id, (t(WAYS[one.id].name), _state(one))) for one in found])
        if not self.table.current_key() and found:
            self.table.choose(next((one.id for one in found if one.open), found[0].id))
        self._dress()

    def _step(self) -> Step | None:
        return self._steps.get(self.table.current_key())

    def _dress(self) -> None:
        step = self._step()
        self._head.put(t(WAYS[step.id].name) if step else "")
        self._words.put(t(WAYS[step.id].words) if step else "")
        if not step or step.id != "instrument":
            self._outcome.put("")
        self.desk.changed.emit()

    def _closed(self) -> str:
        step = self._step()
        there = step is not None and reachable(self.desk, WAYS[step.id].screen)
        return "" if there else t("another person does it: your role has no such screen")

    def _go(self) -> None:
        step, found = self._step(), self._found
        if step and step.id == "instrument" and found is not None and not step.done:
            self.desk.go(WAYS[step.id].screen, port=found.port, profile=found.profiles[0])
        elif step:
            self.desk.go(WAYS[step.id].screen)

    def _skip(self) -> None:
        if step := self._step():
            self.desk.do(
                skip, step=step.id, answer="no" if step.skipped else "yes", then=lambda _: self._ask()
            )

    def _find(self) -> None:
        """Ask the idle ports who hangs there."""
        if self.desk.bench is not None:
            self._begin(t("Idle ports are asked by harmless requests, some seconds each …"))
            self.desk.work.run(self.desk.bench.find, then=self._answered, failed=self._unheard, owner=self)

    def _answered(self, answers: Sequence[Any]) -> None:
        """Try the first instrument that answered; where none did, say what to do."""
        self._found = next((one for one in answers if one.profiles), None)
        if self._found is not None:
            self._rehearse(self._found.profiles[0], {})
            return
        self._busy = False
        self._outcome.put(t("Nothing answered on {count} idle ports. Check cable and power, or press Enter and name "
                            "the instrument yourself.", count=len(answers)))  # fmt: skip
        self.desk.changed.emit()

    def _try(self) -> None:
        if self._found is not None and self._device is None:
            self._rehearse(self._found.profiles[0], {})
        elif self._device is not None:
            self._rehearse(self._device.profile, dict(self._device.settings))

    def _begin(self, words: str) -> None:
        self._busy = True
        self._outcome.role("muted")
        self._outcome.put(words)
        self.desk.changed.emit()

    def _rehearse(self, profile: str, settings: dict[str, Any]) -> None:
        self._begin(t("Its simulator is played and heard …"))
        self.desk.work.run(rehearse, profile, settings, then=self._heard, failed=self._unheard, owner=self)

    def _who(self) -> str:
        """Name what was found and not yet added."""
        if self._found is None or self._device is not None:
            return ""
        title = terms.said(self._found.titles[0])
        return t("Found: {name} on {port}.", name=title, port=self._found.port) + "\n"

    def _heard(self, count: int) -> None:
        self._busy = False
        self._outcome.role("good" if count else "muted")
        self._outcome.put(
            self._who()
            + t("✓ {count} readings came over a port of this computer and were decoded.", count=count)
            if count
            else self._who()
            + t("The port works; this instrument says nothing outside a run. Try a run on the bench.")
        )
        self.desk.changed.emit()

    def _unheard(self, error: BaseException) -> None:
        self._busy = False
        self._outcome.put(self._who().strip())
        self.desk.complain(error)
        self.desk.changed.emit()


def _state(step: Step) -> str:
    if step.done:
        return t("✓ done")
    if step.skipped:
        return t("– skipped")
    return t("○ {count} missing", count=step.missing) if step.missing > 1 else t("○ to do")


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("instrument", lambda: screen.table.choose("instrument"))]
