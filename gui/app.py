"""Starts the desktop: the window first, the laboratory behind it in a thread."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLibraryInfo, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from gui import fonts, inputmethod, sounds, theme, vehicle
from gui import look as looks
from gui.desk import Action, Desk
from gui.discover import ScreenFile, screens
from gui.doorstep import Doorstep
from gui.handed import Handed
from gui.look import Look
from gui.porthole import Porthole
from gui.scanner import Scanner
from gui.shell import Shell
from gui.sweeping import Sweeper, make_picture_formats
from gui.ties import Bench, Lims, Papers, Ties
from gui.world import World
from lims import text
from lims.errors import Invalid
from lims.rules import practice
from lims.text import mark, t


@dataclass(frozen=True, slots=True)
class Opened:
    """An open laboratory: its door, its live bench where instruments stand, and what leaves it as a file.

    `practice` names who may sign in where nothing is real; `site` is what the laboratory is called. `returning` tries
    to reach a server that was away (`lims.bench.alone.Returning`): what is opened is for capturing alone until then.
    """

    lims: Lims
    bench: Bench | None = None
    papers: Papers | None = None
    practice: str = ""
    site: str = ""
    returning: Any = None


HOUR = 3_600_000
"""Milliseconds after which is looked again whether a backup is due."""
MINUTE = 60_000
"""Milliseconds between two looks at battery and disk."""
Opener = Callable[[], Opened]
"""Opens the laboratory; called in a worker thread, imports what is slow."""


def application(arguments: list[str] | None = None) -> QApplication:
    """Make the application (or return the one there is) with its style and Chinese font."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    inputmethod.prepare(os.environ)
    app = QApplication(arguments or sys.argv[:1])
    app.setApplicationName("kuaijian")
    app.setStyle("Fusion")
    Sweeper(app)
    make_picture_formats()
    return app


def dress(app: QApplication, look: Look) -> None:
    """Put a look on the application and speak its language, Qt's own words included."""
    theme.wear(app, fonts_theme(look.theme, look.layout, look.scale))
    text.use(look.language)
    _speak_qt(app, look.language)


def _speak_qt(app: QApplication, language: str) -> None:
    """Have Qt's own words in a language; a former translator goes."""
    for former in app.findChildren(QTranslator):
        app.removeTranslator(former)
        former.deleteLater()
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != "en" and translator.load(f"qtbase_{language}", folder):
        app.installTranslator(translator)


def fonts_theme(name: str, layout: str, scale: float) -> theme.Theme:
    """Return a look with the font that is found here."""
    family = fonts.family()
    return theme.Theme(name, layout, scale, family, fonts.strong(family), fonts.blanks(family))


