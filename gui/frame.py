"""What stands round the one screen: rail, top bar, banners, work under way, and the action bar."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Desk
from gui.signin import SignIn
from gui.stage import Stage
from gui.widgets import boxes
from gui.widgets.actionbar import ActionBar, Progress
from gui.widgets.banner import Banners, Toast
from gui.widgets.label import Label
from gui.widgets.rail import Rail
from gui.widgets.topbar import BusyLine, TopBar
from gui.work import Job
from lims.text import mark

PRACTICE = mark("Practice: nothing here is real, and nothing of it can ever get into the real laboratory.")


class Frame(QWidget):
    """Laid out for the look of the moment; another look has another frame, which takes over what lasts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("desk")
        flat = theme.current().layout == "touch"
        self.rail, self.bar, self.busy = Rail(flat=flat), TopBar(desk.ties.site), BusyLine()
        self.sign_in = SignIn(desk)
        self.banners, self.stage, self.foot = Banners(), Stage(desk, self.sign_in), ActionBar()
        self.banners.hide()
        self._jobs = boxes.column(gap=0)
        self.stripe = Label(PRACTICE, "strong")
        self.stripe.setObjectName("practice")
        self.stripe.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stripe.hide()
        work = boxes.column(
            self.stripe, self.bar, self.busy, self.banners, self.stage, self._jobs, self.foot, gap=0
        )
        work.setStretchFactor(self.stage, 1)
        if flat:
            boxes.column(work, self.rail, of=self, gap=0).setStretch(0, 1)
        else:
            boxes.row(self.rail, work, of=self, gap=0).setStretch(1, 1)
        self.toast = Toast(self, self.foot)
        desk.state.connect(self._show_state)
        desk.told.connect(self.toast.tell)
        desk.lasting.connect(self.banners.put)
        desk.state.connect(self.bar.show_state)
        desk.began.connect(self.begin_job)
        desk.badged.connect(self.rail.badge)
        desk.work.busy.connect(self.busy.show_running)
        self.bar.left.connect(desk.sign_out)

    def _show_state(self, name: str, words: str) -> None:
        if name == "practice":
            self.stripe.setVisible(bool(words))

    def begin_job(self, job: Job, words: str) -> None:
        """Show long work until it ends."""
        self._jobs.addWidget(Progress(job, words))

    def take_over(self, former: "Frame") -> None:
        """Show what the former frame showed of the world: banners, states, work under way."""
        self.banners.take_over(former.banners)
        self.bar.take_over(former.bar)
        self.stripe.setVisible(not former.stripe.isHidden())
        for bar in former.findChildren(Progress):
            self._jobs.addWidget(bar)
        self.stage.take(tuple(former.stage.files.values()))
