"""Asks a question anew whenever something changed, and never twice at once however many notices come."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Desk


class Again:
    """One question of a screen.

    Args:
        desk: where it is asked.
        screen: when it is gone, nobody is told.
        question: what is asked, as `(question, arguments, values)` each time; None asks nothing now.
        then: takes the answer in the GUI thread.
    """

    def __init__(
        self,
        desk: Desk,
        screen: QWidget,
        question: Callable[[], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None],
        then: Callable[[Any], None],
    ) -> None:
        self._desk, self._screen = desk, screen
        self._question, self._then = question, then
        self._running = self._wanted = False

    def ask(self) -> None:
        """Ask, or ask once more when the answer that is under way has come."""
        if self._running:
            self._wanted = True
            return
        asked = self._question()
        if asked is None or self._desk.session is None:
            return
        function, arguments, values = asked
        self._running = True
        self._desk.ask(
            function, *arguments, then=self._came, failed=self._failed, owner=self._screen, **values
        )

    def _came(self, answer: Any) -> None:  # noqa: ANN401 - whatever the question answers
        self._running = False
        if self._wanted:
            self._wanted = False
            self.ask()
        self._then(answer)

    def _failed(self, error: BaseException) -> None:
        self._running = self._wanted = False
        self._desk.complain(error)
