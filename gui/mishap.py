"""Keeps what Qt calls back from raising: that would end the program inside the bindings, or come with every frame."""

import logging
from collections.abc import Callable
from functools import wraps
from traceback import format_exception
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from lims.errors import LimsError

log = logging.getLogger(__name__)

SIGN = "⚠"
"""Stands before or in place of what could not be written or drawn."""
Takes = ParamSpec("Takes")
Gives = TypeVar("Gives")


class Mishaps(QObject):
    """Tells of mishaps outside of what Qt was doing: each kind at each place once.

    Signals:
        happened: a LimsError that says it in a sentence.
    """

    happened = Signal(object)
    _noted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._told: set[tuple[str, str]] = set()
        self._noted.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def note(self, where: str, error: Exception, said: LimsError | None = None) -> None:
        """Write a mishap into the program's log and tell it later, unless it was told before.

        Args:
            where: what broke, for the log.
            error: how.
            said: the sentence for people; without one, that a part of the screen cannot be drawn.
        """
        kind = (where, type(error).__name__)
        if kind not in self._told:
            self._told.add(kind)
            log.error("%s\n%s", where, "".join(format_exception(error)))
            self._noted.emit(said or LimsError("desktop.drawing", place=where, detail=described(error)))


mishaps = Mishaps()


def described(error: Exception) -> str:
    """Name an exception on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def guarded(
    otherwise: Callable[..., None],
) -> Callable[[Callable[Takes, Gives]], Callable[Takes, Gives | None]]:
    """Have a method that Qt calls never raise; `otherwise` is called with the same when it would have."""

    def guard(method: Callable[Takes, Gives]) -> Callable[Takes, Gives | None]:
        @wraps(method)
        def called(*args: Takes.args, **values: Takes.kwargs) -> Gives | None:
            try:
                return method(*args, **values)
            except Exception as error:  # noqa: BLE001 - boundary to Qt: whatever it is, none may leave
                mishaps.note(f"{type(args[0]).__name__}.{method.__name__}", error)
            otherwise(*args, **values)  # only now is the painter of the broken drawing gone
            return None

        return called

    return guard


def nothing(*_: object, **__: object) -> None:
    """Leave it at that: Qt gets nothing."""


def signed(widget: QWidget, *_: object) -> None:
    """Draw the sign in place of what a widget could not draw."""
    painter = QPainter(widget)
    painter.drawText(widget.rect(), Qt.AlignmentFlag.AlignCenter, SIGN)
    painter.end()
