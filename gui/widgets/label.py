"""Words on the screen, always plain: text from data is never read as markup."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from gui import theme
from gui.widgets import icon
from lims.text import t


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set what the style sheet looks at and have the widget drawn by it; an equal value costs nothing."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def plain_tip(widget: QWidget, words: str) -> None:
    """Give a widget a tip; markup in the words is shown, not obeyed."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    widget.setToolTip(f"<span>{escaped}</span>" if words else "")


class Label(QLabel):
    """A line of words; `say` shows a message in the language of the moment, `put` shows data as it is."""

    def __init__(self, message: str = "", role: str = "", *, wrap: bool = False, **values: object) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        self._message, self._values = "", values
        self.say(message, **values)

    def say(self, message: str, /, **values: object) -> None:
        """Show a message; it follows the language."""
        self._message, self._values = message, values
        self.setText(t(message, **values) if message else "")

    def put(self, data: str) -> None:
        """Show a text as it is, in every language."""
        self._message = ""
        self.setText(data)

    def setText(self, words: str) -> None:
        """Show words, written so that the font can draw them."""
        super().setText(theme.current().readable(words))

    def role(self, role: str) -> None:
        """Change how it looks (`muted`, `head`, `wrong`, ...)."""
        set_property(self, "role", role)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self._message:
            self.setText(t(self._message, **self._values))
        super().changeEvent(event)


class Elided(Label):
    """A line, or several, that end in … where there is no room; the whole stands in the tip and for a screen reader."""

    def __init__(self, message: str = "", role: str = "", lines: int = 1) -> None:
        self._whole, self._lines = "", lines
        super().__init__(message, role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, words: str) -> None:
        """Show as much of the words as there is room for."""
        self._whole = words
        self.setAccessibleName(words)
        self._fit()

    def show_lines(self, lines: int) -> None:
        """Break the words into so many lines at most."""
        self._lines = lines
        self._fit()

    def whole(self) -> str:
        """Return all the words."""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or less."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for room for all the words."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, hint.height())

    def _fit(self) -> None:
        parts = broken(self._whole, self.font(), self.width()) if self._lines > 1 else [self._whole]
        last = "".join(parts[self._lines - 1 :])
        shown = self.fontMetrics().elidedText(last, Qt.TextElideMode.ElideRight, self.width())
        super().setText(
            "\n".join([*(part.rstrip() for part in parts[: self._lines - 1]), shown] if last else parts)
        )
        plain_tip(self, self._whole if shown != last else "")


def broken(words: str, font: QFont, width: int) -> list[str]:
    """Break words into the lines that fit a width in pixels; together they are the words."""
    layout = QTextLayout(words, font)
    layout.beginLayout()
    ends = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        ends.append(line.textStart() + line.textLength())
    layout.endLayout()
    return [words[start:end] for start, end in pairwise([0, *ends])]


class Button(QPushButton):
    """A button with a word and, where it has one, its key written on it."""

    def __init__(self, message: str, role: str = "", key: str = "", picture: str = "") -> None:
        super().__init__()
        self._message, self._key, self._picture = message, key, picture
        self.setAutoDefault(False)
        if role:
            self.setProperty("role", role)
        self._dress()

    def say(self, message: str, key: str = "") -> None:
        """Change the word and the key."""
        self._message, self._key = message, key
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language, look and whether it can be pressed."""
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.StyleChange}:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        word = t(self._message) if self._message else ""
        self.setAccessibleName(word)
        shown = word.replace("&", "&&")
        self.setText(f"{key_name(self._key)}  {shown}" if self._key else shown)
        if self._picture:
            self.setIcon(icon.load(self._picture, "muted"))
            self.setIconSize(QSize(theme.current().px(16), theme.current().px(16)))


def key_name(key: str) -> str:
    """Write a key as it stands on a keyboard."""
    names = {"Return": "Enter", "Escape": "Esc", "Backspace": "⌫", "Up": "↑", "Down": "↓"}
    return "+".join(names.get(part, part) for part in key.split("+")) if key != "+" else key
