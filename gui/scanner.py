"""Tells a scanner from a hand: fast characters ending in CR or Tab are a scan, whatever has the cursor."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.desk import Scan
from lims.text import mark

GAP = 0.030
"""Seconds between two characters of a scanner, at most; a hand needs more, but for two keys at once."""
PATIENCE = 0.120
"""Seconds that a run of fast characters is kept back before it counts as typed."""
SHORTEST = 4
LONGEST = 512
UNENDED = 8
"""Fast characters that make a scan where the scanner sends nothing behind them."""
SUFFIXES = {
    "either": frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}),
    "enter": frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter}),
    "tab": frozenset({Qt.Key.Key_Tab}),
    "none": frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}),
}
"""The keys that end a scan; `none` also takes a pause for its end."""

TOO_LONG = mark("The code is too long for a label of ours ({count} characters). Nothing was taken over.")
MARKUP = mark("The code holds markup or control characters. Nothing was taken over.")
GLUED = mark("Two codes ran together: {text}. Scan them one by one.")

_MARKUP = re.compile(r"<[!/?a-zA-Z]|[\x00-\x08\x0b\x0c\x0e-\x1c\x1e\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Refused:
    """A payload that cannot be taken: the sentence's message id and its values."""

    sentence: str
    values: dict[str, object] = field(default_factory=dict)


def understand(payload: str, is_code: Callable[[str], bool]) -> tuple[Scan, ...] | Refused:
    """Say what a payload means: one scan, two or more of our codes that ran together, or a refusal.

    Args:
        payload: what came between the first character and the suffix.
        is_code: whether a text is one of our numbers, check character included.
    """
    if len(payload) > LONGEST:
        return Refused(TOO_LONG, {"count": len(payload)})
    if _MARKUP.search(payload):
        return Refused(MARKUP)
    payload = payload.strip()
    if is_code(payload):
        return (Scan(payload, ours=True),)
    ways = _splits(payload, is_code)
    if len(ways) == 1:
        return tuple(Scan(piece, ours=True) for piece in ways[0])
    if ways or _holds_code(payload, is_code):
        return Refused(GLUED, {"text": payload[:40]})
    return (Scan(payload),)


def _splits(payload: str, is_code: Callable[[str], bool]) -> list[tuple[str, str]]:
    halves = ((payload[:at], payload[at:]) for at in range(SHORTEST, len(payload) - SHORTEST + 1))
    return [pair for pair in halves if is_code(pair[0]) and is_code(pair[1])]


def _holds_code(payload: str, is_code: Callable[[str], bool]) -> bool:
    """Say whether the payload begins or ends with one of our codes and has something else besides."""
    cuts = range(SHORTEST, len(payload))
    return any(is_code(payload[:at]) or is_code(payload[-at:]) for at in cuts)


@dataclass(slots=True)
class Run:
    """Characters that came fast one after another and wait until it is clear who sent them."""

    gap: float = GAP
    text: str = ""
    count: int = 0
    last: float = 0.0

    def follows(self, at: float) -> bool:
        """Say whether a character at this second belongs to the run."""
        return self.count > 0 and at - self.last <= self.gap

    def add(self, characters: str, at: float) -> None:
        """Take more characters in; beyond the longest code only their number is kept."""
        self.count += len(characters)
        self.last = at
        if len(self.text) <= LONGEST:
            self.text += characters

    def is_scan(self, at: float) -> bool:
        """Say whether a suffix at this second makes the run a scan."""
        return self.count >= SHORTEST and at - self.last <= 2 * self.gap

    def payload(self) -> str:
        """Return the text; one too long is padded, so that its length is told rightly."""
        return self.text if self.count <= LONGEST else self.text.ljust(self.count)

    def clear(self) -> None:
        """Begin anew."""
        self.text, self.count = "", 0


