"""Pictures of every screen on a laboratory that has lived through a day."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from gui import finding
from gui.app import application, dress
from gui.desk import Desk
from gui.discover import ScreenFile, screens
from gui.gallery import LOW, Fault, render
from gui.look import Look
from gui.shell import Shell
from gui.ties import Ties
from lims.actor import OFFICES, ROLES, Actor
from lims.app import Laboratory, opened
from lims.bench.lines import Bench
from lims.bench.papers import Papers
from lims.demo import day
from lims.queries.people import people
from lims.rules.numbering import is_number


@contextmanager
def _laboratory(root: Path | None, database: str) -> Iterator[Laboratory]:
    with ExitStack() as stack:
        if root is None:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kuaijian-gallery-")))
            day.play(root, database=database)
        yield stack.enter_context(opened(root, database))


def paint(folder: Path, root: Path | None, database: str, themes: Sequence[str]) -> list[Fault]:
    """Render every screen in both languages and sizes; return what a program can see to be wrong.

    With more than one set of colours, the smallest window in high contrast comes besides.

    Args:
        folder: where the pictures go.
        root: folder of a laboratory; None plays the demonstration first.
        database: address of its database, empty for the file in its folder.
        themes: sets of colours.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application()
    dress(app, Look())
    with _laboratory(root, database) as laboratory:
        bench = Bench(laboratory)
        bench.start()
        try:
            faults: list[Fault] = []
            for files, roles in audiences(screens()):
                make = partial(_shell, laboratory, bench, folder, frozenset(roles))
                faults += render(folder, files, make, themes=themes)
                if len(themes) > 1:
                    faults += render(folder, files, make, sizes=LOW, themes=["contrast"])
            return faults
        finally:
            bench.stop()


def audiences(files: Sequence[ScreenFile]) -> list[tuple[list[ScreenFile], Sequence[str]]]:
    """Part the screens of the laboratory from those of a department, which sees nothing else; each with its roles."""
    theirs = [file for file in files if file.needs is not None and file.needs <= set(OFFICES)]
    ours = [file for file in files if file not in theirs]
    return [(ours, ROLES), (theirs, OFFICES[:1])]


def _shell(laboratory: Laboratory, bench: Bench, folder: Path, roles: frozenset[str]) -> Shell:
    """Return a window in which somebody with these roles works."""
    lims = laboratory.lims
    someone = next(iter(lims.ask(people)))
    ties = Ties(
        sign_in=lambda *_: actor,
        find=finding.find,
        is_code=is_number,
        drafts=folder / "drafts",
        reports=folder,
        site="连江县快检室",
    )
    actor = Actor(someone.id, someone.name, roles)
    desk = Desk(ties)
    desk.open(lims)
    desk.bench, desk.papers = bench, Papers(laboratory)
    shell = Shell(desk)
    desk.sign_in("", "")
    return shell