class Desktop:
    """The running desktop: application, desk, window, scanner."""

    def __init__(self, ties: Ties, look: Look | None = None, files: Sequence[Path] = ()) -> None:
        self.look = look or Look()
        self.app = application()
        dress(self.app, self.look)
        self.desk = Desk(ties, sounds.Sounds(on=self.look.sound))
        self.desk.look = self.look
        self.doorstep, self._entered = Doorstep(self.desk, files), False
        self.shell = Shell(self.desk)
        self.world = World(self.desk)
        self.scanner = Scanner(self.app, ties.is_code)
        self.scanner.scanned.connect(self.shell.scanned)
        self.scanner.refused.connect(self.shell.refused)
        self.scanner.scanned.connect(self.shell.idle.touch)
        self.scanner.suffix = self.look.suffix
        self.porthole = Porthole(self.desk)
        self.porthole.scanned.connect(self.scanner.take)
        self.porthole.follow(self.look.scanner)
        self.desk.worn.connect(self._wear)
        self.handed = Handed(ties.drafts.parent) if ties.drafts is not None else None
        if self.handed is not None:
            self.handed.came.connect(self._handed)

    def _handed(self, files: Sequence[Path]) -> None:
        """Take what a second start of the program hands over, and come to the front."""
        self.doorstep.add(files)
        self.shell.setWindowState(self.shell.windowState() & ~Qt.WindowState.WindowMinimized)
        self.shell.raise_()
        self.shell.activateWindow()

    def _wear(self, look: Look) -> None:
        """Follow what the window does not show, and keep the look."""
        if look.language != self.look.language:
            _speak_qt(self.app, look.language)
        self.look = look
        self.desk.sounds.on, self.scanner.suffix = look.sound, look.suffix
        if self.desk.ties.look is not None:
            self.desk.work.run(
                looks.write, self.desk.ties.look, look, failed=self.desk.complain, in_order=True
            )

    def show(self, opener: Opener) -> None:
        """Show the window, then open the laboratory and read the screens behind it."""
        self.shell.resize(1366, 768)
        self.shell.show()
        self.desk.founded.connect(lambda: self._begin(opener))
        self._begin(opener)

    def _begin(self, opener: Opener) -> None:
        self.desk.work.run(self._open, opener, then=self._opened, failed=self._not_opened)

    def _not_opened(self, error: BaseException) -> None:
        """Offer to found the laboratory where there is none."""
        if getattr(error, "code", "") == "laboratory.none" and self.desk.ties.found is not None:
            self.desk.found = self.desk.ties.found
            self.shell.show_sign_in()
        else:
            self.desk.complain(error)

    def _open(self, opener: Opener) -> tuple[Opened, list[ScreenFile], Any]:
        return opener(), screens(), sounds.system_player()

    def _opened(self, found: tuple[Opened, list[ScreenFile], Any]) -> None:
        opened, files, player = found
        self.desk.sounds.use(player)
        self.desk.bench = opened.bench
        self.desk.papers = opened.papers
        if opened.site:
            self.desk.ties = replace(self.desk.ties, site=opened.site)
            self.shell.bar.show_site(opened.site)
        if opened.practice:
            self.desk.state.emit("practice", practice.MARK)
            self.desk.banner("practice", opened.practice, "tell")
        self.desk.open(opened.lims)
        self.desk.returning = opened.returning
        self.shell.take_screens(files)
        self.desk.noticed.connect(self._noticed)
        self.world.begin()
        self._watch_vehicle()
        if self.desk.shut is None:
            self._enter()

    def _noticed(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Go on where a server that was away at the start is there."""
        if getattr(notice, "verb", "") == "server.back" and not self._entered and self.desk.shut is None:
            self._enter()

    def _enter(self) -> None:
        """Begin with what needs an open laboratory."""
        self._entered, papers = True, self.desk.papers
        if papers is None:
            return
        self.doorstep.open(papers.traffic.take)
        if papers.barred is not None:
            self.shell.show_sign_in()
        elif papers.newer is not None:
            self.desk.complain(papers.newer)
        else:
            self.desk.run(lambda job: papers.daily(job.step), then=self._checked,
                          words=mark("Checking the whole log, once a day …"))  # fmt: skip
            self._keep(papers)
            self._hourly = QTimer(self.shell)
            self._hourly.timeout.connect(lambda: self._keep(papers))
            self._hourly.start(HOUR)

    def _keep(self, papers: Papers) -> None:
        """Make the backup that is due, and say for as long as it lasts that one is overdue."""
        self.desk.run(lambda job: papers.keep(job.step), then=self._kept, failed=self._not_kept)

    def _kept(self, overdue: bool) -> None:
        said = (
            t("A backup is overdue. Put in the second medium, then back up under Backup.") if overdue else ""
        )
        self.desk.banner("backup", said, action=Action(mark("Backup"), "", lambda: self.shell.go("keeping")))

    def _not_kept(self, error: BaseException) -> None:
        self.desk.banner(
            "backup", t("The backup that was due could not be made."), details=text.sentence(error)
        )

    def _checked(self, found: Any) -> None:  # noqa: ANN401 - the laboratory's own finding
        """Say for as long as the program runs that the log is not whole."""
        if found is not None and not found.ok:
            self.desk.sounds.bad()
            self.desk.banner("log", t("The log is not whole. Write nothing more and call the quality manager; "
                                      "Audit says where."), "wrong")  # fmt: skip

    def _watch_vehicle(self) -> None:
        """Look after battery and disk where the desktop stands in a van."""
        folder = self.desk.ties.drafts
        if self.look.layout == "touch" and folder is not None:
            self.desk.work.run(vehicle.state, folder.parent, then=self._show_vehicle, owner=self.shell)
        QTimer.singleShot(MINUTE, self.shell, self._watch_vehicle)

    def _show_vehicle(self, found: vehicle.State) -> None:
        for name, words in vehicle.words(found).items():
            self.desk.state.emit(name, words)

    def close(self) -> None:
        """Take everything down."""
        if self.handed is not None:
            self.handed.close()
        self.scanner.stop()
        self.shell.close()
        self.porthole.close()
        self.desk.sounds.close()


def run(opener: Opener, ties: Ties, over: Mapping[str, Any], files: Sequence[Path] = ()) -> int:
    """Run the desktop until its window is closed; returns the exit code.

    Args:
        opener: opens the laboratory.
        ties: what the desk is tied to.
        over: fields of the look that are otherwise than this computer's.
        files: what the program was opened with; each is offered to be taken in.
    """
    look, wrong = Look(), None
    try:
        look = looks.read(ties.look) if ties.look else look
    except Invalid as fault:
        wrong = fault
    desktop = Desktop(ties, replace(look, **over), files)
    if wrong is not None:
        desktop.desk.complain(wrong)
    desktop.show(opener)
    code = desktop.app.exec()
    desktop.close()
    return code
