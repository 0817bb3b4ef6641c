"""A file that the desktop was opened with: it waits on the doorstep until somebody entitled takes it in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from gui.desk import Action, Desk
from lims.text import mark, t

MAY = ("administrator", "manager")
WORDS = {
    "taken": mark("{file}: taken in, from {of}, acts {first} to {last}."),
    "again": mark("{file}: it was taken in before; nothing came twice."),
    "gap": mark("{file}: it is held; something before it is missing, number {wanted}."),
    "fork": mark(
        "{file}: a second history of {of}. Both are kept and nothing more is taken; a manager decides."
    ),
    "stopped": mark("{file}: it is held; a fork of {of} waits for a manager."),
}
LASTING = frozenset({"gap", "fork", "stopped"})
Take = Callable[[str, Callable[[int, int], None]], Any]
"""Takes a file in, telling each step, and returns what became of it (`lims.sync.sticks.Taken`); it blocks."""


class Doorstep(QObject):
    """Offers each file by a banner as long as it was not taken in."""

    def __init__(self, desk: Desk, files: Sequence[Path]) -> None:
        super().__init__(desk)
        self._desk, self._take = desk, None  # type: Desk, Take | None
        self._waiting = list(files)
        desk.signed.connect(lambda _: self._offer())

    def open(self, take: Take) -> None:
        """Take files in by this from now on."""
        self._take = take
        self._offer()

    def add(self, files: Sequence[Path]) -> None:
        """Offer more files; one that waits already is not offered twice."""
        self._waiting += [file for file in files if file not in self._waiting]
        self._offer()

    def _offer(self) -> None:
        for file in self._waiting:
            key, may = f"doorstep.{file}", self._desk.may(MAY)
            if self._take is None or self._desk.session is None:
                sentence = t(
                    "{file} was opened: sign in as administrator or manager to take it in.", file=file.name
                )
            elif may:
                sentence = t("{file} was opened. It is taken in when you say so.", file=file.name)
            else:
                sentence = t("{file} was opened: an administrator or manager takes it in.", file=file.name)
            act = Action(mark("Take it in"), "", lambda file=file: self._begin(file))  # type: ignore[misc]  # a loop's own
            ready = may and self._take is not None
            self._desk.banner(key, sentence, "tell", action=act if ready else None)

    def _begin(self, file: Path) -> None:
        take = self._take
        if take is None or file not in self._waiting:
            return
        self._waiting.remove(file)
        self._desk.banner(f"doorstep.{file}", "")

        self._desk.run(
            lambda job: take(str(file), job.step),
            words=mark("Taking the file in …"),
            then=lambda found: self._taken(file, found),
            failed=lambda error: self._failed(file, error),
        )

    def _taken(self, file: Path, found: Any) -> None:  # noqa: ANN401 - the laboratory's own answer
        for one in found.refused:
            self._failed(file, one.error)
        if found.accepted is not None:
            self._desk.toast(t("{file}: the county's reply is kept.", file=file.name))
        for one in found.outcomes:
            said = t(
                WORDS[one.word], file=file.name, of=one.of, first=one.first, last=one.last, wanted=one.wanted
            )
            if one.word in LASTING:
                self._desk.banner(f"doorstep.{file}", said, "warn")
            else:
                self._desk.toast(said)

    def _failed(self, file: Path, error: BaseException) -> None:
        if file not in self._waiting:
            self._waiting.append(file)
        self._offer()
        self._desk.complain(error)