class Scanner(QObject):
    """An event filter of the whole application.

    Characters are kept back for at most 30 ms (a fast run 120 ms) and then given to the field that had the
    cursor, so a field never sees a scan and a hand never loses a letter.

    Signals:
        scanned: a Scan that was understood.
        refused: a Refused.
    """

    scanned = Signal(object)
    refused = Signal(object)

    def __init__(self, app: QApplication, is_code: Callable[[str], bool]) -> None:
        super().__init__(app)
        self._app, self._is_code = app, is_code
        self.suffix = "either"
        self._run = Run()
        self._kept: list[QKeyEvent] = []
        self._target: QWidget | None = None
        self._giving = False
        self._quiet: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._paused)
        app.installEventFilter(self)

    def stop(self) -> None:
        """Give back what is kept and watch no more."""
        self._give_back()
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep back characters that may be a scan."""
        kind = event.type()
        if self._giving or not isinstance(watched, QWidget):
            return False
        if isinstance(event, QInputMethodEvent):
            return self._composing(watched, event)
        if not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            return self._claim(event)
        if kind == QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        return kind == QEvent.Type.KeyRelease and self._released(event)

    def _claim(self, event: QKeyEvent) -> bool:
        """Keep a suffix or a character of a scan from pressing a button by its shortcut."""
        if self._run.count >= SHORTEST and (self._is_suffix(event) or _is_character(event)):
            event.accept()
            return True
        return False

    def _pressed(self, watched: QWidget, event: QKeyEvent) -> bool:
        at = event.timestamp() / 1000 if event.timestamp() else monotonic()
        if _is_character(event) and not event.isAutoRepeat():
            if self._run.count and not self._run.follows(at):
                self._give_back()
            self._keep(watched, event, at)
            return True
        if _is_modifier(event):
            return False
        if self._is_suffix(event) and self._run.is_scan(at):
            self._finish()
            return True
        self._give_back()
        return False

    def _released(self, event: QKeyEvent) -> bool:
        """Keep the end of a quick tap behind its beginning: a button would else be pressed and never let go."""
        keeps = bool(self._kept) and _is_character(event)
        if keeps and len(self._kept) <= 2 * LONGEST:
            self._kept.append(event.clone())
        return keeps

    def _keep(self, watched: QWidget, event: QKeyEvent, at: float) -> None:
        self._run.add(event.text(), at)
        self._target = watched
        if len(self._kept) <= 2 * LONGEST:
            self._kept.append(event.clone())
        if self._run.count == SHORTEST:
            self._hush(watched)
        self._timer.start(int(1000 * (GAP if self._run.count == 1 else PATIENCE)))

    def _paused(self) -> None:
        if self.suffix == "none" and self._run.count >= UNENDED:
            self._finish()
        else:
            self._give_back()

    def _finish(self) -> None:
        payload = self._run.payload()
        self._forget()
        self.take(payload)

    def take(self, payload: str) -> None:
        """Take a payload, from keys or from a scanner on a line of its own."""
        meaning = understand(payload, self._is_code)
        if isinstance(meaning, Refused):
            self.refused.emit(meaning)
            return
        for scan in meaning:
            self.scanned.emit(scan)

    def _forget(self) -> None:
        self._timer.stop()
        self._run.clear()
        self._kept, self._target = [], None
        self._speak()

    def _give_back(self) -> None:
        """Give what was kept to the field after all: it was typed by a hand."""
        kept, target = self._kept, self._target
        self._forget()
        if target is None:
            return
        self._giving = True
        try:
            for event in kept:
                self._app.sendEvent(target, event)
        finally:
            self._giving = False

    def _is_suffix(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in SUFFIXES[self.suffix]

    # Input methods ----------------------------------------------------------------------------------------

    def _composing(self, watched: QWidget, event: QInputMethodEvent) -> bool:
        """Take a scan out of an input method that has begun to read it as pinyin."""
        preedit, at = event.preeditString(), monotonic()
        if event.commitString() or not preedit.isascii() or not preedit:
            return False
        grown = len(preedit) - self._run.count
        if grown <= 0 or (self._run.count and not self._run.follows(at)):
            self._run.clear()
            grown = len(preedit)
        if self._kept:
            return False
        self._run.add(preedit[-grown:], at)
        if self._run.count < SHORTEST:
            self._timer.start(int(1000 * GAP))
            return False
        self._target = watched
        self._hush(watched)
        self._kept = [_typed(character) for character in preedit]
        self._timer.start(int(1000 * PATIENCE))
        return False

    def _hush(self, widget: QWidget) -> None:
        """Switch the input method off for the field until the scan is over."""
        if self._quiet is None and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            self._quiet = widget
            QGuiApplication.inputMethod().reset()
            widget.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def _speak(self) -> None:
        if self._quiet is not None:
            self._quiet.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, True)
            self._quiet = None


def _typed(character: str) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)


def _is_modifier(event: QKeyEvent) -> bool:
    return event.key() in {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
    }


def _is_character(event: QKeyEvent) -> bool:
    """Say whether the key writes a character; GS1's separator comes as Ctrl+] from some scanners."""
    written = event.text()
    if written == "\x1d":
        return True
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return bool(written) and written.isprintable() and not held
